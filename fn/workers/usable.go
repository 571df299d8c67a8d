// SPDX-License-Identifier: Apache-2.0

package workers

import (
	bootstrapv1 "sigs.k8s.io/cluster-api/api/bootstrap/kubeadm/v1beta2"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"

	"github.com/vspread/vspread/fn/capv"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// checkMachines reports values in a template of the user's that the API server would refuse: what is copied or inherited
// is checked like what a ClusterSpread says.
func checkMachines(template *object.Object, diags *diag.List) {
	if template == nil {
		return
	}
	spec := tree.Clone(tree.Get(template.Node, "spec", "template", "spec"))
	if spec == nil {
		return
	}
	convert.MachineSpec(spec, template.Version())
	diags.Append(capv.CheckMachineSpec(spec, diag.At(template.Ref, "spec.template.spec"))...)
}

// checkDeployment is checkMachines for a MachineDeployment.
func checkDeployment(md *object.Object, diags *diag.List) {
	spec := tree.Clone(md.Node)
	convert.MachineDeployment(spec, md.Version())
	tree.Remove(spec, "spec", "replicas") // which counts only where nothing else says how many
	var into clusterv1.MachineDeploymentSpec
	diags.Append(codec.CheckTypes(tree.Get(spec, "spec"), diag.At(md.Ref, "spec"), &into)...)
}

// checkBootstrap is checkMachines for a template by which nodes join; of other providers' nothing is known.
func checkBootstrap(template *object.Object, diags *diag.List) {
	if template == nil || template.Ref.Kind != kubeadmTemplateKind || template.Group() != object.BootstrapGroup {
		return
	}
	spec := tree.Clone(tree.Get(template.Node, "spec", "template", "spec"))
	if spec == nil {
		return
	}
	convert.KubeadmConfig(spec, template.Version())
	var into bootstrapv1.KubeadmConfigSpec
	diags.Append(codec.CheckTypes(spec, diag.At(template.Ref, "spec.template.spec"), &into)...)
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

// keepsThumbprint tells whether copies of a template keep its thumbprint. CAPV takes the VSphereCluster's, so that a renewed
// certificate rolls no machine; where that is known to have none, the template's is all there is.
func keepsThumbprint(cluster site.Cluster) bool {
	return cluster.Infrastructure != nil && tree.String(cluster.Infrastructure.Node, "spec", "thumbprint") == ""
}
