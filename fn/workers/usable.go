// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// refuseFailureDomain reports a MachineDeployment whose machines are not where its template says.
func refuseFailureDomain(md *object.Object, diags *diag.List) {
	if tree.Get(md.Node, "spec", "template", "spec", "failureDomain") != nil {
		diags.Errorf(diag.InvalidValue, diag.At(md.Ref, "spec.template.spec.failureDomain"), "a failure domain replaces the datastore of every pool by its own").
			WithHint("take it out, or keep the MachineDeployment beside the pools with the annotation %s: \"true\"", object.ExcludeAnnotation)
	}
}

// refuseOtherServer reports machines to be copied or adopted that are in another vCenter than the cluster: pools take
// the cluster's, so that a renewed certificate does not roll them.
func refuseOtherServer(template *object.Object, cluster site.Cluster, diags *diag.List) {
	if template == nil {
		return
	}
	own := tree.String(template.Node, "spec", "template", "spec", "server")
	if cluster.Infrastructure == nil || own == "" || own == tree.String(cluster.Infrastructure.Node, "spec", "server") {
		return
	}
	diags.Errorf(diag.InvalidValue, diag.At(template.Ref, "spec.template.spec.server"), "%q is another vCenter than that of %s", own, cluster.Infrastructure.Ref).
		WithHint("pools are made in the cluster's vCenter; take the field out of the template if that is right")
}
