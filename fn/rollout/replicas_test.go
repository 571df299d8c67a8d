// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
)

// TestReplicasThatAreNoPlainNumber invents no machines where readers of YAML disagree or a deployer fills in a variable.
func TestReplicasThatAreNoPlainNumber(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"${N}", "${N:=3}", `"${N}"`, `"3"`, "''", "3.0", "-1", "+3", "0x10", "0o10", "010", "1_000", "1e2", "99999999999", "three", "[]", "[3]", "{}", "{a: b}", "true"} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			written := side(t, edit(t, base, "replicas: 2", "replicas: "+text), known)
			plain := side(t, base, known)
			if p := rollout.Compare(written, written); p.Changed() || len(p.Diags) > 0 {
				t.Errorf("a side against itself: %s", told(p))
			}
			for _, p := range []rollout.Plan{rollout.Compare(plain, written), rollout.Compare(written, plain)} {
				if p.Sentence != "The number of machines of pool apple-a may change, nothing else moves." {
					t.Error(p.Sentence)
				}
				pool := p.Pools[1]
				if pool.Machines != (rollout.Machines{NotKnown: true}) || len(pool.Changes) != 1 || !pool.Has(rollout.Scale) {
					t.Errorf("%v with %+v", pool.Changes, pool.Machines)
				}
				if len(p.Hosts) != 1 || p.Hosts[0].Datastore != "nas" {
					t.Errorf("counted for hosts: %+v", p.Hosts)
				}
				if len(p.Diags) != 1 || p.Diags[0].Code != diag.ReplicasUnknown || p.Diags[0].Severity != diag.Warning {
					t.Errorf("%v", p.Diags)
				}
			}
		})
	}
	for _, text := range []string{"0", "2", "10"} {
		p := rollout.Compare(side(t, edit(t, base, "replicas: 2", "replicas: "+text), known), side(t, base, known))
		if len(p.Diags) > 0 || p.Pools[1].Machines.NotKnown {
			t.Errorf("%s is a number: %s", text, told(p))
		}
	}
}

// variable has a number of machines that a deployer fills in.
func variable(t *testing.T, pairs ...string) string {
	t.Helper()
	return edit(t, base, append([]string{"  replicas: 2\n", "  replicas: ${N}\n"}, pairs...)...)
}

func TestMachinesThatAreNotCounted(t *testing.T) {
	t.Parallel()
	const warned = "warning ReplicasUnknown apple-a\n"
	for _, c := range []struct {
		name          string
		before, after string
		want          string
	}{
		{
			name: "replaced", before: variable(t), after: variable(t, "      version: v1.35.4", "      version: v1.35.5"),
			want: "The machines of pool apple-a are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 0→0, peak 0\n  version v1.35.4 → v1.35.5\n" + warned,
		},
		{
			name: "replaced, and perhaps more", before: base, after: variable(t, "      version: v1.35.4", "      version: v1.35.5"),
			want: "The machines of pool apple-a are replaced, the number of machines of pool apple-a may change, nothing else moves.\n" +
				"MachineDeployment apple-a [replace scale] 0→0, peak 0\n  version v1.35.4 → v1.35.5\n  replicas 2 → ${N}\n" + warned,
		},
		{
			name: "in place", before: variable(t), after: variable(t, "tier: fast", "tier: slow"),
			want: "No machine moves, 1 pool changes in place.\nMachineDeployment apple-a [in-place] 0→0, peak 0\n  machines' label tier fast → slow\n",
		},
		{
			name: "another variable", before: variable(t), after: variable(t, "${N}", "${M}"),
			want: "The number of machines of pool apple-a may change, nothing else moves.\nMachineDeployment apple-a [scale] 0→0, peak 0\n  replicas ${N} → ${M}\n" + warned,
		},
		{
			name: "drained", before: variable(t), after: edit(t, base, "replicas: 2", "replicas: 0", "      version: v1.35.4", "      version: v1.35.5"),
			want: "The machines of pool apple-a are deleted, nothing else moves.\nMachineDeployment apple-a [drain] 0→0, peak 0\n  replicas ${N} → 0\n" + warned,
		},
		{
			name: "filled", before: edit(t, base, "replicas: 2", "replicas: 0"), after: variable(t, "      version: v1.35.4", "      version: v1.35.5"),
			want: "The number of machines of pool apple-a may change, nothing else moves.\nMachineDeployment apple-a [scale] 0→0, peak 0\n" +
				"  version v1.35.4 → v1.35.5\n  there is no machine to replace\n  replicas 0 → ${N}\n" + warned,
		},
		{
			name: "left out", before: variable(t), after: edit(t, base, "  replicas: 2\n", ""),
			want: "The number of machines of pool apple-a may change, nothing else moves.\nMachineDeployment apple-a [scale] 0→0, peak 0\n" +
				"  replicas is not set, so applying it sets 1 where there are ${N}\n" + warned,
		},
		{
			name: "created", before: without(t, base, "MachineDeployment", "apple-a"), after: variable(t),
			want: "The machines of pool apple-a are created, nothing else moves.\nMachineDeployment apple-a [create] 0→0, peak 0\n  is new in git\n" + warned,
		},
		{
			name: "removed", before: variable(t), after: without(t, base, "MachineDeployment", "apple-a"),
			want: "The machines of pool apple-a are deleted, nothing else moves.\nMachineDeployment apple-a [remove] 0→0, peak 0\n  is no longer in git\nunused: boot false\nunused: apple-a-1 false\n" +
				"by hand: kubectl delete machinedeployment --namespace default apple-a\nwarning PoolRemoved apple-a\n" + warned,
		},
		{
			name: "bootstrap template edited", before: variable(t), after: variable(t, "{spec: {preKubeadmCommands: [echo secret]", "{spec: {preKubeadmCommands: [echo other]"),
			want: "No machine moves, 1 pool has a change that replaces no machine.\nMachineDeployment apple-a [no-effect] 0→0, peak 0\n" +
				"  KubeadmConfigTemplate boot is edited under the same name, which replaces no machine\nerror TemplateEdited boot\n",
		},
		{
			name: "template removed too early", before: variable(t),
			after: without(t, variable(t, "VSphereMachineTemplate, name: apple-a-1", "VSphereMachineTemplate, name: apple-a-2"), "VSphereMachineTemplate", "apple-a-1"),
			want: "The machines of pool apple-a are replaced, nothing else moves.\nMachineDeployment apple-a [replace] 0→0, peak 0\n" +
				"  another VSphereMachineTemplate, apple-a-1 → apple-a-2; what differs is not in the files\nother: VSphereMachineTemplate apple-a-1 remove\n" + warned + "warning TemplateRemoved apple-a-1\n",
		},
		{
			name: "control plane rolls", before: edit(t, base, "replicas: 3", "replicas: ${N}"), after: edit(t, base, "replicas: 3\n  version: v1.35.4", "replicas: ${N}\n  version: v1.36.0"),
			want: "The control plane of apple rolls, nothing else moves.\nKubeadmControlPlane apple [replace] 0→0, peak 0\n  version v1.35.4 → v1.36.0\nwarning ReplicasUnknown apple\n",
		},
		{
			name: "control plane may roll", before: edit(t, base, "replicas: 3", "replicas: ${N}", "KubeadmControlPlane", "TalosControlPlane"),
			after: edit(t, base, "replicas: 3\n  version: v1.35.4", "replicas: ${N}\n  version: v1.36.0", "KubeadmControlPlane", "TalosControlPlane"),
			want: "The control plane of apple may roll, nothing else moves.\nTalosControlPlane apple [may-replace] 0→0, peak 0\n  version v1.35.4 → v1.36.0\n" +
				"  the spec differs; what makes a TalosControlPlane roll is not known here\nwarning ReplicasUnknown apple\n",
		},
		{
			name: "the autoscaler's range", before: edit(t, base, autoscaled("${MIN}", "4")...), after: edit(t, base, autoscaled("${LEAST}", "4")...),
			want: "The number of machines of pool apple-a may change, nothing else moves.\nMachineDeployment apple-a [scale in-place] 0→0, peak 0\n" +
				"  replicas ${MIN}…4 → ${LEAST}…4\n  what the autoscaler is told of a machine\n" + warned,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(c.want, told(rollout.Compare(side(t, c.before, known), side(t, c.after, known)))); d != "" {
				t.Error(d)
			}
		})
	}
	gone := rollout.Compare(side(t, variable(t), known), side(t, "", known))
	if text := gone.Diags.String(); !strings.Contains(text, "is removed with at least 3 machines") || strings.Contains(gone.Sentence, "empty") {
		t.Error(gone.Sentence, text)
	}
}

