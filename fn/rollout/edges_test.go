// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn/rollout"
)

// TestEdges holds what a plan says at the edges of its rules, where one condition more or less would tell something else.
func TestEdges(t *testing.T) {
	t.Parallel()
	joins := func(by string) string {
		return edit(t, base, "bootstrap: {configRef: {apiGroup: bootstrap.cluster.x-k8s.io, kind: KubeadmConfigTemplate, name: boot}}", "bootstrap: {"+by+"}")
	}
	scaled := func(least, most string) string { return edit(t, base, autoscaled(least, most)...) }
	pool := base[strings.Index(base, "apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment"):strings.Index(base, "---\napiVersion: bootstrap")]
	another := base + "---\n" + strings.NewReplacer("apple-a", "apple-b", "datastore: /dc/datastore/a1", "datastore: /dc/datastore/b1").Replace(pool)
	more := strings.Replace(known, "capacityGiB: 400}", "capacityGiB: 400}, {name: b1, path: /dc/datastore/b1, id: d-2, hosts: [esxi02]}", 1)
	nameless := "---\napiVersion: cluster.x-k8s.io/v1beta2\nkind: ClusterClass\nmetadata: {generateName: x}\nspec: {controlPlane: {machineHealthCheck: 1}}\n"
	const (
		replaced = "2 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 2→2, 2 replaced, peak 3\n  bootstrap data secret "
		unused   = "\nunused: boot false\n"
		created  = "2 machines on esxi02 are created, nothing else moves.\nMachineDeployment apple-b [create] 0→2, 2 created, peak 2\n  "
	)
	for _, c := range []struct {
		name, before, after string
		inventories         [2]string
		want                string
	}{
		{"the same secret", joins("dataSecretName: x"), joins("dataSecretName: x"), [2]string{known, known}, "Nothing changes." + unused},
		{"another secret", joins("dataSecretName: x"), joins("dataSecretName: y"), [2]string{known, known}, replaced + "x → y" + unused},
		{"no secret before", joins(""), joins("dataSecretName: x"), [2]string{known, known}, replaced + "none → x" + unused},
		{"no secret any more", joins("dataSecretName: x"), joins(""), [2]string{known, known}, replaced + "x → none" + unused},

		{
			"more or fewer than the range had", scaled("1", "4"), base, [2]string{known, known},
			"The number of machines of pool apple-a may change, nothing else moves.\nMachineDeployment apple-a [scale] 1→2, 1 may be created, 2 may be removed, peak 4\n  replicas 1…4 → 2\n",
		},
		{
			"no fewer than the range had", scaled("1", "2"), base, [2]string{known, known},
			"Up to 1 machine on esxi01 is created, nothing else moves.\nMachineDeployment apple-a [scale] 1→2, 1 may be created, peak 2\n  replicas 1…2 → 2\n",
		},
		{
			"no more than the range had", scaled("2", "4"), base, [2]string{known, known},
			"Up to 2 machines on esxi01 are deleted, nothing else moves.\nMachineDeployment apple-a [scale] 2→2, 2 may be removed, peak 4\n  replicas 2…4 → 2\n",
		},

		{"a pool on a new datastore", base, another, [2]string{known, more}, created + "datastore b1 is new in the inventory\n"},
		{"a pool on a known datastore", base, another, [2]string{more, more}, created + "is new in git\n"},
		{"a pool where there was no inventory", base, another, [2]string{"", more}, created + "is new in git\n"},
		{"a pool on a datastore that nobody knows", base, another, [2]string{known, known}, strings.ReplaceAll(created, "esxi02", "b1") + "is new in git\n"},

		{
			"another Cluster", base, edit(t, base, "  clusterName: apple\n", "  clusterName: pear\n"), [2]string{known, known},
			"No machine moves, 1 pool has a change that replaces no machine, 1 pool changes in place.\nMachineDeployment apple-a [no-effect in-place] 2→2, peak 2\n" +
				"  clusterName apple → pear\n  machines' label cluster.x-k8s.io/cluster-name apple → pear\n  label cluster.x-k8s.io/cluster-name apple → pear\nerror FieldImmutable apple-a\n",
		},
		{
			"another selector", base, edit(t, base, "selector: {matchLabels: {", "selector: {matchLabels: {a: b, "), [2]string{known, known},
			"No machine moves, 1 pool has a change that replaces no machine.\nMachineDeployment apple-a [no-effect] 2→2, peak 2\n  selector.matchLabels.a none → b\nerror FieldImmutable apple-a\n",
		},

		// A class without a name is not what a class with a name refers to, although it is of a kind that is referred to.
		{"a class without a name", classy + nameless, edit(t, classy+nameless, "machineHealthCheck: 1", "machineHealthCheck: 2"), [2]string{}, "No machine moves.\nother: ClusterClass  in-place\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := told(rollout.Compare(side(t, c.before, c.inventories[0]), side(t, c.after, c.inventories[1])))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}
