// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"strings"
	"testing"

	"github.com/vspread/vspread/fn/rollout"
)

// TestTemplateLost holds that a plan says of machines that none of them can be made.
func TestTemplateLost(t *testing.T) {
	t.Parallel()
	// The template lies on the disk of esxi02, called as the disk of another datacenter.
	const lab = `datacenters: [{name: dc, path: /dc}, {name: other, path: /other}]
hosts: [{name: esxi01}, {name: esxi02}, {name: esxi03}]
datastores: [{name: a1, path: /dc/datastore/a1, id: d-1, hosts: [esxi01]}, {name: b1, path: /dc/datastore/b1, id: d-2, hosts: [esxi02]}, {name: b1, path: /other/datastore/b1, id: d-3, hosts: [esxi03]}]
templates: [{name: ubuntu, path: /dc/vm/old/ubuntu, id: vm-1, diskGiB: 10, datastores: [b1]}]
`
	gone := func(host string) string {
		return strings.Replace(lab, "{name: "+host+"}", "{name: "+host+", state: gone}", 1)
	}
	more := edit(t, base, "replicas: 2", "replicas: 3")
	for _, c := range []struct {
		name                 string
		after, first, second string
		reason, warned, step bool
	}{
		{"there", more, lab, lab, false, false, false},
		{"lost, and machines are made", more, lab, gone("esxi02"), true, true, true},
		{"lost long ago, and machines are made", more, gone("esxi02"), gone("esxi02"), true, true, true},
		{"lost, and none is made", base, lab, gone("esxi02"), false, true, true},
		{"lost long ago, and none is made", base, gone("esxi02"), gone("esxi02"), false, false, false},
		{"lost, and machines are replaced", edit(t, base, "      version: v1.35.4", "      version: v1.35.5"), lab, gone("esxi02"), true, true, true},
		{"the disk of that name elsewhere is lost", more, lab, gone("esxi03"), false, false, false},
		{"a copy on another disk", more, lab, strings.Replace(gone("esxi02"), "datastores: [b1]}", "datastores: [b1, a1]}", 1), false, false, false},
		{"a datastore that is not known", more, lab, strings.Replace(gone("esxi02"), "datastores: [b1]}", "datastores: [b1, nas]}", 1), false, false, false},
		{"no machine is wanted", edit(t, base, "replicas: 2", "replicas: 0", "  replicas: 3\n", "  replicas: 0\n"), lab, gone("esxi02"), false, false, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := rollout.Compare(side(t, base, c.first), side(t, c.after, c.second))
			text := told(p)
			for _, x := range []struct {
				what     string
				got, exp bool
			}{
				{"the reason", strings.Contains(text, "\n  no machine can be made: template /dc/vm/old/ubuntu lies only on b1, which is gone\n"), c.reason},
				{"the warning", strings.Contains(text, "warning TemplateLost"), c.warned},
				{"the step", len(p.Steps) > 0 && strings.Contains(p.Steps[0].Text, "put template /dc/vm/old/ubuntu onto"), c.step},
			} {
				if x.got != x.exp {
					t.Errorf("%s: %t, want %t\n%s", x.what, x.got, x.exp, text)
				}
			}
			if n := strings.Count(text, "TemplateLost"); n > 1 {
				t.Errorf("%d warnings about one template", n)
			}
		})
	}
}
