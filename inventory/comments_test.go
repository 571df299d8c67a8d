// SPDX-License-Identifier: Apache-2.0

package inventory_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// Comments stay at their sections and entries, wherever they stood in those, and stay there.
func TestFormatLikeKeepsComments(t *testing.T) {
	t.Parallel()
	earlier := `# my lab
kind: Inventory
# above hosts
hosts:
- {name: b} # behind b
# above a
- name: a # NUC 1
  # it has bad fans
  cpus: 4
# above c
- {name: c, tags: {}} # behind c
# below hosts

# the disks
datastores:
- name: d # behind d's name
  hosts:
  - a # only here
  local: true # forced
# of last year
- {name: e, url: "ds:///vmfs/volumes/1/"}
- {name: f, hosts: [a, b]} # NAS
# the end
`
	inv := parse(t, earlier)
	inv.Hosts = append(inv.Hosts, inventory.Host{Name: "aa"})
	inv.Datastores[1].Name = "renamed"
	want := `apiVersion: vspread.dev/v1alpha1
# my lab
kind: Inventory
# above hosts
hosts:
# above a
# it has bad fans
- {name: a, cpus: 4} # NUC 1
- {name: aa}
- {name: b} # behind b
# above c
- {name: c} # behind c
# below hosts

# the disks
datastores:
# only here
# forced
- {name: d, local: true, hosts: [a]} # behind d's name
- {name: f, hosts: [a, b]} # NAS
# of last year
- {name: renamed, url: 'ds:///vmfs/volumes/1/'}

# the end
`
	got := inventory.FormatLike(inv, earlier)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if d := cmp.Diff(got, inventory.FormatLike(inv, got)); d != "" {
		t.Errorf("the second time:\n%s", d)
	}
}

// A long text is split with its comments.
func TestDataKeepsComments(t *testing.T) {
	t.Parallel()
	var inv inventory.Inventory
	for i := range 12000 {
		inv.Hosts = append(inv.Hosts, inventory.Host{Name: fmt.Sprintf("host-%05d-%s", i, strings.Repeat("x", 80))})
	}
	earlier := strings.Replace(inventory.Format(inv), "- {name: host-11999", "# the last one\n- {name: host-11999", 1)
	data := inventory.Data(inventory.FormatLike(inv, earlier))
	text, diags := inventory.Text(data, diag.Where{})
	if len(data) < 2 || len(diags) > 0 || text != earlier {
		t.Errorf("%d parts, %v", len(data), diags)
	}
}
