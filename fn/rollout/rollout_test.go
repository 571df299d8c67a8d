// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn/rollout"
)

// autoscaled hands the pool to an autoscaler.
func autoscaled(least, most string) []string {
	return []string{"  replicas: 2\n", "", "metadata: {name: apple-a, ", "metadata: {name: apple-a, annotations: {cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size: '" + least +
		"', cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size: '" + most + "'}, "}
}

func TestCompare(t *testing.T) {
	t.Parallel()
	newTemplate := func(t *testing.T, pairs ...string) string {
		t.Helper()
		added := edit(t, "---\napiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: apple-a-2}\n"+
			"spec: {template: {spec: {template: /dc/vm/old/ubuntu, datastore: /dc/datastore/a1, memoryMiB: 4096, diskGiB: 20, network: {devices: [{networkName: lab}]}}}}\n", pairs...)
		return edit(t, base, "VSphereMachineTemplate, name: apple-a-1", "VSphereMachineTemplate, name: apple-a-2") + added
	}
	for _, c := range []struct {
		name          string
		before, after func(t *testing.T) string
		inventories   [2]string
		want          string
	}{
		{name: "equal", want: "Nothing changes.\n"},
		{
			name:  "scaled up",
			after: func(t *testing.T) string { return edit(t, base, "replicas: 2", "replicas: 5") },
			want:  "3 machines on esxi01 are created, nothing else moves.\nMachineDeployment apple-a [scale] 2→5, 3 created, peak 5\n  replicas 2 → 5\n",
		},
		{
			name:  "scaled down",
			after: func(t *testing.T) string { return edit(t, base, "replicas: 2", "replicas: 1") },
			want:  "1 machine on esxi01 is deleted, nothing else moves.\nMachineDeployment apple-a [scale] 2→1, 1 removed, peak 2\n  replicas 2 → 1\n",
		},
		{
			name:  "replicas left out",
			after: func(t *testing.T) string { return edit(t, base, "  replicas: 2\n", "") },
			want:  "1 machine on esxi01 is deleted, nothing else moves.\nMachineDeployment apple-a [scale] 2→1, 1 removed, peak 2\n  replicas is not set, so applying it sets 1 where there are 2\n",
		},
		{
			name: "handed to the autoscaler",
			after: func(t *testing.T) string {
				return edit(t, base, autoscaled("1", "4")...)
			},
			want: "No machine moves, 1 pool changes in place.\nMachineDeployment apple-a [in-place] 2→2, peak 4\n" +
				"  the autoscaler's range none → 1…4\n",
		},
		{
			name:   "the autoscaler's machines replaced",
			before: func(t *testing.T) string { return edit(t, base, autoscaled("1", "4")...) },
			after: func(t *testing.T) string {
				return edit(t, edit(t, base, autoscaled("1", "3")...), "      version: v1.35.4", "      version: v1.35.5")
			},
			want: "1 to 4 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace in-place] 1→1, 1 replaced, 3 may be replaced, peak 4\n" +
				"  version v1.35.4 → v1.35.5\n  the autoscaler's range 1…4 → 1…3, and a number outside of it stays until the autoscaler changes it\n",
		},
		{
			name:   "the autoscaler's machines, perhaps none, replaced",
			before: func(t *testing.T) string { return edit(t, base, autoscaled("0", "4")...) },
			after: func(t *testing.T) string {
				return edit(t, edit(t, base, autoscaled("0", "4")...), "      version: v1.35.4", "      version: v1.35.5")
			},
			want: "Up to 4 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 0→0, 4 may be replaced, peak 5\n  version v1.35.4 → v1.35.5\n",
		},
		{
			name:        "host gone",
			after:       func(t *testing.T) string { return edit(t, base, "replicas: 2", "replicas: 0") },
			inventories: [2]string{known, strings.Replace(known, "esxi01, memoryMiB: 32768", "esxi01, state: gone", 1)},
			want:        "2 machines on esxi01 are deleted, nothing else moves.\nMachineDeployment apple-a [drain] 2→0, 2 removed, peak 2\n  host esxi01 is gone\n",
		},
		{
			name:  "version",
			after: func(t *testing.T) string { return edit(t, base, "      version: v1.35.4", "      version: 1.35.5") },
			want:  "2 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 2→2, 2 replaced, peak 3\n  version v1.35.4 → v1.35.5\n",
		},
		{
			name:  "version without its v",
			after: func(t *testing.T) string { return edit(t, base, "      version: v1.35.4", "      version: 1.35.4") },
			want:  "Nothing changes.\n",
		},
		{
			name:  "new template",
			after: func(t *testing.T) string { return newTemplate(t, "4096", "8192", "lab", "dmz") },
			want: "2 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 2→2, 2 replaced, peak 3\n" +
				"  memoryMiB 4096 → 8192\n  network.devices[0].networkName lab → dmz\nunused: apple-a-1 true\n",
		},
		{
			name:  "new template of the same spec",
			after: func(t *testing.T) string { return newTemplate(t) },
			want: "2 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 2→2, 2 replaced, peak 3\n" +
				"  only the name of the VSphereMachineTemplate differs, apple-a-1 → apple-a-2; its spec is the same\nunused: apple-a-1 true\n",
		},
		{
			name:        "folder rename",
			after:       func(t *testing.T) string { return newTemplate(t, "/old/", "/new/") },
			inventories: [2]string{known, strings.Replace(known, "/old/", "/new/", 1)},
			want: "2 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 2→2, 2 replaced, peak 3\n" +
				"  template path changed by a folder rename or move, /dc/vm/old/ubuntu → /dc/vm/new/ubuntu; it is the same template (vm-1)\nunused: apple-a-1 true\n",
		},
		{
			name:  "another spelling",
			after: func(t *testing.T) string { return newTemplate(t, "/dc/vm/old/ubuntu", "ubuntu") },
			want: "2 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 2→2, 2 replaced, peak 3\n" +
				"  template is only spelt differently, /dc/vm/old/ubuntu → ubuntu; it is the same template (vm-1)\nunused: apple-a-1 true\n",
		},
		{
			name: "old template removed meanwhile",
			after: func(t *testing.T) string {
				return without(t, newTemplate(t, "4096", "8192"), "VSphereMachineTemplate", "apple-a-1")
			},
			want: "2 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 2→2, 2 replaced, peak 3\n  memoryMiB 4096 → 8192\nother: VSphereMachineTemplate apple-a-1 remove\nwarning TemplateRemoved apple-a-1\n",
		},
		{
			name: "template that is named removed",
			after: func(t *testing.T) string {
				return without(t, base, "VSphereMachineTemplate", "apple-a-1")
			},
			want: "No machine moves.\nother: VSphereMachineTemplate apple-a-1 remove\nerror TemplateRemoved apple-a-1\n",
		},
		{
			name: "template edited in place",
			after: func(t *testing.T) string {
				return edit(t, base, "datastore: /dc/datastore/a1, memoryMiB: 4096", "datastore: /dc/datastore/a1, memoryMiB: 8192")
			},
			want: "No machine moves, 1 pool has a change that replaces no machine.\nMachineDeployment apple-a [no-effect] 2→2, peak 2\n" +
				"  VSphereMachineTemplate apple-a-1 is edited under the same name, which replaces no machine\nerror TemplateEdited apple-a-1\n",
		},
		{
			name: "bootstrap template edited in place",
			after: func(t *testing.T) string {
				return edit(t, base, "{spec: {preKubeadmCommands: [echo secret]", "{spec: {preKubeadmCommands: [echo other]")
			},
			want: "No machine moves, 1 pool has a change that replaces no machine.\nMachineDeployment apple-a [no-effect] 2→2, peak 2\n" +
				"  KubeadmConfigTemplate boot is edited under the same name, which replaces no machine\nerror TemplateEdited boot\n",
		},
		{
			name: "bootstrap template edited while all machines are replaced",
			after: func(t *testing.T) string {
				return edit(t, base, "{spec: {preKubeadmCommands: [echo secret]", "{spec: {preKubeadmCommands: [echo other]", "      version: v1.35.4", "      version: v1.35.5")
			},
			want: "2 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 2→2, 2 replaced, peak 3\n  version v1.35.4 → v1.35.5\nother: KubeadmConfigTemplate boot in-place\n",
		},
		{
			name: "labels, taints and timeouts in place",
			after: func(t *testing.T) string {
				return edit(t, base, "tier: fast", "tier: slow", "      version: v1.35.4", "      deletion: {nodeDrainTimeoutSeconds: 60}\n      version: v1.35.4")
			},
			want: "No machine moves, 1 pool changes in place.\nMachineDeployment apple-a [in-place] 2→2, peak 2\n" +
				"  machines' label tier fast → slow\n  deletion none → {nodeDrainTimeoutSeconds: 60}\n",
		},
		{
			name: "adopted",
			after: func(t *testing.T) string {
				return edit(t, base, "metadata: {name: apple-a, ", "metadata: {name: apple-a, annotations: {vspread.dev/owner: apple}, ")
			},
			want: "No machine moves, 1 pool is adopted.\nMachineDeployment apple-a [adopt] 2→2, peak 2\n  vspread looks after it from now on, for apple\n",
		},
		{
			name:  "removed",
			after: func(t *testing.T) string { return without(t, base, "MachineDeployment", "apple-a") },
			want: "2 machines on esxi01 are deleted, nothing else moves.\nMachineDeployment apple-a [remove] 2→0, 2 removed, peak 2\n  is no longer in git\n" +
				"unused: boot false\nunused: apple-a-1 false\nby hand: kubectl delete machinedeployment --namespace default apple-a\nwarning PoolRemoved apple-a\n",
		},
		{
			name:   "removed when empty",
			before: func(t *testing.T) string { return edit(t, base, "replicas: 2", "replicas: 0") },
			after:  func(t *testing.T) string { return without(t, base, "MachineDeployment", "apple-a") },
			want: "No machine moves, 1 empty pool is removed.\nMachineDeployment apple-a [remove] 0→0, peak 0\n  is no longer in git\n" +
				"unused: boot false\nunused: apple-a-1 false\nby hand: kubectl delete machinedeployment --namespace default apple-a\n",
		},
		{
			name:        "created on a new datastore",
			before:      func(t *testing.T) string { return without(t, base, "MachineDeployment", "apple-a") },
			inventories: [2]string{strings.Replace(known, "{name: a1, path: /dc/datastore/a1, id: d-1, hosts: [esxi01], capacityGiB: 400}, ", "", 1), known},
			want:        "2 machines on esxi01 are created, nothing else moves.\nMachineDeployment apple-a [create] 0→2, 2 created, peak 2\n  datastore a1 is new in the inventory\n",
		},
		{
			name: "selector",
			after: func(t *testing.T) string {
				return edit(t, base, "deployment-name: apple-a}}", "deployment-name: apple-b}}")
			},
			want: "No machine moves, 1 pool has a change that replaces no machine.\nMachineDeployment apple-a [no-effect] 2→2, peak 2\n  selector.matchLabels.cluster.x-k8s.io/deployment-name apple-a → apple-b\nerror FieldImmutable apple-a\n",
		},
		{
			name: "replaced when deleted",
			after: func(t *testing.T) string {
				return edit(t, base, "{type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", "{type: OnDelete}", "      version: v1.35.4", "      version: v1.35.5")
			},
			want: "2 machines on esxi01 are replaced when you delete them, nothing else moves.\nMachineDeployment apple-a [replace in-place] 2→2, 2 replaced, peak 2\n  each machine is replaced when you delete it (OnDelete)\n  version v1.35.4 → v1.35.5\n" +
				"  rollout.strategy.rollingUpdate {maxSurge: 1, maxUnavailable: 0} → none\n  rollout.strategy.type RollingUpdate → OnDelete\n" +
				"by hand: kubectl get machine --namespace default --selector cluster.x-k8s.io/deployment-name=apple-a --sort-by metadata.creationTimestamp\n",
		},
		{
			name: "control plane version",
			after: func(t *testing.T) string {
				return edit(t, base, "  replicas: 3\n  version: v1.35.4", "  replicas: 3\n  version: v1.36.0")
			},
			want: "The control plane of apple rolls (3 machines), nothing else moves.\nKubeadmControlPlane apple [replace] 3→3, 3 replaced, peak 4\n  version v1.35.4 → v1.36.0\n",
		},
		{
			name: "control plane commands, without their text",
			after: func(t *testing.T) string {
				return edit(t, base, "    preKubeadmCommands: [echo secret]", "    preKubeadmCommands: [echo other]")
			},
			want: "The control plane of apple rolls (3 machines), nothing else moves.\nKubeadmControlPlane apple [replace] 3→3, 3 replaced, peak 4\n  kubeadmConfigSpec.preKubeadmCommands[0] differs\n",
		},
		{
			name:  "control plane in place",
			after: func(t *testing.T) string { return edit(t, base, "imageTag: a", "imageTag: b") },
			want:  "No machine moves, 1 pool changes in place.\nKubeadmControlPlane apple [in-place] 3→3, peak 3\n  kubeadmConfigSpec.clusterConfiguration.dns.imageTag differs, which replaces no machine\n",
		},
		{
			name: "control plane, its first machine",
			after: func(t *testing.T) string {
				return edit(t, base, "initConfiguration: {nodeRegistration: {name: x}}", "initConfiguration: {nodeRegistration: {name: y}}")
			},
			want: "The control plane of apple may roll, nothing else moves.\nKubeadmControlPlane apple [may-replace] 3→3, 3 may be replaced, peak 4\n" +
				"  kubeadmConfigSpec.initConfiguration.nodeRegistration.name differs, which concerns at most the machine that was made first\n",
		},
		{
			name:   "control plane of another kind",
			before: func(t *testing.T) string { return edit(t, base, "KubeadmControlPlane", "TalosControlPlane") },
			after: func(t *testing.T) string {
				return edit(t, base, "KubeadmControlPlane", "TalosControlPlane", "  replicas: 3\n  version: v1.35.4", "  replicas: 3\n  version: v1.36.0")
			},
			want: "The control plane of apple may roll, nothing else moves.\nTalosControlPlane apple [may-replace] 3→3, 3 may be replaced, peak 4\n" +
				"  version v1.35.4 → v1.36.0\n  the spec differs; what makes a TalosControlPlane roll is not known here\n",
		},
		{
			name: "ClusterClass",
			before: func(t *testing.T) string {
				return edit(t, base, "spec:\n  controlPlaneRef", "spec:\n  topology: {version: v1.35.4}\n  controlPlaneRef")
			},
			after: func(t *testing.T) string {
				return edit(t, base, "spec:\n  controlPlaneRef", "spec:\n  topology: {version: v1.36.0}\n  controlPlaneRef")
			},
			want: "Cluster apple may roll, nothing else moves.\nCluster apple [may-replace] 0→0, peak 0\n" +
				"  the topology differs; what rolls is decided by its ClusterClass in the management cluster\nother: Cluster apple in-place\n",
		},
		{
			name: "paused",
			after: func(t *testing.T) string {
				return edit(t, base, "spec:\n  controlPlaneRef", "spec:\n  paused: true\n  controlPlaneRef", "replicas: 2", "replicas: 1")
			},
			want: "1 machine on esxi01 is deleted when the pause ends, nothing else moves.\nMachineDeployment apple-a [scale] 2→1, 1 removed, peak 2\n  it or its Cluster is paused, so nothing happens until that is resumed\n" +
				"  replicas 2 → 1\nother: Cluster apple in-place\n",
		},
		{
			name: "rollout after a time",
			after: func(t *testing.T) string {
				return edit(t, base, "rollout: {strategy", `rollout: {after: "2026-11-21T00:00:00Z", strategy`)
			},
			want: "2 machines on esxi01 are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 2→2, 2 replaced, peak 3\n  machines made before 2026-11-21T00:00:00Z are replaced from then on\n",
		},
		{
			name:  "other objects",
			after: func(t *testing.T) string { return base + "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n" },
			want:  "No machine moves.\nother: ConfigMap x create\n",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			manifests := [2]string{base, base}
			for i, f := range []func(*testing.T) string{c.before, c.after} {
				if f != nil {
					manifests[i] = f(t)
				}
			}
			if c.inventories[0] == "" {
				c.inventories = [2]string{known, known}
			}
			p := rollout.Compare(side(t, manifests[0], c.inventories[0]), side(t, manifests[1], c.inventories[1]))
			if d := cmp.Diff(c.want, told(p)); d != "" {
				t.Error(d)
			}
			for _, secret := range []string{"secret", "other"} {
				if strings.Contains(fmt.Sprintf("%+v", p), "echo "+secret) {
					t.Errorf("the plan tells a command that boots a machine")
				}
			}
		})
	}
}

