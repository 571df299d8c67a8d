// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// refuseImmutable reports what the API server refuses, or what takes running machines out of Cluster API's
// sight.
func (c *comparison) refuseImmutable(p *Pool, before, after *group) {
	if after.isControlPlane() {
		return
	}
	refuse := func(d field) {
		p.Changes, p.Reasons = append(p.Changes, NoEffect), append(p.Reasons, fieldOf(d))
	}
	if was, is := tree.String(before.node, "spec", "clusterName"), tree.String(after.node, "spec", "clusterName"); was != is {
		refuse(field{[]string{"spec", "clusterName"}, tree.Get(before.node, "spec", "clusterName"), tree.Get(after.node, "spec", "clusterName")})
		c.diags.Errorf(diag.FieldImmutable, diag.At(after.Ref, "spec.clusterName"), "changes from %s to %s, which Cluster API refuses", was, is).
			WithHint("a MachineDeployment stays with its Cluster; write one of another name")
		return // the selector has the cluster's name in it
	}
	if d := differences(tree.Get(before.node, "spec", "selector"), tree.Get(after.node, "spec", "selector"), "spec", "selector"); len(d) > 0 {
		refuse(d[0])
		c.diags.Errorf(diag.FieldImmutable, diag.At(after.Ref, d[0].name()), "changes: %s → %s", orNone(written(d[0].before)), orNone(written(d[0].after))).
			WithHint("Cluster API finds the machines that run by their labels, so it would make new ones beside them; keep the selector, or write a MachineDeployment of another name")
	}
}

func isImmutable(d field) bool {
	return d.below("spec", "selector") || d.below("spec", "clusterName") || d.below("spec", "template", "spec", "clusterName")
}

// isAPIVersion recognises the version of a reference, which Cluster API does not compare.
func isAPIVersion(d field) bool { return d.path[len(d.path)-1] == "apiVersion" }
