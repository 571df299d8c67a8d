// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// always tells what must be true at every moment and is not: a template that machines are made from is there as long
// as a MachineSet names it.
func (s *State) always() error {
	have := sets.New[string]()
	for _, templates := range [][]unstructured.Unstructured{s.InfraTemplates, s.JoinTemplates} {
		for _, t := range templates {
			if t.GetDeletionTimestamp() == nil {
				have.Insert(t.GetKind() + " " + t.GetName())
			}
		}
	}
	var errs []error
	for _, set := range s.Sets {
		if set.DeletionTimestamp != nil || set.Spec.Replicas != nil && *set.Spec.Replicas == 0 && (set.Status.Replicas == nil || *set.Status.Replicas == 0) {
			continue
		}
		spec := set.Spec.Template.Spec
		for _, ref := range []clusterv1.ContractVersionedObjectReference{spec.InfrastructureRef, spec.Bootstrap.ConfigRef} {
			if !have.Has(ref.Kind + " " + ref.Name) {
				errs = append(errs, fmt.Errorf("the MachineSet %s has machines, and its %s %s is gone", set.Name, ref.Kind, ref.Name))
			}
		}
	}
	return errors.Join(errs...)
}

// check compares a state at rest with what must be true of it. Which machines there were before is told by their UIDs.
func (w Want) check(s *State, before sets.Set[types.UID], peak map[string]int) error {
	var errs []error
	have := sets.New[string]()
	for _, d := range s.Deployments {
		have.Insert(d.Name)
	}
	for _, name := range sets.List(have.Difference(sets.KeySet(w.Pools))) {
		errs = append(errs, fmt.Errorf("nobody wants the MachineDeployment %s", name))
	}
	templates := map[string]int{}
	for _, t := range s.InfraTemplates {
		templates[poolOf(w.Pools, t.GetName())]++
	}
	if templates[""] != w.OtherTemplates {
		errs = append(errs, fmt.Errorf("%d VSphereMachineTemplates that are of no pool, want %d", templates[""], w.OtherTemplates))
	}
	for _, name := range slices.Sorted(maps.Keys(w.Pools)) {
		pool := w.Pools[name]
		if !have.Has(name) {
			errs = append(errs, fmt.Errorf("there is no MachineDeployment %s", name))
			continue
		}
		if templates[name] != pool.Templates {
			errs = append(errs, fmt.Errorf("%s: %d VSphereMachineTemplates, want %d", name, templates[name], pool.Templates))
		}
		if pool.Peak > 0 && peak[name] > pool.Peak {
			errs = append(errs, fmt.Errorf("%s: %d machines meanwhile, want no more than %d", name, peak[name], pool.Peak))
		}
		pool.Machine = pool.or(w.Each)
		errs = append(errs, pool.check(name, s, s.of(name), before))
	}
	first := Pool{Machines: 1, Machine: w.ControlPlane}
	if before.Len() > 0 {
		first.Kept = 1
	}
	errs = append(errs, first.check("the control plane", s, s.of(""), before))
	if !maps.Equal(s.StorageClasses, w.StorageClasses) {
		errs = append(errs, fmt.Errorf("the workload cluster has the StorageClasses %q, want %q", s.StorageClasses, w.StorageClasses))
	}
	return errors.Join(errs...)
}

// check compares a pool's machines with what is wanted.
func (p Pool) check(name string, s *State, machines []clusterv1.Machine, before sets.Set[types.UID]) error {
	var errs []error
	kept := 0
	for _, m := range machines {
		if before.Has(m.UID) {
			kept++
		}
		for _, d := range p.differences(m.Name, s) {
			errs = append(errs, fmt.Errorf("%s: the machine %s: %s", name, m.Name, d))
		}
	}
	if len(machines) != p.Machines || kept != p.Kept {
		errs = append(errs, fmt.Errorf("%s: %d machines, %d of them from before; want %d and %d", name, len(machines), kept, p.Machines, p.Kept))
	}
	return errors.Join(errs...)
}

// differences compares every request for the machine, and the virtual machine and Node that came of it.
func (m Machine) differences(name string, s *State) []string {
	var found []string
	compare := func(what string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			found = append(found, fmt.Sprintf("%s %v, want %v", what, got, want))
		}
	}
	asked := 0
	for _, c := range s.Clones {
		if c.VM != name {
			continue
		}
		asked++
		compare("datastores", c.Datastores, []string{m.Datastore})
		compare("template", c.Template, m.Template)
		compare("folder", c.Folder, m.Folder)
		compare("resource pool", c.ResourcePool, m.ResourcePool)
		compare("networks", c.Networks, m.Networks)
		compare("CPUs", c.NumCPUs, m.NumCPUs)
		compare("MiB of memory", c.MemoryMiB, m.MemoryMiB)
		compare("GiB of disk", c.DiskGiB, m.DiskGiB)
	}
	if asked == 0 {
		found = append(found, "vCenter was never asked for it")
	}
	vm := s.VMs[name]
	compare("home on", vm.Datastore, m.Datastore)
	compare("host", vm.Host, m.Host)
	node := s.Nodes[name]
	for _, label := range slices.Sorted(maps.Keys(m.NodeLabels)) {
		want := strings.ReplaceAll(strings.ReplaceAll(m.NodeLabels[label], "<datastore>", m.Datastore), "<host>", m.Host)
		compare("Node label "+label, node.Labels[label], want)
	}
	_, version, _ := strings.Cut(m.Template, "-kube-")
	compare("kubelet", node.Status.NodeInfo.KubeletVersion, version)
	for _, machine := range s.Machines {
		if machine.Name == name {
			compare("version", machine.Spec.Version, version)
		}
	}
	return found
}

// strays are the requests that went to another datastore than that of their pool, of machines that are gone by now
// among them.
func strays(clones []Clone, pools map[string]string, controlPlane string) error {
	var errs []error
	for _, c := range clones {
		want := controlPlane
		if pool := poolOf(pools, c.VM); pool != "" {
			want = pools[pool]
		}
		if !slices.Equal(c.Datastores, []string{want}) {
			errs = append(errs, fmt.Errorf("vCenter was asked to put %s on %q, want %s", c.VM, c.Datastores, want))
		}
	}
	return errors.Join(errs...)
}
