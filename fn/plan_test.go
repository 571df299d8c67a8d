// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/rollout"
)

// TestPlansOfHistories holds that the plan of every commit says why machines come, go or are replaced, and that another name
// of a worker group is told as what it is.
func TestPlansOfHistories(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := genWorld(t)
		before := planSide(t, w)
		for range rapid.IntRange(1, 4).Draw(t, "commits") {
			from, to := "", ""
			if rapid.IntRange(0, 2).Draw(t, "rename group") == 0 {
				g := &w.groups[rapid.IntRange(0, len(w.groups)-1).Draw(t, "renamed")]
				from, to = g.name, w.fresh("renamed")
				g.name = to
			} else {
				w.commit(t)
			}
			after := planSide(t, w)
			plan := rollout.Compare(before, after)
			for _, p := range plan.Pools {
				if p.Has(rollout.Untouched) {
					continue
				}
				if len(p.Reasons) == 0 || p.Reasons[0].Text == "" {
					t.Fatalf("%s %s: %v without a reason", p.Kind, p.Name, p.Changes)
				}
				if (p.Has(rollout.Create) || p.Has(rollout.Remove)) && from != "" && !strings.HasPrefix(p.Reasons[0].Text, "the group "+from+" is now called "+to) {
					t.Fatalf("group %s is called %s, and of %s is said: %s", from, to, p.Name, p.Reasons[0].Text)
				}
			}
			before = after
		}
	})
}

func planSide(t *rapid.T, w world) rollout.Side {
	items, err := kio.FromBytes([]byte(strings.Join(w.items(), "\n---\n")))
	if err != nil {
		t.Fatal(err)
	}
	out := fn.Transform(items, nil)
	if out.Diags.HasErrors() {
		t.Fatal(out.Diags)
	}
	var applied, hidden []*object.Object
	for i, n := range out.Items {
		if o := object.New(n.YNode(), i); o.IsLocalConfig() {
			hidden = append(hidden, o)
		} else {
			applied = append(applied, o)
		}
	}
	return rollout.Side{Objects: object.NewSet(applied), Hidden: object.NewSet(hidden), Inventories: out.Inventories}
}
