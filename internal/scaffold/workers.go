// SPDX-License-Identifier: Apache-2.0

package scaffold

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// defaultReplicas is how many workers there are when nobody and nothing says it.
const defaultReplicas = 3

// Workers is what becomes of the MachineDeployments that a cluster has: the pools are copied from Seed, or Adopt becomes one of
// them, or all stay next to the pools.
type Workers struct {
	Seed, Adopt string
	Exclude     bool
	// Replicas is how many workers there are in all; negative is not said.
	Replicas int
}

// Pools is what the worker group of a new ClusterSpread starts with.
type Pools struct {
	Seed string
	// Replicas is negative where the seed's number counts.
	Replicas int
	// Adopted is the pool that the seed becomes, if it is one.
	Adopted *Adopted
}

// Adopted is where a running MachineDeployment stays, with its machines.
type Adopted struct {
	Datastore string
	Replicas  int
}

// Deployments names the MachineDeployments that a cluster has.
func Deployments(set *object.Set, cluster *object.Object) []string {
	var names []string
	for _, md := range set.MachineDeployments(cluster) {
		names = append(names, md.Ref.Name)
	}
	return names
}

// IsChosen tells whether something is said about the MachineDeployments of a cluster.
func (w Workers) IsChosen() bool { return w.Seed != "" || w.Adopt != "" || w.Exclude }

// Check finds a choice of a MachineDeployment that the cluster does not have.
func (w Workers) Check(names []string) error {
	for _, choice := range []struct{ flag, name string }{{"seed", w.Seed}, {"adopt", w.Adopt}} {
		switch {
		case choice.name != "" && len(names) == 0:
			return fmt.Errorf("--%s %s: the cluster has no MachineDeployment", choice.flag, choice.name)
		case choice.name != "" && !slices.Contains(names, choice.name):
			return fmt.Errorf("--%s %s: the cluster has the MachineDeployment %s", choice.flag, choice.name, strings.Join(names, ", "))
		}
	}
	return nil
}

// Apply makes the choice come true: it marks, among the items, the MachineDeployments that stay next to the pools, and gives what
// the pools start with.
func (w Workers) Apply(items []*yaml.RNode, set *object.Set, cluster *object.Object, inv *inventory.Inventory) (Pools, error) {
	exclude := func(o *object.Object) {
		tree.Set(items[o.Item].YNode(), codec.String("true"), "metadata", "annotations", object.ExcludeAnnotation)
	}
	if w.Exclude && tree.Get(cluster.Node, "spec", "topology", "workers") != nil {
		exclude(cluster) // those of a ClusterClass are no objects of their own
	}
	p := Pools{Seed: w.Seed + w.Adopt, Replicas: w.Replicas} // one of the two
	for _, md := range set.MachineDeployments(cluster) {
		switch {
		case md.Ref.Name != p.Seed:
			exclude(md)
		case w.Adopt != "":
			if err := p.adopt(md, set, inv); err != nil {
				return p, fmt.Errorf("--adopt %s: %w", md.Ref.Name, err)
			}
		}
	}
	if p.Seed == "" && p.Replicas < 0 {
		p.Replicas = defaultReplicas
	}
	return p, nil
}

// adopt finds the datastore that a MachineDeployment's machines are on. The first commit is to move nothing.
func (p *Pools) adopt(md *object.Object, set *object.Set, inv *inventory.Inventory) error {
	template, key := set.Follow(md, "spec", "template", "spec", "infrastructureRef")
	if template == nil {
		return fmt.Errorf("its VSphereMachineTemplate %q is not among the manifests", key.Name)
	}
	ref := tree.String(template.Node, "spec", "template", "spec", "datastore")
	found := inv.Find(inventory.DatastoreClass, ref, "")
	local := slices.IndexFunc(inv.Locals(), func(d inventory.Datastore) bool {
		return len(found) == 1 && d.Name == found[0].Name && d.Path == found[0].Path
	})
	if local < 0 {
		return fmt.Errorf("its machines are on datastore %q, which the inventory does not list as local to one host, so they cannot stay where they are as a pool; --seed copies the pools from it, --exclude keeps it beside them", ref)
	}
	text := tree.String(md.Node, "spec", "replicas")
	replicas, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("its spec.replicas is %q; write how many machines it has", text)
	}
	p.Adopted = &Adopted{Datastore: found[0].Spelling(), Replicas: replicas}
	if len(inv.Find(inventory.DatastoreClass, found[0].Name, "")) == 1 {
		p.Adopted.Datastore = found[0].Name
	}
	if p.Replicas < 0 {
		p.Replicas = replicas
	}
	if p.Replicas < replicas {
		return fmt.Errorf("it has %s, and --replicas %d is less; lower it by a later commit, when the others run", diag.Count(replicas, "machine", "machines"), p.Replicas)
	}
	return nil
}
