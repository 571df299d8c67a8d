// SPDX-License-Identifier: Apache-2.0

package output

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Written is what vspread wrote into files at some time, or changed there.
type Written []*object.Object

// WrittenIn gives what vspread wrote among the items, and the MachineDeployments that it adopted, as they are now.
func WrittenIn(items []*yaml.RNode) Written {
	var out Written
	for i, n := range items {
		if object.New(n.YNode(), i).Keeper() != "" {
			out = append(out, object.New(tree.Clone(n.YNode()), i))
		}
	}
	return out
}

// OutOfDate reports what is not as it comes out now. Of a Cluster of which nothing has been written, nothing is missing: who
// deploys it renders it.
func (w Written) OutOfDate(now []*yaml.RNode) diag.List {
	var diags diag.List
	comesOut := map[object.Key]*object.Object{}
	for i, n := range now {
		o := object.New(n.YNode(), i)
		comesOut[o.Key()] = o
	}
	isThere, owners := map[object.Key]bool{}, map[string]bool{}
	say := func(o *object.Object, what string) {
		diags.Errorf(diag.OutOfDate, diag.At(o.Ref, ""), "%s", what).
			WithHint("run `kpt fn render` or `vspread render -o` again, and commit what it writes")
	}
	for _, o := range w {
		isThere[o.Key()], owners[o.Keeper()] = true, true
		switch x := comesOut[o.Key()]; {
		case x == nil:
			say(o, "does not come out of the sources any more")
		case !tree.Equal(object.WithoutNotes(o.Node), object.WithoutNotes(x.Node)):
			say(o, "is not what comes out of the sources")
		}
	}
	for i, n := range now {
		if o := object.New(n.YNode(), i); owners[o.Owner()] && !isThere[o.Key()] {
			say(o, "comes out of the sources and is not there")
		}
	}
	return diags
}
