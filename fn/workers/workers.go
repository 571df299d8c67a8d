// SPDX-License-Identifier: Apache-2.0

// Package workers turns worker groups into machines. It takes the groups of a ClusterSpread, facts of the Cluster and a
// lookup of its vSphere, and gives pools, one for each group and datastore, with their MachineDeployments and templates.
//
// A group goes through stages of values: what it is copied from (seed), its datastores and their exceptions (pools), the
// replicas of each (shares), the sources that a pool's machines take their values from and the machine that these give
// (sources, machine), and the objects (bootstrap, deployment), or the changes of a MachineDeployment that runs already (adopt).
package workers

import (
	"slices"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Make gives the workers of a Cluster. With errors the output must not be used.
func Make(in Input) (Output, diag.List) {
	var diags diag.List
	var out Output
	refuseUnclaimed(in, &diags)
	refuseOtherWorkers(in, &diags)
	warnPaused(in, &diags)
	checkMachines(in.Cluster.ControlPlaneTemplate, &diags) // whose values workers inherit
	var needed []object.Key                                // by machines that were adopted
	made := 0
	for i, spec := range in.Groups {
		g := group{WorkerGroup: spec, at: in.At.Dot("workers").Index(i), said: map[string]bool{}}
		var whole bool
		g.seed, whole = findSeed(g, in, &diags)
		noteStates(g.seed, &diags)
		pools := share(poolsOf(g, in, &diags), g, in.VSphere, &diags)
		if made += len(pools); made > in.MaxPools {
			out.Exceeded = true
			return out, diags
		}
		if !whole {
			continue // it has been reported; what the seed would have said is not missing
		}
		if g.seed.deployment != nil {
			noteSeed(g, in.Cluster, &diags)
		}
		g.machine, g.copied = said(g.Machine, g.at), copiedFrom(g.seed.template, in.Cluster.ControlPlaneTemplate)
		var join bootstrap
		if slices.ContainsFunc(pools, func(p pool) bool { return p.adopted == nil }) || len(pools) == 0 {
			join = bootstrapOf(g, in, &diags)
			out.Desired = append(out.Desired, join.desired...)
		}
		for _, p := range pools {
			if out.Weight > in.MaxWeight {
				out.TooHeavy = true
				return out, diags
			}
			if p.adopted == nil {
				desired, done := run(p, &g, join, in, &diags)
				for _, d := range desired {
					out.Weight += codec.Weight(d.Node.YNode())
				}
				out.Desired, out.Pools = append(out.Desired, desired...), append(out.Pools, done)
				continue
			}
			if a, ok := adopt(p, g, in, &diags); ok {
				out.Desired, out.Pools = append(out.Desired, a.desired...), append(out.Pools, a.pool)
				out.Adopted, needed = append(out.Adopted, a.Adoption), append(needed, a.template)
			}
		}
		out.Seeds = append(out.Seeds, slices.DeleteFunc(g.seed.objects(), func(o *object.Object) bool {
			return o.Owner() != "" || o.Key() == g.seed.deployment.Key() && isAdopted(o.Ref.Name, in.Groups)
		})...)
	}
	out.Seeds = slices.DeleteFunc(out.Seeds, func(o *object.Object) bool { return slices.Contains(needed, o.Key()) })
	refuseOneName(out.Pools, in, &diags)
	if in.HealthCheck != nil {
		out.Desired = append(out.Desired, healthCheck(*in.HealthCheck, out.Pools, in.Cluster, in.At.Dot("healthCheck"), &diags))
	}
	if !diags.HasErrors() {
		checkSelecting(out, in, &diags)
	}
	return out, diags
}

// run gives the objects of a pool that vspread writes, and the pool with their names.
func run(p pool, g *group, join bootstrap, in Input, diags *diag.List) ([]object.Desired, site.Pool) {
	template, name := machineTemplate(p, *g, g.seed.template, in, diags)
	p.Template, p.Bootstrap = name, join.name
	machine := tree.Get(template.Node.YNode(), "spec", "template", "spec")
	made := madeOf(machine, in.VSphere)
	deployment := machineDeployment(p, g, join, made.Size(), in, diags)
	p.Footprint, p.Surge = made.Footprint(), site.Surge(deployment.Node.YNode(), p.Most())
	checkVersion(tree.String(deployment.Node.YNode(), "spec", "template", "spec", "version"), in.Cluster.Version, machine, join.kind == kubeadmTemplateKind, *g, diags)
	return []object.Desired{deployment, template}, p.Pool
}

// refuseOneName reports pools that would be one object.
func refuseOneName(pools []site.Pool, in Input, diags *diag.List) {
	first := map[string]site.Pool{}
	for _, p := range pools {
		q, ok := first[p.Name]
		if !ok {
			first[p.Name] = p
			continue
		}
		i := slices.IndexFunc(in.Groups, func(g v1alpha1.WorkerGroup) bool { return g.Name == p.Group })
		own, other := p.Datastore.Object().Spelling(), q.Datastore.Object().Spelling()
		if p.Group == q.Group && own == other {
			continue // two groups of one name, which has been reported
		}
		diags.Errorf(diag.DuplicatePoolName, in.At.Dot("workers").Index(i), "two pools would be MachineDeployment %s: group %s on %s and group %s on %s",
			p.Name, q.Group, other, p.Group, own).
			WithHint("give one of them a name of its own: overrides: [{datastore: %q, name: …}]", own)
	}
}
