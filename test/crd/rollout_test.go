// SPDX-License-Identifier: Apache-2.0

package crd

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	_ "unsafe" // for go:linkname

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	_ "sigs.k8s.io/cluster-api/controllers" // links the two functions below
	"sigs.k8s.io/yaml"
)

// These are Cluster API's own functions, by which its MachineDeployment controller decides.
//
//go:linkname machineTemplateUpToDate sigs.k8s.io/cluster-api/internal/controllers/machinedeployment/mdutil.MachineTemplateUpToDate
func machineTemplateUpToDate(current, desired *clusterv1.MachineTemplateSpec) (bool, upToDateResult)

//go:linkname maxSurge sigs.k8s.io/cluster-api/internal/controllers/machinedeployment/mdutil.MaxSurge
func maxSurge(deployment clusterv1.MachineDeployment) int32

// upToDateResult has the layout of mdutil.UpToDateResult.
type upToDateResult struct {
	LogMessages, ConditionMessages []string
	EligibleForInPlaceUpdate       bool
}

// TestPlanKnowsWhatRolls compares `vspread plan` with Cluster API on random pairs of MachineDeployments, in both API
// versions, after the webhook has set its defaults: it must say of each pair whether machines are replaced, and how
// many there are at most meanwhile, as Cluster API's controller does it.
func TestPlanKnowsWhatRolls(t *testing.T) {
	const pairs = 10_000
	random := rand.New(rand.NewPCG(1, 2))
	p := checker(t).providers
	type verdict struct {
		upToDate, released bool
		peak               int
		before, after      string
	}
	want := map[string]verdict{}
	var both states
	for i := range pairs {
		name := fmt.Sprintf("md-%05d", i)
		first := randomDeployment(random, name)
		second := first.DeepCopy()
		for range random.IntN(4) {
			change(random, second)
		}
		var stored [2]*clusterv1.MachineDeployment
		var written [2]string
		for side, md := range []*clusterv1.MachineDeployment{first, second} {
			text, s := write(t, p, md, []string{"v1beta1", "v1beta2"}[random.IntN(2)])
			both.add(side, text)
			written[side], stored[side] = text, s
		}
		ok, _ := machineTemplateUpToDate(&stored[0].Spec.Template, &stored[1].Spec.Template)
		v := verdict{upToDate: ok, before: written[0], after: written[1]}
		was, is := int(*stored[0].Spec.Replicas), int(*stored[1].Spec.Replicas)
		// What OnDelete held back may happen when it ends.
		v.released = ok && stored[0].Spec.Rollout.Strategy.Type == clusterv1.OnDeleteMachineDeploymentStrategyType && stored[1].Spec.Rollout.Strategy.Type != clusterv1.OnDeleteMachineDeploymentStrategyType
		v.peak = max(was, is)
		if !ok || v.released {
			v.peak = max(was, is+int(maxSurge(*stored[1])))
		}
		want[name] = v
	}

	var plan struct {
		Pools []struct {
			Name     string
			Changes  []string
			Machines struct{ Replaced, Peak int }
		}
	}
	both.plan(t, &plan)
	if len(plan.Pools) != pairs {
		t.Fatalf("%d pools, want %d", len(plan.Pools), pairs)
	}
	rolls, wrong := 0, 0
	for _, pool := range plan.Pools {
		w := want[pool.Name]
		replaced := slices.Contains(pool.Changes, "replace")
		if replaced {
			rolls++
		}
		if replaced == w.upToDate || slices.Contains(pool.Changes, "may-replace") != w.released || pool.Machines.Peak != w.peak {
			if wrong++; wrong <= 3 {
				t.Errorf("plan says %v, peak %d; Cluster API says up to date: %v, peak %d\n%s---\n%s", pool.Changes, pool.Machines.Peak, w.upToDate, w.peak, w.before, w.after)
			}
		}
	}
	if wrong > 0 {
		t.Errorf("%d of %d pairs differ", wrong, pairs)
	}
	if rolls < pairs/5 || rolls > pairs*4/5 {
		t.Errorf("%d of %d pairs roll: the random pairs are too much alike", rolls, pairs)
	}
}

// write gives a MachineDeployment in a version as text, and as it is stored when the text is applied.
func write(t *testing.T, p *providers, md *clusterv1.MachineDeployment, version string) (string, *clusterv1.MachineDeployment) {
	t.Helper()
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(md)
	if err != nil {
		t.Fatal(err)
	}
	sent, err := p.convert(&unstructured.Unstructured{Object: content}, version)
	if err != nil {
		t.Fatal(err)
	}
	sent.SetAnnotations(nil) // the conversion notes there what it cannot express
	delete(sent.Object, "status")
	if references, ok, _ := unstructured.NestedMap(sent.Object, "spec", "template", "spec"); ok && version == "v1beta1" {
		// It leaves references without a version when it does not find the provider's CRD.
		for _, ref := range []any{references["infrastructureRef"], bootstrapRef(references)} {
			if m, ok := ref.(map[string]any); ok && m["apiVersion"] == nil {
				t.Fatalf("a reference without a version: %v", m)
			}
		}
	}
	text, err := yaml.Marshal(sent.Object)
	if err != nil {
		t.Fatal(err)
	}
	hub, err := p.convert(sent, "v1beta2")
	if err != nil {
		t.Fatal(err)
	}
	hub, err = p.admit(mutating, hub)
	if err != nil {
		t.Fatal(err)
	}
	stored := &clusterv1.MachineDeployment{}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(hub.Object, stored); err != nil {
		t.Fatal(err)
	}
	return string(text), stored
}

