// SPDX-License-Identifier: Apache-2.0

package crd

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"
)

// scale is a number of replicas, or the range of an autoscaler, or neither.
type scale struct{ number, least, most int }

func randomScale(random *rand.Rand) scale {
	least := random.IntN(4)
	return one(random, scale{random.IntN(6), -1, -1}, scale{-1, least, least + random.IntN(4)}, scale{-1, least, least + random.IntN(4)}, scale{-1, -1, -1})
}

func (s scale) deployment(name string) *unstructured.Unstructured {
	spec := map[string]any{"clusterName": "apple", "template": map[string]any{"spec": map[string]any{
		"clusterName":       "apple",
		"bootstrap":         map[string]any{"dataSecretName": "x"},
		"infrastructureRef": map[string]any{"apiGroup": "infrastructure.cluster.x-k8s.io", "kind": "VSphereMachineTemplate", "name": "x"},
	}}}
	metadata := map[string]any{"name": name, "namespace": "default"}
	if s.number >= 0 {
		spec["replicas"] = int64(s.number)
	}
	if s.most >= 0 {
		metadata["annotations"] = map[string]any{
			"cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size": strconv.Itoa(s.least),
			"cluster.x-k8s.io/cluster-api-autoscaler-node-group-max-size": strconv.Itoa(s.most),
		}
	}
	return &unstructured.Unstructured{Object: map[string]any{"apiVersion": "cluster.x-k8s.io/v1beta2", "kind": "MachineDeployment", "metadata": metadata, "spec": spec}}
}

// running lists the numbers of machines that there may be when this has been applied.
func (s scale) running() []int {
	switch {
	case s.number >= 0:
		return []int{s.number}
	case s.most < 0:
		return []int{1}
	}
	var all []int
	for n := s.least; n <= s.most; n++ {
		all = append(all, n)
	}
	return all
}

// TestPlanKnowsHowManyMachines lets Cluster API's webhook fill in the replicas of random pairs of MachineDeployments, for
// each number that an autoscaler may have chosen before: `vspread plan` must give the least and the greatest number of
// machines that come and go, no more and no fewer.
func TestPlanKnowsHowManyMachines(t *testing.T) {
	const pairs = 1500
	random := rand.New(rand.NewPCG(3, 4))
	p := checker(t).providers
	type change struct{ created, mostCreated, removed, mostRemoved int }
	want, about := map[string]change{}, map[string]string{}
	var both states
	for i := range pairs {
		name := fmt.Sprintf("md-%05d", i)
		before, after := randomScale(random), randomScale(random)
		for side, s := range []scale{before, after} {
			text, err := yaml.Marshal(s.deployment(name).Object)
			if err != nil {
				t.Fatal(err)
			}
			both.add(side, string(text))
		}
		c := change{created: 1 << 30, removed: 1 << 30}
		for _, n := range before.running() {
			old := before.deployment(name)
			if err := unstructured.SetNestedField(old.Object, int64(n), "spec", "replicas"); err != nil {
				t.Fatal(err)
			}
			sent := after.deployment(name)
			if before.number < 0 && after.number < 0 {
				// It is not git's number, so an apply leaves it where it is.
				if err := unstructured.SetNestedField(sent.Object, int64(n), "spec", "replicas"); err != nil {
					t.Fatal(err)
				}
			}
			stored, err := p.update(mutating, old, sent)
			if err != nil {
				t.Fatal(err)
			}
			replicas, found, err := unstructured.NestedInt64(stored.Object, "spec", "replicas")
			if err != nil || !found {
				t.Fatal(found, err)
			}
			is := int(replicas)
			c.created, c.mostCreated = min(c.created, max(is-n, 0)), max(c.mostCreated, is-n)
			c.removed, c.mostRemoved = min(c.removed, max(n-is, 0)), max(c.mostRemoved, n-is)
		}
		want[name], about[name] = c, fmt.Sprintf("%+v → %+v", before, after)
	}
	var plan struct {
		Pools []struct {
			Name     string
			Machines struct{ Created, MayBeCreated, Removed, MayBeRemoved int }
		}
	}
	both.plan(t, &plan)
	wrong, open := 0, 0
	for _, pool := range plan.Pools {
		m := pool.Machines
		is := change{m.Created, m.Created + m.MayBeCreated, m.Removed, m.Removed + m.MayBeRemoved}
		if is != want[pool.Name] {
			if wrong++; wrong <= 5 {
				t.Errorf("%s: plan says %+v, Cluster API %+v", about[pool.Name], is, want[pool.Name])
			}
		}
		if m.MayBeCreated+m.MayBeRemoved > 0 {
			open++
		}
	}
	if wrong > 0 || len(plan.Pools) != pairs {
		t.Errorf("%d of %d pairs differ, of %d", wrong, len(plan.Pools), pairs)
	}
	if open < pairs/15 {
		t.Errorf("of %d pairs only is it open how many machines come or go: the random pairs are too simple", open)
	}
}
