// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/internal/tree"
)

// A MachineDeployment rolls when what is collected in rolling differs: that is what Cluster API's function
// MachineTemplateUpToDate compares (versions 1.13.6 and 1.14.2; a test in test/crd holds the two together). All
// other fields of the template of a Machine are carried to the running Machines, and fields above it
// steer rollouts without causing one, but for rollout.after, which is a point in time and not a state.
type rolling struct {
	version, failureDomain string
	infrastructure         reference
	bootstrap              reference
	// dataSecret is nil where none is named.
	dataSecret *string
}

// reference names an object whatever its API version.
type reference struct{ group, kind, name string }

// rollingOf reads the fields from the template of a MachineDeployment in v1beta2 form.
func rollingOf(template *yaml.Node) rolling {
	spec := tree.Get(template, "spec")
	r := rolling{
		version:        convert.Version(tree.String(spec, "version")),
		failureDomain:  tree.String(spec, "failureDomain"),
		infrastructure: referenceAt(spec, "infrastructureRef"),
		bootstrap:      referenceAt(spec, "bootstrap", "configRef"),
	}
	if n := tree.Get(spec, "bootstrap", "dataSecretName"); n != nil {
		r.dataSecret = &n.Value
	}
	return r
}

// referenceAt reads a reference: v1beta2 has an apiGroup, what is older an apiVersion.
func referenceAt(node *yaml.Node, path ...string) reference {
	n := tree.Get(node, path...)
	r := reference{group: tree.String(n, "apiGroup"), kind: tree.String(n, "kind"), name: tree.String(n, "name")}
	if group, _, found := strings.Cut(tree.String(n, "apiVersion"), "/"); r.group == "" && found {
		r.group = group
	}
	return r
}

// rolls gives the fields that make machines of the one not do for the other.
func (r rolling) rolls(to rolling) []string {
	var fields []string
	if r.version != to.version {
		fields = append(fields, versionField)
	}
	if r.failureDomain != to.failureDomain {
		fields = append(fields, failureDomainField)
	}
	if r.infrastructure != to.infrastructure {
		fields = append(fields, infrastructureField)
	}
	if r.bootstrap != to.bootstrap {
		fields = append(fields, bootstrapField)
	}
	if (r.dataSecret == nil) != (to.dataSecret == nil) || r.dataSecret != nil && *r.dataSecret != *to.dataSecret {
		fields = append(fields, dataSecretField)
	}
	return fields
}

// The fields that make a MachineDeployment roll.
const (
	versionField        = "spec.template.spec.version"
	failureDomainField  = "spec.template.spec.failureDomain"
	infrastructureField = "spec.template.spec.infrastructureRef.name"
	bootstrapField      = "spec.template.spec.bootstrap.configRef.name"
	dataSecretField     = "spec.template.spec.bootstrap.dataSecretName"
)