func bootstrapRef(spec map[string]any) any {
	bootstrap, _ := spec["bootstrap"].(map[string]any)
	return bootstrap["configRef"]
}

func randomDeployment(random *rand.Rand, name string) *clusterv1.MachineDeployment {
	md := &clusterv1.MachineDeployment{}
	md.SetGroupVersionKind(clusterv1.GroupVersion.WithKind("MachineDeployment"))
	md.Name, md.Namespace = name, "default"
	md.Spec.ClusterName, md.Spec.Template.Spec.ClusterName = "apple", "apple"
	md.Spec.Replicas = new(int32)
	*md.Spec.Replicas = 1 + random.Int32N(7)
	md.Spec.Template.Labels = map[string]string{"a": "b"}
	md.Spec.Template.Spec.InfrastructureRef = reference(random, "infrastructure", "VSphereMachineTemplate")
	md.Spec.Template.Spec.Bootstrap.ConfigRef = reference(random, "bootstrap", "KubeadmConfigTemplate")
	for range random.IntN(8) {
		change(random, md)
	}
	return md
}

func reference(random *rand.Rand, group, kind string) clusterv1.ContractVersionedObjectReference {
	return clusterv1.ContractVersionedObjectReference{APIGroup: group + ".cluster.x-k8s.io", Kind: kind, Name: one(random, "x", "y", "x-2")}
}

func one[T any](random *rand.Rand, choices ...T) T { return choices[random.IntN(len(choices))] }

// change sets one field that people do change.
func change(random *rand.Rand, md *clusterv1.MachineDeployment) {
	number := func(n int32) *int32 { return &n }
	spec := &md.Spec.Template.Spec
	switch random.IntN(20) {
	case 0:
		spec.Version = one(random, "v1.35.4", "1.35.4", "v1.35.5", "1.36.0-rc.1", "")
	case 1:
		spec.FailureDomain = one(random, "", "zone-a", "zone-b")
	case 2:
		spec.InfrastructureRef = reference(random, "infrastructure", one(random, "VSphereMachineTemplate", "DockerMachineTemplate"))
	case 3:
		spec.Bootstrap.ConfigRef = reference(random, "bootstrap", one(random, "KubeadmConfigTemplate", "TalosConfigTemplate"))
	case 4:
		secret := one(random, "s", "t")
		spec.Bootstrap = clusterv1.Bootstrap{DataSecretName: &secret}
	case 5:
		spec.Bootstrap.DataSecretName = nil
		spec.Bootstrap.ConfigRef = reference(random, "bootstrap", "KubeadmConfigTemplate")
	case 6:
		md.Spec.Template.Labels = one(random, nil, map[string]string{"a": "c"}, map[string]string{"no": "yes", "x": ""})
	case 7:
		md.Spec.Template.Annotations = one(random, nil, map[string]string{"a": "1"}, map[string]string{"a": "2", "b": ""})
	case 8:
		md.Labels = one(random, nil, map[string]string{"a": "1"})
	case 9:
		spec.Deletion.NodeDrainTimeoutSeconds = one(random, nil, number(0), number(60))
	case 10:
		spec.Deletion.NodeVolumeDetachTimeoutSeconds = one(random, nil, number(0), number(300))
	case 11:
		spec.Deletion.NodeDeletionTimeoutSeconds = one(random, nil, number(10), number(11))
	case 12:
		spec.MinReadySeconds = one(random, nil, number(0), number(5))
	case 13:
		spec.ReadinessGates = one(random, nil, []clusterv1.MachineReadinessGate{{ConditionType: "X"}}, []clusterv1.MachineReadinessGate{{ConditionType: "Y"}})
	case 14:
		spec.Taints = one(random, nil, []clusterv1.MachineTaint{{Key: "k", Effect: "NoSchedule", Propagation: clusterv1.MachineTaintPropagationAlways}})
	case 15:
		md.Spec.Replicas = number(1 + random.Int32N(7))
	case 16:
		md.Spec.Rollout.Strategy.Type = one(random, "", clusterv1.RollingUpdateMachineDeploymentStrategyType)
		surge := one(random, "0", "1", "3", "25%", "50%", "100%")
		md.Spec.Rollout.Strategy.RollingUpdate.MaxSurge = intOrPercent(surge)
		md.Spec.Rollout.Strategy.RollingUpdate.MaxUnavailable = intOrPercent(one(random, "1", "25%"))
	case 17:
		md.Spec.Rollout.Strategy = clusterv1.MachineDeploymentRolloutStrategy{Type: one(random, clusterv1.OnDeleteMachineDeploymentStrategyType, clusterv1.RollingUpdateMachineDeploymentStrategyType)}
	case 18:
		md.Spec.Deletion.Order = one(random, "", clusterv1.NewestMachineSetDeletionOrder, clusterv1.OldestMachineSetDeletionOrder)
	case 19:
		md.Spec.MachineNaming.Template = one(random, "", "{{ .machineSet.name }}-{{ .random }}")
	}
}

func intOrPercent(s string) *intstr.IntOrString {
	v := intstr.Parse(s)
	return &v
}