// TestSentenceOfAFleet holds that a sentence stays one that is read.
func TestSentenceOfAFleet(t *testing.T) {
	t.Parallel()
	var before, kubeadm, talos strings.Builder
	for i := range 9 {
		name := fmt.Sprintf("c%d", i)
		fmt.Fprint(&before, "---\n", strings.ReplaceAll(base, "apple", name))
		fmt.Fprint(&kubeadm, "---\n", strings.ReplaceAll(strings.ReplaceAll(base, "v1.35.4", "v1.36.0"), "apple", name))
		fmt.Fprint(&talos, "---\n", strings.ReplaceAll(strings.ReplaceAll(base, "tier: fast", "tier: slow"), "apple", name))
	}
	dedupe := func(text string) string { // the templates that all of them share
		seen := map[string]bool{}
		return strings.Join(slices.DeleteFunc(strings.Split(text, "---\n"), func(d string) bool {
			again := seen[d]
			seen[d] = true
			return again
		}), "---\n")
	}
	for _, c := range []struct{ after, want string }{
		{kubeadm.String(), "18 machines on esxi01 are replaced, 9 control planes roll, nothing else moves."},
		{talos.String(), "No machine moves, 9 pools change in place."},
		{"", "18 machines on esxi01 and 27 on nas are deleted, nothing else moves."},
	} {
		if p := rollout.Compare(side(t, dedupe(before.String()), known), side(t, dedupe(c.after), known)); p.Sentence != c.want {
			t.Errorf("%s\nwant %s", p.Sentence, c.want)
		}
	}
}
