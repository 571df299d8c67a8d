// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/naming"
)

// world is a random input: a cluster, an inventory and a spread over it.
type world struct {
	hosts      int
	datastores []datastore
	groups     []group
	storage    bool
	namespace  string
	// infrastructure is the version that the spread asks for.
	infrastructure string
	// adopted are the MachineDeployments of the user's that are pools, with their templates, as they stand in git.
	adopted map[string]string
	// made counts what was given a name, so that no name comes twice.
	made int
}

type datastore struct {
	// id stays when the name changes.
	id, name, state string
	// as is the name that overrides give to the pools.
	as      string
	host    int
	ordinal int
}

type group struct {
	name     string
	replicas int
	// low and high are the autoscaler's bounds, when high is above 0.
	low, high int
	memory    int
	version   string
	// flat spreads over datastores, whatever hosts they are on.
	flat bool
	// drains and adopts are overrides, by the datastore's id.
	drains map[string]bool
	adopts map[string]string
}

func genWorld(t *rapid.T) world {
	w := world{hosts: rapid.IntRange(1, 6).Draw(t, "hosts"), namespace: rapid.SampledFrom([]string{"", "default", "clusters"}).Draw(t, "namespace")}
	names := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{
		"datastore1", "datastore1 (1)", "datastore1 (2)", "Datastore1", "local_ssd", "n", "no", "1", "ds%2f3", "数据", strings.Repeat("x", 70),
	}), 1, 7, rapid.ID[string]).Draw(t, "datastores")
	for i, n := range names {
		d := datastore{id: n, name: n, host: rapid.IntRange(0, w.hosts-1).Draw(t, "host"), ordinal: len(names) - i}
		if i > 0 && rapid.IntRange(0, 3).Draw(t, "state") == 0 {
			d.state = rapid.SampledFrom([]string{"gone", "maintenance", "inaccessible"}).Draw(t, "which")
		}
		w.datastores = append(w.datastores, d)
	}
	for i := range rapid.IntRange(1, 2).Draw(t, "groups") {
		g := group{name: fmt.Sprint("g", i), replicas: rapid.IntRange(0, 12).Draw(t, "replicas"), memory: 2048 * rapid.IntRange(1, 3).Draw(t, "memory"), flat: rapid.IntRange(0, 3).Draw(t, "flat") == 0}
		if len(names) > 1 && w.datastores[1].state == "" && rapid.Bool().Draw(t, "drains") {
			g.drains = map[string]bool{names[1]: true}
		}
		w.groups = append(w.groups, g)
	}
	w.storage = rapid.Bool().Draw(t, "storage")
	return w
}

func (w world) items() []string {
	var inv strings.Builder
	inv.WriteString("hosts:\n")
	var hosts []string
	for i := range w.hosts {
		hosts = append(hosts, fmt.Sprint("esxi", i))
		fmt.Fprintf(&inv, "- {name: esxi%d}\n", i)
	}
	inv.WriteString("datastores:\n")
	for _, d := range w.datastores {
		fmt.Fprintf(&inv, "- {name: %q, hosts: [esxi%d], ordinal: %d, state: %q}\n", d.name, d.host, d.ordinal, d.state)
	}
	if w.storage {
		fmt.Fprintf(&inv, "- {name: nas, type: NFS, url: \"ds:///nas/\", ordinal: 99, hosts: [%s]}\n", strings.Join(hosts, ", "))
	}
	inv.WriteString("templates: [{name: photon, path: /dc/vm/photon}]\nnetworks: [{name: n, path: /dc/network/n}]\n")

	spread := "apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: apple, annotations: {config.kubernetes.io/local-config: \"true\"}}\nspec:\n"
	if w.infrastructure != "" {
		spread += "  apiVersions: {infrastructure: " + w.infrastructure + "}\n"
	}
	spread += "  workers:\n"
	for _, g := range w.groups {
		spread += "  - " + w.workerGroup(g) + "\n"
	}
	items := []string{
		"apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata:\n  name: apple # the only one" + w.inNamespace() + "\nspec: {}\n",
		"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: lab\n  labels: {vspread.dev/inventory: \"true\"}\n  annotations: {config.kubernetes.io/local-config: \"true\"}\ndata:\n  inventory.yaml: |\n    " +
			strings.ReplaceAll(strings.TrimSuffix(inv.String(), "\n"), "\n", "\n    ") + "\n",
		spread,
		"# somebody else's\napiVersion: v1\nkind: Secret\nmetadata: {name: other} # kept\nstringData:\n  a: ${VAR}\n  b: 'yes'\n",
		"apiVersion: cluster.k8s.io/v1alpha1\nkind: MachineDeployment\nmetadata: {name: foreign}\nspec: {clusterName: apple}\n",
	}
	for _, name := range slices.Sorted(maps.Keys(w.adopted)) {
		items = append(items, w.adopted[name])
	}
	return items
}

func (w world) inNamespace() string {
	if w.namespace == "" {
		return ""
	}
	return "\n  namespace: " + w.namespace
}

func (w world) workerGroup(g group) string {
	amount := fmt.Sprintf("replicas: %d", g.replicas)
	if g.high > 0 {
		amount = fmt.Sprintf("autoscaling: {min: %d, max: %d}", g.low, g.high)
	}
	var overrides []string
	for _, d := range w.datastores {
		o := ""
		if g.drains[d.id] {
			o += ", drain: true"
		}
		switch {
		case g.adopts[d.id] != "":
			o += ", adopt: " + g.adopts[d.id]
		case d.as != "":
			o += fmt.Sprintf(", name: %q", d.as)
		}
		if o != "" {
			overrides = append(overrides, fmt.Sprintf("{datastore: %q%s}", d.name, o))
		}
	}
	if g.flat {
		amount += ", spread: {levels: [datastore]}"
	}
	return fmt.Sprintf("{name: %s, %s, version: %s, machine: {numCPUs: 2, memoryMiB: %d}, overrides: [%s]}",
		g.name, amount, cmp.Or(g.version, "v1.35.4"), g.memory, strings.Join(overrides, ", "))
}

// pool names the MachineDeployment of a group on a datastore.
func (w world) pool(g group, d datastore) string {
	if name := g.adopts[d.id]; name != "" {
		return name
	}
	name, _ := naming.Pool("apple", g.name, cmp.Or(d.as, d.name))
	return name
}

// ages gives the age of each host: the ordinal of its oldest datastore.
func (w world) ages() map[int]int {
	out := map[int]int{}
	for _, d := range w.datastores {
		if age, ok := out[d.host]; !ok || d.ordinal < age {
			out[d.host] = d.ordinal
		}
	}
	return out
}
