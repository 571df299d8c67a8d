// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"fmt"
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
)

// shownRivals is how many Clusters an error names.
const shownRivals = 3

// rivals are ClusterSpreads that are for Clusters which have one already. Of each there is one error, however many Clusters it is
// for: the pairs would be as many as their product.
type rivals struct {
	order []diag.Ref
	of    map[diag.Ref]*rival
}

// rival is a second ClusterSpread: for how many Clusters it is one, and the first few of them with their first ClusterSpreads.
type rival struct {
	clusters int
	shown    []string
}

func (r *rivals) add(second, first diag.Ref, cluster *object.Object) {
	if r.of == nil {
		r.of = map[diag.Ref]*rival{}
	}
	x := r.of[second]
	if x == nil {
		x = &rival{}
		r.of[second] = x
		r.order = append(r.order, second)
	}
	if len(x.shown) < shownRivals {
		x.shown = append(x.shown, fmt.Sprintf("%s has a ClusterSpread already: %s", cluster.Ref, first.Name))
	}
	x.clusters++
}

func (r *rivals) report(diags *diag.List) {
	for _, second := range r.order {
		x := r.of[second]
		text := strings.Join(x.shown, "; ")
		if more := x.clusters - len(x.shown); more > 0 {
			text += fmt.Sprintf("; and so have %d more", more)
		}
		diags.Errorf(diag.DuplicateSpread, diag.At(second, "spec.cluster"), "%s", text).
			WithHint("put all worker groups of a Cluster into one ClusterSpread")
	}
}
