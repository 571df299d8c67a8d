// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// classes are the fields of a VSphereMachineTemplate that refer to objects of vSphere.
var classes = map[string]inventory.Class{
	"template":     inventory.TemplateClass,
	"datastore":    inventory.DatastoreClass,
	"datacenter":   inventory.DatacenterClass,
	"folder":       inventory.FolderClass,
	"resourcePool": inventory.ResourcePoolClass,
	"networkName":  inventory.NetworkClass,
}

// whyRolls says for each field that makes a group roll what is different behind it.
func (c *comparison) whyRolls(before, after *group, fields []string) []Reason {
	var out []Reason
	for _, f := range fields {
		switch f {
		case infrastructureField:
			out = append(out, c.templateReasons(before, after, f, before.rolling.infrastructure, after.rolling.infrastructure)...)
		case bootstrapField:
			out = append(out, c.templateReasons(before, after, f, before.rolling.bootstrap, after.rolling.bootstrap)...)
		case versionField:
			out = append(out, plain(f, "version", before.rolling.version, after.rolling.version))
		case failureDomainField:
			out = append(out, c.failureDomain(before, after))
		case dataSecretField:
			out = append(out, plain(f, "bootstrap data secret", text(before.rolling.dataSecret), text(after.rolling.dataSecret)))
		}
	}
	return out
}

// templateReasons compares the specs behind two references.
func (c *comparison) templateReasons(before, after *group, field string, from, to reference) []Reason {
	old, updated := c.before.find(from, before.Object), c.after.find(to, after.Object)
	whole := Reason{Field: field, Before: from.name, After: to.name}
	switch {
	case from.kind != to.kind || from.group != to.group:
		whole.Before, whole.After = from.kind+" "+from.name, to.kind+" "+to.name
		whole.Text = fmt.Sprintf("%s → %s", orNone(strings.TrimSpace(whole.Before)), orNone(strings.TrimSpace(whole.After)))
		return []Reason{whole}
	case old == nil || updated == nil:
		whole.Text = fmt.Sprintf("another %s, %s → %s; what differs is not in the files", to.kind, from.name, to.name)
		return []Reason{whole}
	}
	diffs := differences(c.before.spec(old), c.after.spec(updated), "spec", "template", "spec")
	if was, is := old.Annotation(object.SaltAnnotation), updated.Annotation(object.SaltAnnotation); len(diffs) == 0 && was != is {
		whole.Text = fmt.Sprintf("replaced on purpose by the same again: salt %s → %s", orNone(was), orNone(is))
		return []Reason{whole}
	}
	if len(diffs) == 0 {
		whole.Text = fmt.Sprintf("only the name of the %s differs, %s → %s; its spec is the same", to.kind, from.name, to.name)
		return []Reason{whole}
	}
	var out, same []Reason
	for _, d := range diffs {
		r, isSame := c.fieldReason(before, after, old, updated, d)
		why := withoutEffect(before, after, partOf(updated), d, d.path[min(3, len(d.path)):])
		if r.Text += why; isSame || why != "" {
			same = append(same, r)
		} else {
			out = append(out, r)
		}
	}
	return append(out, same...) // what is only written otherwise, or has no effect, matters least
}

// fieldReason says what a differing field of two templates means. Values of what boots a machine are not
// shown: there may be passwords and keys among them. It tells whether the field means the same object of vSphere.
func (c *comparison) fieldReason(before, after *group, old, updated *object.Object, d field) (r Reason, isSame bool) {
	r = Reason{Object: updated.Ref.Kind + " " + updated.Ref.Name, Field: d.name()}
	short := cmp.Or(field{path: d.path[3:]}.name(), "spec")
	if !isShowable(updated, d) {
		r.Text = fmt.Sprintf("%s of the %s differs", short, updated.Ref.Kind)
		return r, false
	}
	r.Before, r.After = written(d.before), written(d.after)
	r.Text = fmt.Sprintf("%s %s → %s", short, orNone(r.Before), orNone(r.After))
	class, refers := classes[d.path[len(d.path)-1]]
	if !refers || !isVSphere(updated) || d.before == nil || d.after == nil || d.before.Kind != yaml.ScalarNode || d.after.Kind != yaml.ScalarNode {
		return r, false
	}
	was, ok1 := c.before.lookUp(before.cluster, class, d.before.Value, datacenterOf(c.before.spec(old), class))
	is, ok2 := c.after.lookUp(after.cluster, class, d.after.Value, datacenterOf(c.after.spec(updated), class))
	if !ok1 || !ok2 || was.ID == "" || was.ID != is.ID {
		return r, false
	}
	r.Text = fmt.Sprintf("%s; it is the same %s (%s)", renamed(short, r.Before, r.After, was, is), class, is.ID)
	return r, true
}

// partOf tells what a template is to the machines.
func partOf(template *object.Object) site.Part {
	if isVSphere(template) {
		return site.MachinePart
	}
	return site.BootstrapPart
}

// showable are the fields of a VSphereMachineTemplate whose values are no secrets; others, such as customVMXKeys, carry
// what somebody's scripts in the machine read.
var showable = []string{
	"additionalDisksGiB", "cloneMode", "dataDisks", "datacenter", "datastore", "diskGiB", "failureDomain", "folder", "guestSoftPowerOffTimeoutSeconds",
	"hardwareVersion", "memoryMiB", "namingStrategy", "network", "numCPUs", "numCoresPerSocket", "os", "pciDevices", "powerOffMode", "resourcePool",
	"resources", "server", "snapshot", "storagePolicyName", "tagIDs", "template", "thumbprint",
}

// isShowable tells whether the values of a field may stand in a comment on a pull request: of templates of other
// providers only numbers and truth values.
func isShowable(template *object.Object, d field) bool {
	if isVSphere(template) {
		return len(d.path) > 3 && slices.Contains(showable, d.path[3])
	}
	isPlain := func(n *yaml.Node) bool {
		return n == nil || n.Kind == yaml.ScalarNode && n.ShortTag() != yaml.NodeTagString
	}
	return template.Group() == infrastructureGroup && isPlain(d.before) && isPlain(d.after)
}

func datacenterOf(spec *yaml.Node, class inventory.Class) string {
	if class == inventory.DatacenterClass {
		return ""
	}
	return tree.String(spec, "datacenter")
}

// renamed says in which way one object has got two spellings.
func renamed(what, before, after string, was, is inventory.Object) string {
	switch {
	case was.Path == is.Path && was.Name == is.Name:
		return fmt.Sprintf("%s is only spelt differently, %s → %s", what, before, after)
	case was.Path != "" && path.Base(was.Path) == path.Base(is.Path):
		return fmt.Sprintf("%s path changed by a folder rename or move, %s → %s", what, before, after)
	}
	return fmt.Sprintf("%s was renamed, %s → %s", what, before, after)
}

func fieldOf(d field) Reason {
	r := Reason{Field: d.name(), Before: written(d.before), After: written(d.after)}
	if d.below("spec", "template", "metadata") && len(d.path) == 5 {
		r.Text = fmt.Sprintf("machines' %s %s %s → %s", strings.TrimSuffix(d.path[3], "s"), d.path[4], orNone(r.Before), orNone(r.After))
		return r
	}
	short := strings.TrimPrefix(strings.TrimPrefix(r.Field, "spec.template."), "spec.")
	r.Text = fmt.Sprintf("%s %s → %s", short, orNone(r.Before), orNone(r.After))
	return r
}
