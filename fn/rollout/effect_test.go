// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"strings"
	"testing"

	"github.com/vspread/vspread/fn/rollout"
)

const rack = `---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereDeploymentZone
metadata: {name: rack}
spec: {server: vc, failureDomain: rack, placementConstraint: {folder: racks}}
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereFailureDomain
metadata: {name: rack}
spec: {topology: {datacenter: dc, datastore: /dc/datastore/a1}}
`

// TestFieldsWithoutEffect holds that a plan says of what CAPV and Cluster API ignore that it has no effect, and counts it as it
// will be.
func TestFieldsWithoutEffect(t *testing.T) {
	t.Parallel()
	snapshot := strings.Replace(known, "diskGiB: 10}", "diskGiB: 10, snapshot: true}", 1)
	template := func(name, spec string) string {
		return "---\napiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: " + name + "}\n" +
			"spec: {template: {spec: {template: ubuntu, datastore: /dc/datastore/a1, memoryMiB: 4096, " + spec + "}}}\n"
	}
	onA1 := "VSphereMachineTemplate, name: apple-a-1}"
	use := func(t *testing.T, name, spec string, pairs ...string) string {
		return edit(t, base, append([]string{onA1, "VSphereMachineTemplate, name: " + name + "}"}, pairs...)...) + template(name, spec)
	}
	inRack := []string{"      version: v1.35.4", "      failureDomain: rack\n      version: v1.35.4"}
	onDelete := func(surge string) string {
		return edit(t, base, "{type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", "{type: OnDelete, rollingUpdate: {maxSurge: "+surge+"}}")
	}
	for _, c := range []struct {
		name, before, after, inventory string
		want                           []string
		disk                           int
	}{
		{
			name: "the disk of a linked clone", inventory: snapshot,
			before: use(t, "x", "cloneMode: linkedClone, diskGiB: 20"), after: use(t, "y", "cloneMode: linkedClone, diskGiB: 40"),
			want: []string{"diskGiB 20 → 40, which has no effect: a linked clone's disk is as large as the template's"}, disk: 10,
		},
		{
			name: "a full clone becomes a linked one", inventory: snapshot,
			before: use(t, "x", "cloneMode: fullClone, diskGiB: 40"), after: use(t, "y", "cloneMode: linkedClone, diskGiB: 20"),
			want: []string{"cloneMode fullClone → linkedClone", "diskGiB 40 → 20"}, disk: 10,
		},
		{
			name: "what matters is said first", inventory: snapshot,
			before: use(t, "x", "cloneMode: fullClone, diskGiB: 40, folder: f"), after: use(t, "y", "cloneMode: fullClone, diskGiB: 40, folder: g, snapshot: s", "      version: v1.35.4", "      version: v1.35.5"),
			want: []string{"version v1.35.4 → v1.35.5", "folder f → g", "snapshot none → s, which has no effect: a full clone is made of the template as it is now"}, disk: 40,
		},
		{
			name: "a folder that the failure domain overrides", inventory: known,
			before: use(t, "x", "diskGiB: 40, folder: f", inRack...) + rack, after: use(t, "y", "diskGiB: 40, folder: g", inRack...) + rack,
			want: []string{"folder f → g, which has no effect: the failure domain has one of its own"}, disk: 40,
		},
		{
			name: "a failure domain taken out that says what the template says", inventory: known,
			before: use(t, "x", "diskGiB: 40, folder: racks, datacenter: dc", inRack...) + rack, after: use(t, "x", "diskGiB: 40, folder: racks, datacenter: dc") + rack,
			want: []string{"failure domain rack → none, for which Cluster API replaces machines although nothing else about them differs"}, disk: 40,
		},
		{
			name: "a failure domain taken out", inventory: known,
			before: use(t, "x", "diskGiB: 40, folder: f, datacenter: dc", inRack...) + rack, after: use(t, "x", "diskGiB: 40, folder: f, datacenter: dc") + rack,
			want: []string{"failure domain rack → none: folder racks → f"}, disk: 40,
		},
		{
			name: "a failure domain that is not in the files", inventory: known,
			before: use(t, "x", "diskGiB: 40", inRack...), after: use(t, "x", "diskGiB: 40"),
			want: []string{"failure domain rack → none; what it stands for is not in the files"}, disk: 40,
		},
		{
			name: "bounds under OnDelete", inventory: known, before: onDelete("1"), after: onDelete("2"),
			want: []string{"rollout.strategy.rollingUpdate.maxSurge 1 → 2, which has no effect: with OnDelete a machine is replaced when somebody deletes it"}, disk: 20,
		},
		{
			name: "what workers do not read", inventory: known, before: base,
			after: edit(t, base, "KubeadmConfigTemplate, name: boot}", "KubeadmConfigTemplate, name: boot-2}") +
				"---\napiVersion: bootstrap.cluster.x-k8s.io/v1beta2\nkind: KubeadmConfigTemplate\nmetadata: {name: boot-2}\nspec: {template: {spec: {preKubeadmCommands: [echo secret], clusterConfiguration: {dns: {imageTag: x}}}}}\n",
			want: []string{"clusterConfiguration of the KubeadmConfigTemplate differs, which has no effect: workers join a cluster, and do not configure it"}, disk: 20,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := rollout.Compare(side(t, c.before, c.inventory), side(t, c.after, c.inventory))
			for _, pool := range p.Pools {
				if pool.Name != "apple-a" {
					continue
				}
				var got []string
				for _, r := range pool.Reasons {
					got = append(got, r.Text)
				}
				if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
				}
				if pool.After.DiskGiB != c.disk {
					t.Errorf("the disk has %d GiB, want %d", pool.After.DiskGiB, c.disk)
				}
			}
		})
	}
}
