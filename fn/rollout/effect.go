// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/tree"
)

// ignoredOf lists the fields of what a group is made from that have no effect.
func (s *side) ignoredOf(g *group) []site.Ignored {
	out := g.machine.ignored
	if g.Ref.Kind != machineDeployment {
		return out // what ignores fields of a control plane is not known here
	}
	made := site.Made{Deployment: tree.Get(g.node, "spec")}
	if boot := s.find(g.rolling.bootstrap, g.Object); boot != nil && boot.Group() == bootstrapGroup && boot.Ref.Kind == "KubeadmConfigTemplate" {
		made.Bootstrap = s.spec(boot)
	}
	return append(out, made.Ignored()...)
}

// ignores says why a field below a part has no effect in the group, or nothing where it has one.
func (g *group) ignores(part site.Part, path []string) string {
	for _, x := range g.ignored {
		if x.Part == part && len(path) >= len(x.Path) && slices.Equal(path[:len(x.Path)], x.Path) {
			return x.Why
		}
	}
	return ""
}

// withoutEffect says of a difference that it counts for nothing, and why; or nothing where it counts. The field's path is below
// the part.
func withoutEffect(before, after *group, part site.Part, d field, path []string) string {
	was, is := before.ignores(part, path), after.ignores(part, path)
	switch {
	case d.before == nil && is != "", was != "" && is != "":
		return ", which has no effect: " + is
	case d.after == nil && was != "":
		return ", which had no effect: " + was
	}
	return ""
}

// failureDomain says what another failure domain changes about the machines.
func (c *comparison) failureDomain(before, after *group) Reason {
	from, to := before.rolling.failureDomain, after.rolling.failureDomain
	r := plain(failureDomainField, "failure domain", from, to)
	was, known := c.before.inZone(from, c.after.spec(after.template))
	is, known2 := c.after.inZone(to, c.after.spec(after.template))
	if !known || !known2 {
		r.Text += "; what it stands for is not in the files"
		return r
	}
	var words []string
	for _, d := range differences(was, is) {
		if d.name() == "server" && (d.before == nil || d.after == nil) {
			continue // else it is that of the VSphereCluster
		}
		words = append(words, fmt.Sprintf("%s %s → %s", d.name(), orNone(written(d.before)), orNone(written(d.after))))
	}
	if len(words) == 0 {
		r.Text += ", for which Cluster API replaces machines although nothing else about them differs"
		return r
	}
	r.Text += ": " + strings.Join(words, ", ")
	return r
}

// inZone gives what machines of a template are in a failure domain of this side; false is that the domain is not known.
func (s *side) inZone(name string, spec *yaml.Node) (*yaml.Node, bool) {
	if name == "" {
		return spec, true
	}
	zone, known := s.zones[name]
	if !known {
		return nil, false
	}
	return zone.Over(spec), true
}
