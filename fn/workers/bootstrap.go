// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	bootstrapv1 "sigs.k8s.io/cluster-api/api/bootstrap/kubeadm/v1beta2"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/naming"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// kubeadmTemplateKind is the kind of templates that vspread can make itself.
const kubeadmTemplateKind = "KubeadmConfigTemplate"

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

// bootstrapOf gives the way in which a group's machines join: a copy of the seed's template, or one made for the Cluster.
func bootstrapOf(g group, in Input, diags *diag.List) bootstrap {
	var template *yaml.Node
	seed, cluster := g.seed, in.Cluster
	core := string(cluster.Core)
	b := bootstrap{kind: kubeadmTemplateKind, group: object.BootstrapGroup, apiVersion: object.BootstrapGroup + "/" + core}
	switch {
	case seed.bootstrap != nil:
		template = copyOf(seed.bootstrap)
		b.kind, b.group = seed.bootstrap.Ref.Kind, seed.bootstrap.Group()
		if b.kind == kubeadmTemplateKind && b.group == object.BootstrapGroup {
			if spec := tree.Get(template, "spec", "template", "spec"); spec != nil {
				convert.KubeadmConfig(spec, seed.bootstrap.Version())
			}
		} else {
			// Another provider's template: its versions are its own business.
			b.apiVersion = seed.bootstrap.Ref.APIVersion
		}
	case seed.deployment != nil && (seed.brings("dataSecretName") || seed.brings("configRef")):
		return bootstrap{} // the seed's own; or a template that is not in the input, which is reported
	case !cluster.Kubeadm:
		diags.Errorf(diag.BootstrapNeedsSeed, g.at, "nodes join a %s by a bootstrap template of its provider, which vspread cannot make up", cluster.ControlPlaneKind).
			WithHint("write one MachineDeployment with its templates and name it as the group's seed")
		return bootstrap{}
	default:
		if cluster.ControlPlaneKind == "" && cluster.Class != "" {
			diags.Warnf(diag.BootstrapNeedsSeed, g.at, "ClusterClass %s is not in the input, so whether nodes join its control plane by kubeadm is not known", cluster.Class).
				WithHint("give the class to vspread, or name a MachineDeployment with its templates as the group's seed")
		}
		template = kubeadmTemplate(cluster.ControlPlane, g.at, diags)
	}
	spec := tree.Get(template, "spec")
	if t := tree.Get(spec, "template"); t == nil || t.Kind != yaml.MappingNode {
		diags.Errorf(diag.WrongType, diag.At(seed.bootstrap.Ref, "spec.template"), "must be a mapping, or no machine would join").
			WithHint("complete the bootstrap template")
		return bootstrap{}
	}
	base := cluster.Name + "-" + g.Name
	hash, err := naming.Spec(spec)
	if err != nil {
		from := cluster.ControlPlane
		if seed.bootstrap != nil {
			from = seed.bootstrap
		}
		refuseUnreadable(from, err, diags)
		return bootstrap{}
	}
	b.name = base + "-" + hash
	if b.apiVersion == object.BootstrapGroup+"/"+core && b.kind == kubeadmTemplateKind {
		if lost := convert.KubeadmConfigIn(tree.Get(spec, "template", "spec"), core); len(lost) > 0 {
			diags.Errorf(diag.InvalidValue, in.At.Dot("apiVersions.core"), "%s cannot be written in %s", strings.Join(lost, ", "), core).
				WithHint("take it out of what the workers are copied from, or write v1beta2")
		}
	}
	cluster.Mark(template, b.apiVersion, b.kind, b.name, pruneGuards)
	b.desired = []object.Desired{{Node: yaml.NewRNode(template), File: "bootstrap/" + base + ".yaml", Template: true}}
	return b
}

// kubeadmTemplate is what CAPV's own cluster template gives to workers, with the control plane's node
// registration, users and clock. The control plane's files and commands are not taken over: they are
// about the control plane (kube-vip, audit policies).
func kubeadmTemplate(cp *object.Object, at diag.Where, diags *diag.List) *yaml.Node {
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
	if cp != nil && cp.Group() == object.ControlPlaneGroup && cp.Ref.Kind == "KubeadmControlPlane" {
		own := tree.Clone(tree.Get(cp.Node, "spec", "kubeadmConfigSpec"))
		if own != nil && own.Kind == yaml.MappingNode {
			convert.KubeadmConfig(own, cp.Version())
			if tree.String(own, "format") == "ignition" {
				diags.Errorf(diag.BootstrapNeedsSeed, at, "the control plane boots by ignition, whose commands vspread does not make up").
					WithHint("write one MachineDeployment with its KubeadmConfigTemplate and name it as the group's seed")
			}
			registration = workerRegistration(cp, own, at, diags)
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