// TestMachinesOfAnAutoscaler says of no number that it is exact when an autoscaler may have chosen another one.
func TestMachinesOfAnAutoscaler(t *testing.T) {
	t.Parallel()
	elastic := func(least, most string, pairs ...string) string {
		return edit(t, edit(t, base, autoscaled(least, most)...), pairs...)
	}
	fixed := func(n string) string { return edit(t, base, "replicas: 2", "replicas: "+n) }
	nothing := without(t, base, "MachineDeployment", "apple-a")
	other := "---\n" + strings.Replace(strings.ReplaceAll(strings.Split(base, "---\n")[3], "apple-a", "apple-b"), "replicas: 2", "replicas: 1", 1)
	for _, c := range []struct {
		name, before, after, want string
		inexact                   bool
	}{
		{"replaced", elastic("1", "4"), elastic("1", "4", "      version: v1.35.4", "      version: v1.35.5"), "1 to 4 machines on esxi01 are replaced, nothing else moves.", true},
		{"replaced, the range a number", elastic("2", "2"), elastic("2", "2", "      version: v1.35.4", "      version: v1.35.5"), "2 machines on esxi01 are replaced, nothing else moves.", false},
		{"created", nothing, elastic("1", "4"), "1 machine on esxi01 is created, nothing else moves.", true},
		{"removed", elastic("1", "4"), nothing, "1 to 4 machines on esxi01 are deleted, nothing else moves.", true},
		{"removed, another one created", elastic("1", "4"), nothing + other, "1 machine of apple-b is created, 1 to 4 are deleted on esxi01, nothing else moves.", true},
		{"drained", elastic("1", "4"), fixed("0"), "1 to 4 machines on esxi01 are deleted, nothing else moves.", true},
		{"a number within the range", elastic("1", "4"), fixed("3"), "The number of machines of pool apple-a may change, nothing else moves.", true},
		{"a higher range", fixed("2"), elastic("3", "4"), "1 machine on esxi01 is created, nothing else moves.", true},
		{"untouched", elastic("1", "4"), elastic("1", "4"), "Nothing changes.", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := rollout.Compare(side(t, c.before, known), side(t, c.after, known))
			if p.Sentence != c.want {
				t.Error(p.Sentence)
			}
			for _, pool := range p.Pools {
				if pool.Name == "apple-a" && pool.Machines.Inexact != c.inexact {
					t.Errorf("%+v", pool.Machines)
				}
			}
		})
	}
	gone := rollout.Compare(side(t, elastic("1", "4"), known), side(t, "", known))
	if text := gone.Diags.String(); !strings.Contains(text, "is removed with its 4 to 7 machines") {
		t.Error(text)
	}
}
