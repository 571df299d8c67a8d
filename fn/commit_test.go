// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"fmt"
	"slices"
	"strings"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/fn/naming"
)

// commit changes one thing, as people change things, and says what. The first datastore always takes machines.
func (w *world) commit(t *rapid.T) string {
	g := &w.groups[rapid.IntRange(0, len(w.groups)-1).Draw(t, "group")]
	i := rapid.IntRange(0, len(w.datastores)-1).Draw(t, "datastore")
	d := &w.datastores[i]
	changes := []string{"scale", "autoscale", "shape", "version", "storage", "infrastructure", "join", "rename", "adopt"}
	if i > 0 {
		changes = append(changes, "state", "drain", "forget")
	}
	what := rapid.SampledFrom(changes).Draw(t, "what")
	switch what {
	case "scale":
		g.replicas, g.low, g.high = rapid.IntRange(0, 12).Draw(t, "replicas"), 0, 0
	case "autoscale":
		g.low = rapid.IntRange(0, 8).Draw(t, "min")
		g.high = rapid.IntRange(max(g.low, 1), 14).Draw(t, "max")
	case "shape":
		g.memory = 2048 * rapid.IntRange(1, 3).Draw(t, "memory")
	case "version":
		g.version = rapid.SampledFrom([]string{"v1.34.2", "v1.35.4", "v1.36.0"}).Draw(t, "version")
	case "storage":
		w.storage = !w.storage
	case "infrastructure":
		w.infrastructure = rapid.SampledFrom([]string{"", "v1beta1", "v1beta2"}).Draw(t, "infrastructure")
	case "join":
		oldest := 0
		for _, d := range w.datastores {
			oldest = max(oldest, d.ordinal)
		}
		name := w.fresh("new")
		w.datastores = append(w.datastores, datastore{id: name, name: name, host: rapid.IntRange(0, w.hosts-1).Draw(t, "host"), ordinal: oldest + 1})
	case "rename":
		w.rename(t, d)
	case "state":
		d.state = rapid.SampledFrom([]string{"", "gone", "maintenance"}).Draw(t, "state")
	case "drain":
		if g.drains == nil {
			g.drains = map[string]bool{}
		}
		g.drains[d.id] = !g.drains[d.id]
	case "forget":
		for j := range w.groups {
			w.release(&w.groups[j], d.id)
			delete(w.groups[j].drains, d.id)
		}
		w.datastores = slices.Delete(w.datastores, i, i+1)
	case "adopt":
		if g.adopts[d.id] != "" {
			w.release(g, d.id)
		} else {
			w.adopt(t, g, *d)
		}
	}
	return what
}

func (w *world) fresh(what string) string {
	w.made++
	return fmt.Sprint(what, w.made)
}

// rename gives a datastore another name in vCenter. An override may keep the old one in the pools' names, where it is
// a name for an override.
func (w *world) rename(t *rapid.T, d *datastore) {
	old := d.name
	d.name = rapid.SampledFrom([]string{"renamed", "Renamed (1) ", "no.", "数"}).Draw(t, "like")
	d.name = w.fresh(d.name)
	if d.as == "" && naming.Slug(old) == old && len(old) <= 40 && rapid.Bool().Draw(t, "keeps its name") {
		d.as = old
	} else if rapid.Bool().Draw(t, "loses its name") {
		d.as = ""
	}
}

// adopt makes a MachineDeployment of the user's, which runs there, a pool.
func (w *world) adopt(t *rapid.T, g *group, d datastore) {
	name := w.fresh("mine-")
	place := ""
	if w.namespace != "" {
		place = ", namespace: " + w.namespace
	}
	annotations := rapid.SampledFrom([]string{"", ", annotations: {note: x}", ", annotations: {cluster.x-k8s.io/cluster-api-autoscaler-node-group-min-size: \"1\", capacity.cluster-autoscaler.kubernetes.io/taints: \"a=b:NoSchedule\"}"}).Draw(t, "annotations")
	if w.adopted == nil {
		w.adopted = map[string]string{}
	}
	w.adopted[name] = fmt.Sprintf(`# runs
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata: {name: %[1]s%[2]s%[3]s} # by hand
spec:
  clusterName: apple
  replicas: %[4]d # of them
  selector: {matchLabels: {run: %[1]s}}
  template:
    metadata: {labels: {run: %[1]s}}
    spec:
      clusterName: apple
      version: v1.35.4
      bootstrap: {dataSecretName: x}
      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: theirs}
`, name, place, annotations, rapid.IntRange(0, 3).Draw(t, "machines"))
	w.adopted["theirs"] = strings.ReplaceAll(`apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereMachineTemplate
metadata: {name: theirs%}
spec: {template: {spec: {template: photon, datastore: datastore1, numCPUs: 2, memoryMiB: 4096, network: {devices: [{networkName: 'n', dhcp4: true}]}}}}
`, "%", place)
	if g.adopts == nil {
		g.adopts = map[string]string{}
	}
	g.adopts[d.id] = name
}

// release takes an adoption back; the MachineDeployment is deleted by hand.
func (w *world) release(g *group, id string) {
	delete(w.adopted, g.adopts[id])
	delete(g.adopts, id)
}
