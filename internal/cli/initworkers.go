// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// workerChoice is what becomes of the MachineDeployments that a cluster has.
type workerChoice struct {
	seed, adopt string
	exclude     bool
}

// adoptedPool is where a running MachineDeployment stays, with its machines.
type adoptedPool struct {
	Datastore string
	Replicas  int
}

// choose decides by flags or by asking, and marks the MachineDeployments that stay beside the pools.
func (w workerChoice) choose(c *cobra.Command, s Streams, p *plan, items []*yaml.RNode, cluster *object.Object, inv *inventory.Inventory) error {
	var all []*object.Object
	for i, n := range items {
		all = append(all, object.New(n.YNode(), i))
	}
	set := object.NewSet(all)
	deployments := set.MachineDeployments(cluster)
	var names []string
	for _, md := range deployments {
		names = append(names, md.Ref.Name)
	}
	have := "the cluster has the MachineDeployment " + strings.Join(names, ", ")
	for flag, name := range map[string]string{"seed": w.seed, "adopt": w.adopt} {
		switch {
		case name != "" && len(names) == 0:
			return usagef(c, "--%s %s: the cluster has no MachineDeployment", flag, name)
		case name != "" && !slices.Contains(names, name):
			return usagef(c, "--%s %s: %s", flag, name, have)
		}
	}
	if w.exclude && tree.Get(cluster.Node, "spec", "topology", "workers") != nil {
		// Those of a ClusterClass are no objects of their own.
		tree.Set(items[cluster.Item].YNode(), codec.String("true"), "metadata", "annotations", object.ExcludeAnnotation)
	}
	if len(names) == 0 {
		return nil
	}
	if w == (workerChoice{}) {
		answer, err := ask(s, fmt.Sprintf("The cluster has the MachineDeployment %s. Copy the pools from it (c), adopt it because it runs (a), or keep it beside them (k)? ", strings.Join(names, ", ")))
		if err != nil || len(names) > 1 && answer != "k" {
			return usagef(c, "%s: say --seed NAME to copy the pools from it, --adopt NAME when it runs and is to become one of them, or --exclude to keep it beside them", have)
		}
		switch answer {
		case "c":
			w.seed = names[0]
		case "a":
			w.adopt = names[0]
		}
	}
	p.Seed = w.seed + w.adopt // one of the two
	for _, md := range deployments {
		switch {
		case md.Ref.Name != p.Seed:
			tree.Set(items[md.Item].YNode(), codec.String("true"), "metadata", "annotations", object.ExcludeAnnotation)
		case w.adopt != "":
			if err := p.adopt(c, md, set, inv); err != nil {
				return err
			}
		}
	}
	return nil
}

// adopt finds the datastore that a MachineDeployment's machines are on. The first commit is to move nothing.
func (p *plan) adopt(c *cobra.Command, md *object.Object, set *object.Set, inv *inventory.Inventory) error {
	template, key := set.Follow(md, "spec", "template", "spec", "infrastructureRef")
	if template == nil {
		return usagef(c, "--adopt %s: its VSphereMachineTemplate %q is not among the manifests", md.Ref.Name, key.Name)
	}
	ref := tree.String(template.Node, "spec", "template", "spec", "datastore")
	found := inv.Find(inventory.DatastoreClass, ref, "")
	local := slices.IndexFunc(inv.Locals(), func(d inventory.Datastore) bool {
		return len(found) == 1 && d.Name == found[0].Name && d.Path == found[0].Path
	})
	if local < 0 {
		return usagef(c, "--adopt %s: its machines are on datastore %q, which the inventory does not list as local to one host, so they cannot stay where they are as a pool; --seed copies the pools from it, --exclude keeps it beside them", md.Ref.Name, ref)
	}
	replicas, err := strconv.Atoi(tree.String(md.Node, "spec", "replicas"))
	if err != nil {
		return usagef(c, "--adopt %s: its spec.replicas is %q; write how many machines it has", md.Ref.Name, tree.String(md.Node, "spec", "replicas"))
	}
	p.Adopted = &adoptedPool{Datastore: found[0].Spelling(), Replicas: replicas}
	if len(inv.Find(inventory.DatastoreClass, found[0].Name, "")) == 1 {
		p.Adopted.Datastore = found[0].Name
	}
	if p.Replicas < 0 {
		p.Replicas = replicas
	}
	if p.Replicas < replicas {
		return usagef(c, "--adopt %s: it has %s, and --replicas %d is less; lower it by a later commit, when the others run", md.Ref.Name, diag.Count(replicas, "machine", "machines"), p.Replicas)
	}
	return nil
}

var errNoTerminal = errors.New("stdin is no terminal")

// ask puts a question to a person, and to nobody else.
func ask(s Streams, question string) (string, error) {
	if !isTerminal(s.In) {
		return "", errNoTerminal
	}
	fmt.Fprint(s.Err, question)
	line, err := bufio.NewReader(s.In).ReadString('\n')
	answer := strings.ToLower(strings.TrimSpace(line))
	if err == nil && !slices.Contains([]string{"c", "a", "k"}, answer) {
		err = errors.New("answer c, a or k")
	}
	return answer, err
}

// withoutSecrets leaves Secrets out: clusterctl puts the password of vCenter into one, and what init writes is meant for git.
func withoutSecrets(items []*yaml.RNode, diags *diag.List) []*yaml.RNode {
	var out []*yaml.RNode
	for i, n := range items {
		o := object.New(n.YNode(), i)
		if o.Ref.APIVersion == "v1" && o.Ref.Kind == "Secret" && (tree.Get(o.Node, "data") != nil || tree.Get(o.Node, "stringData") != nil) {
			diags.Warnf(diag.SecretInManifests, diag.At(o.Ref, ""), "is a Secret and left out, since what init writes is meant for git").
				WithHint("give it to the management cluster in another way, for example encrypted by SOPS or by an external secrets operator")
			continue
		}
		out = append(out, n)
	}
	return out
}

// onlyShared is the datastore that a StorageClass is for when nothing names one. Named, it stays that when hosts come and go.
func onlyShared(inv *inventory.Inventory) string {
	var hosts []string
	for _, h := range inv.Hosts {
		if h.State != inventory.Gone {
			hosts = append(hosts, h.Name)
		}
	}
	slices.Sort(hosts)
	found := slices.DeleteFunc(inv.Shared(hosts), func(d inventory.Datastore) bool { return d.URL == "" })
	if len(found) != 1 {
		return ""
	}
	if len(inv.Find(inventory.DatastoreClass, found[0].Name, "")) == 1 {
		return found[0].Name
	}
	return cmp.Or(found[0].Path, found[0].Name)
}
