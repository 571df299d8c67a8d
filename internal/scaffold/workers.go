// SPDX-License-Identifier: Apache-2.0

package scaffold

import (
	"errors"
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

// Workers is what becomes of the MachineDeployments that a cluster has: the pools are copied from Seed, or those in Adopt become
// pools and the others copies of the first, or all stay next to the pools.
type Workers struct {
	Seed    string
	Adopt   []string
	Exclude bool
	// Replicas is how many workers there are in all; negative is not said.
	Replicas int
}

// Pools is what the worker group of a new ClusterSpread starts with.
type Pools struct {
	Seed string
	// Replicas is negative where the seed's number counts.
	Replicas int
	// Adopted are the MachineDeployments that are pools from the start.
	Adopted []Adopted
	// Excluded are those that were marked to stay next to the pools.
	Excluded []diag.Ref
}

// Adopted is where a running MachineDeployment stays, with its machines.
type Adopted struct {
	Name, Datastore string
	Replicas        int
}

// Deployments names the MachineDeployments that a cluster has and of which nothing is said yet.
func Deployments(set *object.Set, cluster *object.Object) []string {
	var names []string
	for _, md := range undecided(set, cluster) {
		names = append(names, md.Ref.Name)
	}
	return names
}

func undecided(set *object.Set, cluster *object.Object) []*object.Object {
	return slices.DeleteFunc(slices.Clone(set.MachineDeployments(cluster)), func(md *object.Object) bool {
		return md.Keeper() != "" || md.Annotation(object.ExcludeAnnotation) == "true"
	})
}

// IsChosen tells whether something is said about the MachineDeployments of a cluster.
func (w Workers) IsChosen() bool { return w.Seed != "" || len(w.Adopt) > 0 || w.Exclude }

// Check finds a choice of a MachineDeployment that the cluster does not have.
func (w Workers) Check(names []string) error {
	check := func(flag, name string) error {
		switch {
		case len(names) == 0:
			return fmt.Errorf("--%s %s: the cluster has no MachineDeployment", flag, name)
		case !slices.Contains(names, name):
			return fmt.Errorf("--%s %s: the cluster has the %s %s", flag, name, diag.Form(len(names), "MachineDeployment", "MachineDeployments"), strings.Join(names, ", "))
		}
		return nil
	}
	if w.Seed != "" {
		return check("seed", w.Seed)
	}
	for i, name := range w.Adopt {
		if err := check("adopt", name); err != nil {
			return err
		}
		if slices.Contains(w.Adopt[:i], name) {
			return fmt.Errorf("--adopt %s: it is named twice", name)
		}
	}
	return nil
}

// Answer is what a person says to the question of what becomes of MachineDeployments, in the words of the flags: seed NAME, adopt
// NAME,NAME or exclude. Of a single one the name need not be said.
func (w Workers) Answer(text string, names []string) (Workers, error) {
	said := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' })
	if len(said) == 0 {
		return w, errors.New("there is no answer")
	}
	word, chosen := strings.TrimLeft(strings.ToLower(said[0]), "-"), said[1:]
	if len(chosen) == 0 && len(names) == 1 {
		chosen = names
	}
	switch {
	case word == "exclude" && (len(said) == 1 || len(said)-1 == len(names)):
		w.Exclude = true
	case word == "seed" && len(chosen) == 1:
		w.Seed = chosen[0]
	case word == "adopt" && len(chosen) > 0:
		w.Adopt = chosen
	default:
		return w, fmt.Errorf("%q is none of the answers", text)
	}
	return w, w.Check(names)
}

// Apply makes the choice come true: it marks, among the items, the MachineDeployments that stay next to the pools, and gives what
// the pools start with.
func (w Workers) Apply(items []*yaml.RNode, set *object.Set, cluster *object.Object, inv *inventory.Inventory) (Pools, error) {
	p := Pools{Seed: w.Seed, Replicas: w.Replicas}
	exclude := func(o *object.Object) {
		tree.Set(items[o.Item].YNode(), codec.String("true"), "metadata", "annotations", object.ExcludeAnnotation)
		p.Excluded = append(p.Excluded, o.Ref)
	}
	deployments := undecided(set, cluster)
	if w.Exclude && tree.Get(cluster.Node, "spec", "topology", "workers") != nil && cluster.Annotation(object.ExcludeAnnotation) != "true" {
		exclude(cluster) // those of a ClusterClass are no objects of their own
	}
	for _, name := range w.Adopt {
		md := deployments[slices.IndexFunc(deployments, func(o *object.Object) bool { return o.Ref.Name == name })]
		if err := p.adopt(md, set, inv); err != nil {
			return p, fmt.Errorf("--adopt %s: %w", name, err)
		}
	}
	if err := p.count(); err != nil {
		return p, err
	}
	for _, md := range deployments {
		if md.Ref.Name != w.Seed && !slices.Contains(w.Adopt, md.Ref.Name) {
			exclude(md)
		}
	}
	return p, nil
}

// count makes the number of workers one for which no machine of those that are adopted has to go.
func (p *Pools) count() error {
	running := 0
	for _, a := range p.Adopted {
		running += a.Replicas
	}
	switch {
	case len(p.Adopted) == 0:
		if p.Seed == "" && p.Replicas < 0 {
			p.Replicas = defaultReplicas
		}
	case p.Replicas < 0:
		p.Replicas = running
	case p.Replicas < running:
		have := "it has " + diag.Count(running, "machine", "machines")
		if len(p.Adopted) > 1 {
			have = fmt.Sprintf("they have %d machines", running)
		}
		var names []string
		for _, a := range p.Adopted {
			names = append(names, a.Name)
		}
		return fmt.Errorf("--adopt %s: %s, and --replicas %d is less; lower it by a later commit, when the others run", strings.Join(names, ","), have, p.Replicas)
	}
	return nil
}

// adopt finds the datastore that a MachineDeployment's machines are on. The first commit is to move nothing.
func (p *Pools) adopt(md *object.Object, set *object.Set, inv *inventory.Inventory) error {
	template, key := set.Follow(md, "spec", "template", "spec", "infrastructureRef")
	if template == nil {
		return fmt.Errorf("its VSphereMachineTemplate %q is not among the manifests", key.Name)
	}
	datacenter := ""
	if found := inv.Find(inventory.DatacenterClass, tree.String(template.Node, "spec", "template", "spec", "datacenter"), ""); len(found) == 1 {
		datacenter = found[0].Path
	}
	ref := tree.String(template.Node, "spec", "template", "spec", "datastore")
	found := inv.Find(inventory.DatastoreClass, ref, datacenter)
	local := slices.IndexFunc(inv.Locals(), func(d inventory.Datastore) bool {
		return len(found) == 1 && d.Name == found[0].Name && d.Path == found[0].Path
	})
	if local < 0 {
		return fmt.Errorf("its machines are on datastore %q, which the inventory does not list as local to one host, so they cannot stay where they are as a pool; --seed copies the pools from it, --exclude keeps it next to them", ref)
	}
	text := tree.String(md.Node, "spec", "replicas")
	replicas, err := strconv.Atoi(text)
	if err != nil {
		return fmt.Errorf("its spec.replicas is %q; write how many machines it has", text)
	}
	a := Adopted{Name: md.Ref.Name, Datastore: found[0].Spelling(), Replicas: replicas}
	if len(inv.Find(inventory.DatastoreClass, found[0].Name, "")) == 1 {
		a.Datastore = found[0].Name
	}
	for _, other := range p.Adopted {
		if other.Datastore == a.Datastore {
			return fmt.Errorf("its machines are on datastore %s, as those of %s are, and a worker group has one pool on each; adopt one of the two, and the other by a worker group of its own", a.Datastore, other.Name)
		}
	}
	if p.Seed == "" {
		p.Seed = md.Ref.Name
	}
	p.Adopted = append(p.Adopted, a)
	return nil
}
