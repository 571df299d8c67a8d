// SPDX-License-Identifier: Apache-2.0

package expand

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	bootstrapv1 "sigs.k8s.io/cluster-api/api/bootstrap/kubeadm/v1beta2"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// bootstrap is how a group's machines join; all its pools share it.
type bootstrap struct {
	// name, kind and group identify the template; without a name the seed keeps what it has, for
	// example a dataSecretName.
	name, kind, group, apiVersion string
	desired                       []object.Desired
}

// template is the template that is written, or nil.
func (b bootstrap) template() *yaml.Node {
	if len(b.desired) == 0 {
		return nil
	}
	return b.desired[0].Node.YNode()
}

func (e *expansion) bootstrap(group v1alpha1.WorkerGroup, seed seed, at diag.Where) bootstrap {
	var template *yaml.Node
	core := string(e.Spread.Spec.APIVersions.Core)
	b := bootstrap{kind: "KubeadmConfigTemplate", group: bootstrapGroup, apiVersion: bootstrapGroup + "/" + core}
	switch {
	case seed.bootstrap != nil:
		template = copyOf(seed.bootstrap)
		b.kind, b.group = seed.bootstrap.Ref.Kind, seed.bootstrap.Group()
		if b.kind == "KubeadmConfigTemplate" && b.group == bootstrapGroup {
			if spec := tree.Get(template, "spec", "template", "spec"); spec != nil {
				convert.KubeadmConfig(spec, seed.bootstrap.Version())
			}
		} else {
			// Another provider's template: its versions are its own business.
			b.apiVersion = seed.bootstrap.Ref.APIVersion
		}
	case seed.deployment != nil && (seed.brings("dataSecretName") || seed.brings("configRef")):
		return bootstrap{} // the seed's own; or a template that is not in the input, which is reported
	case !e.cluster.kubeadm:
		ref := tree.String(e.Cluster.Node, "spec", "controlPlaneRef", "kind")
		e.diags.Errorf(diag.BootstrapNeedsSeed, at, "nodes join a %s by a bootstrap template of its provider, which vspread cannot make up", ref).
			WithHint("write one MachineDeployment with its templates and name it as the group's seed")
		return bootstrap{}
	default:
		template = e.kubeadmTemplate(at)
	}
	spec := tree.Get(template, "spec")
	if t := tree.Get(spec, "template"); t == nil || t.Kind != yaml.MappingNode {
		e.diags.Errorf(diag.WrongType, diag.At(seed.bootstrap.Ref, "spec.template"), "must be a mapping, or no machine would join").
			WithHint("complete the bootstrap template")
		return bootstrap{}
	}
	base := e.cluster.name + "-" + group.Name
	hash, err := SpecHash(spec)
	if err != nil {
		from := e.cluster.controlPlane
		if seed.bootstrap != nil {
			from = seed.bootstrap
		}
		e.unreadable(from, err)
		return bootstrap{}
	}
	b.name = base + "-" + hash
	if b.apiVersion == bootstrapGroup+"/"+core && b.kind == "KubeadmConfigTemplate" {
		if lost := convert.KubeadmConfigIn(tree.Get(spec, "template", "spec"), core); len(lost) > 0 {
			e.diags.Errorf(diag.InvalidValue, e.at().Dot("apiVersions.core"), "%s cannot be written in %s", strings.Join(lost, ", "), core).
				WithHint("take it out of what the workers are copied from, or write v1beta2")
		}
	}
	e.head(template, b.apiVersion, b.kind, b.name, pruneGuards)
	b.desired = []object.Desired{{Node: yaml.NewRNode(template), File: "bootstrap/" + base + ".yaml", Template: true}}
	return b
}

// kubeadmTemplate is what CAPV's own cluster template gives to workers, with the control plane's node
// registration, users and clock. The control plane's files and commands are not taken over: they are
// about the control plane (kube-vip, audit policies).
func (e *expansion) kubeadmTemplate(at diag.Where) *yaml.Node {
	template := codec.Encode(bootstrapv1.KubeadmConfigTemplate{Spec: bootstrapv1.KubeadmConfigTemplateSpec{
		Template: bootstrapv1.KubeadmConfigTemplateResource{Spec: bootstrapv1.KubeadmConfigSpec{
			PreKubeadmCommands: []string{
				`hostnamectl set-hostname "{{ ds.meta_data.hostname }}"`,
				`echo "::1         ipv6-localhost ipv6-loopback localhost6 localhost6.localdomain6" >/etc/hosts`,
				`echo "127.0.0.1   {{ ds.meta_data.hostname }} {{ local_hostname }} localhost localhost.localdomain localhost4 localhost4.localdomain4" >>/etc/hosts`,
			},
		}},
	}})
	spec := tree.Get(template, "spec", "template", "spec")

	registration := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	if cp := e.cluster.controlPlane; cp != nil && cp.Group() == controlPlaneGroup && cp.Ref.Kind == "KubeadmControlPlane" {
		own := tree.Clone(tree.Get(cp.Node, "spec", "kubeadmConfigSpec"))
		if own != nil && own.Kind == yaml.MappingNode {
			convert.KubeadmConfig(own, cp.Version())
			if tree.String(own, "format") == "ignition" {
				e.diags.Errorf(diag.BootstrapNeedsSeed, at, "the control plane boots by ignition, whose commands vspread does not make up").
					WithHint("write one MachineDeployment with its KubeadmConfigTemplate and name it as the group's seed")
			}
			if r := tree.Get(own, "joinConfiguration", "nodeRegistration"); r != nil && r.Kind == yaml.MappingNode {
				registration = r
				tree.Remove(registration, "taints") // those of the control plane
			}
			for _, field := range []string{"users", "ntp"} {
				if v := tree.Get(own, field); v != nil {
					tree.Set(spec, v, field)
				}
			}
		}
	}
	tree.Fill(registration, codec.String("{{ local_hostname }}"), "name")
	tree.Fill(registration, codec.String("/var/run/containerd/containerd.sock"), "criSocket")
	tree.Fill(registration, codec.Encode([]bootstrapv1.Arg{{Name: "cloud-provider", Value: ptr("external")}}), "kubeletExtraArgs")
	tree.Sort(registration, []string{"name", "criSocket", "taints", "kubeletExtraArgs", "ignorePreflightErrors", "imagePullPolicy", "imagePullSerial"})
	tree.Set(spec, registration, "joinConfiguration", "nodeRegistration")
	tree.PruneShallow(registration)
	tree.PruneShallow(spec)
	tree.Sort(spec, []string{"joinConfiguration", "files", "preKubeadmCommands", "postKubeadmCommands", "users", "ntp"})
	return template
}

func ptr[T any](v T) *T { return &v }
