// SPDX-License-Identifier: Apache-2.0

package inventory_test

import (
	"slices"
	"testing"

	"github.com/vspread/vspread/inventory"
)

const twoDatacenters = `
datacenters: [{name: A, path: /F/A}, {name: B, path: /F/B}]
hosts: [{name: h1}, {name: h2}]
datastores:
- {name: disk, path: /F/A/datastore/disk, id: s1, hosts: [h1]}
- {name: disk, path: /F/B/datastore/disk, id: s2, hosts: [h2]}
- {name: disk, path: /C/datastore/pod/disk, id: s3}
- {name: disk, id: s4}
`

// A name in a list is that of a datastore in the datacenter of what has the list; a policy belongs to none.
func TestMeaningOfNames(t *testing.T) {
	t.Parallel()
	inv := parse(t, twoDatacenters)
	for _, c := range []struct {
		path string
		list []string
		on   []string // ids
		fits []string
	}{
		{"/F/A/vm/t", []string{"disk"}, []string{"s1"}, []string{"s1", "s2", "s3", "s4"}},
		{"/F/B/vm/deep/t", []string{"disk"}, []string{"s2"}, []string{"s1", "s2", "s3", "s4"}},
		{"/C/vm/t", []string{"disk"}, []string{"s3"}, []string{"s1", "s2", "s3", "s4"}}, // not listed, and the path tells it
		{"/D/vm/t", []string{"disk"}, []string{"s4"}, []string{"s1", "s2", "s3", "s4"}}, // it may lie there
		{"", []string{"disk"}, []string{"s1", "s2", "s3", "s4"}, []string{"s1", "s2", "s3", "s4"}},
		{"/F/A/vm/t", []string{"/F/B/datastore/disk"}, []string{"s2"}, []string{"s2"}},
		{"/F/A/vm/t", []string{"other", "s4", "Datastore:s3"}, []string{"s3", "s4"}, []string{"s3", "s4"}},
		{"/F/A/vm/t", []string{"", "datastore/disk", "/disk"}, nil, nil},
		{"/F/A/vm/t", nil, nil, nil},
	} {
		var on, fits []string
		for _, d := range inv.Datastores {
			if inv.TemplateOn(inventory.Template{Name: "t", Path: c.path, Datastores: c.list}, d) {
				on = append(on, d.ID)
			}
			if inv.PolicyAllows(inventory.StoragePolicy{Name: "p", Datastores: c.list}, d) {
				fits = append(fits, d.ID)
			}
		}
		slices.Sort(on)
		slices.Sort(fits)
		if !slices.Equal(on, c.on) || !slices.Equal(fits, c.fits) {
			t.Errorf("a template at %q with %q is on %v, not %v; such a policy allows %v, not %v", c.path, c.list, on, c.on, fits, c.fits)
		}
	}
}

func TestHostPath(t *testing.T) {
	t.Parallel()
	inv := parse(t, `
hosts:
- {name: own, path: /A/host/Edge/own}
- {name: in, cluster: /A/host/C}
- {name: pooled}
- {name: plain}
resourcePools:
- {path: /A/host/C/Resources}
- {path: /A/host/C/Resources/plain/Resources}
- {path: /A/host/Edge/pooled/Resources}
- {path: /A/host/Edge/notpooled/Resources}
- {path: /B/host/plain/Resources}
`)
	for _, c := range []struct{ host, datacenter, want string }{
		{"own", "/A", "/A/host/Edge/own"}, {"own", "", "/A/host/Edge/own"},
		{"in", "/A", "/A/host/C/in"},
		{"pooled", "/A", "/A/host/Edge/pooled"}, {"pooled", "", "/A/host/Edge/pooled"},
		{"pooled", "/B", "/B/host/pooled"},
		{"plain", "/A", "/A/host/plain"}, {"plain", "", "/B/host/plain"},
	} {
		h, _ := inv.Host(c.host)
		if got := inv.HostPath(h, c.datacenter); got != c.want {
			t.Errorf("%s in %q is at %q, not %q", c.host, c.datacenter, got, c.want)
		}
	}
	if got := inv.HostPath(inventory.Host{Name: "nowhere"}, ""); got != "" {
		t.Errorf("a host that nothing places is at %q", got)
	}
}
