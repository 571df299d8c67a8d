// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// controlPlaneArgs are arguments of kubelet that say what a node of the control plane is.
var controlPlaneArgs = []string{"register-with-taints", "node-labels"}

// workerRegistration gives what of the control plane's node registration is true of workers as well: neither taints nor labels
// of the control plane. own is its kubeadmConfigSpec in the form of v1beta2. An argument that names one of the control plane's
// files is reported, since workers do not get these.
func workerRegistration(cp *object.Object, own *yaml.Node, at diag.Where, diags *diag.List) *yaml.Node {
	r := tree.Get(own, "joinConfiguration", "nodeRegistration")
	if r == nil || r.Kind != yaml.MappingNode {
		return &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	}
	tree.Remove(r, "taints")
	args := tree.Get(r, "kubeletExtraArgs")
	if args == nil || args.Kind != yaml.SequenceNode {
		return r
	}
	args.Content = slices.DeleteFunc(args.Content, func(a *yaml.Node) bool {
		return slices.Contains(controlPlaneArgs, tree.String(a, "name"))
	})
	if len(args.Content) == 0 {
		tree.Remove(r, "kubeletExtraArgs")
	}
	for _, a := range args.Content {
		name := tree.String(a, "name")
		if file := fileOf(own, tree.String(a, "value")); file != "" {
			diags.Errorf(diag.BootstrapNeedsSeed, at, "kubelet's argument %s of %s names %s, a file that the control plane's machines get and workers do not", name, cp.Ref, file).
				WithHint("write one MachineDeployment with a KubeadmConfigTemplate that has the file, and name it as the group's seed; or let the image have the file")
		}
	}
	return r
}

// fileOf gives the file of a bootstrap configuration that a value names, itself or by a directory above it.
func fileOf(config *yaml.Node, value string) string {
	for _, f := range tree.List(config, "files") {
		p := tree.String(f, "path")
		if p == "" {
			continue
		}
		for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == '=' || r == ';' }) {
			if part = path.Clean(part); part == p || part != "/" && strings.HasPrefix(part, "/") && strings.HasPrefix(p, part+"/") {
				return p
			}
		}
	}
	return ""
}
