// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// size insists on processors and memory. A disk is as large as the template's unless somebody says
// otherwise, and never smaller.
func (d draft) size(where site.Place) {
	for _, f := range []struct{ name, what string }{{"numCPUs", "how many processors"}, {"memoryMiB", "how much memory"}} {
		if tree.Get(d.spec, f.name) == nil {
			d.diags.Errorf(diag.MissingMachineValue, d.at.Dot("machine."+f.name), "nothing says %s the machines have", f.what).
				WithHint("set it here, or give the control plane's VSphereMachineTemplate to vspread")
		}
	}
	template, ok := d.vsphere.Template(tree.String(d.spec, "template"), where.Datacenter)
	if !ok || template.DiskGiB == 0 {
		return
	}
	tree.Fill(d.spec, codec.Int(template.DiskGiB), "diskGiB")
	if n, err := strconv.Atoi(tree.String(d.spec, "diskGiB")); err == nil && n < template.DiskGiB {
		_, from := d.sources.value("diskGiB")
		d.diags.Errorf(diag.InvalidValue, from.at.Dot("diskGiB"), "is %d, and the disk of template %s has %d GiB", n, template.Name, template.DiskGiB).
			WithHint("a clone's disk can be larger than the template's, not smaller")
	}
}

// check reports values, wherever they come from, that CAPV would refuse or misread.
func (d draft) check() {
	wrong := func(field, format string, args ...any) {
		_, from := d.sources.value(field)
		d.diags.Errorf(diag.InvalidValue, from.at.Dot(field), format, args...)
	}
	for _, f := range []struct {
		name string
		min  int
	}{{"numCPUs", 2}, {"memoryMiB", 1}, {"diskGiB", 1}} {
		v := tree.Get(d.spec, f.name)
		if v == nil || strings.Contains(v.Value, "${") {
			continue
		}
		if n, err := strconv.Atoi(v.Value); v.Kind != yaml.ScalarNode || err != nil || n < f.min {
			wrong(f.name, "must be a whole number of at least %d", f.min)
		}
	}
	for _, name := range []string{"template", "folder", "resourcePool", "datacenter", "cloneMode", "os"} {
		if v := tree.Get(d.spec, name); v != nil && v.Kind != yaml.ScalarNode {
			wrong(name, "must be a string")
		}
	}
	if mode := tree.String(d.spec, "powerOffMode"); !slices.Contains([]string{"hard", "soft", "trySoft"}, mode) && !strings.Contains(mode, "${") {
		wrong("powerOffMode", "%q is not hard, soft or trySoft", mode)
	}
	for _, x := range tree.List(d.spec, "network", "devices") {
		if x.Kind != yaml.MappingNode {
			wrong("network", "has a device that is no mapping")
		}
	}
}
