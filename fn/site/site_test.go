// SPDX-License-Identifier: Apache-2.0

package site_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

const twoDatacenters = `
datacenters: [{name: a, path: /a}, {name: b, path: /b}]
hosts: [{name: esxi01, cluster: /a/host/x}, {name: esxi02}]
datastores:
- {name: ssd, path: /a/datastore/ssd, hosts: [esxi01]}
- {name: ssd, path: /b/datastore/ssd, hosts: [esxi02]}
networks: [{name: nodes, path: /a/network/nodes}, {name: nodes, path: /b/network/nodes}, {name: only-a, path: /a/network/only-a}]
`

func vsphere(text string, references v1alpha1.References) *site.VSphere {
	inv, diags := inventory.Parse(text, diag.Where{})
	if diags.HasErrors() {
		panic(diags.String())
	}
	return site.NewVSphere(&inv, diag.At(diag.Ref{Kind: "ConfigMap", Name: "inventory"}, ""), references)
}

// A name is looked up below the datacenter that is meant, and spelled by the path that no other object has.
func ExampleVSphere_Resolve() {
	v := vsphere(twoDatacenters, v1alpha1.ReferencesPaths)
	at := diag.At(diag.Ref{Kind: "ClusterSpread", Name: "apple"}, "spec.workers[0].machine.networks[0]")
	var diags diag.List
	fmt.Println(v.Resolve(inventory.NetworkClass, "nodes", site.Place{Datacenter: "/b"}, at, &diags))
	v.Resolve(inventory.NetworkClass, "nodes", site.Place{}, at, &diags)
	fmt.Print(diags)
	// Output:
	// /b/network/nodes
	// error: ClusterSpread apple spec.workers[0].machine.networks[0]: "nodes" names 2 networks: /a/network/nodes, /b/network/nodes; write the full path [AmbiguousReference]
}

// A datastore puts its machines onto its host, whose compute cluster has their resource pools. Where a host that was listed by
// hand stands is not known, apart from its datacenter.
func ExampleVSphere_PlaceOf() {
	v := vsphere(twoDatacenters, v1alpha1.ReferencesPaths)
	for _, d := range v.Inventory.Datastores {
		dc, _ := v.Inventory.DatacenterOf(d.Path)
		fmt.Println(v.PlaceOf(d, dc.Path).Compute)
	}
	// Output:
	// /a/host/x
	// /b
}

// Names are written where they are asked for, and mean one object.
func TestSpell(t *testing.T) {
	t.Parallel()
	for references, want := range map[v1alpha1.References][]string{
		v1alpha1.ReferencesPaths: {"/a/network/nodes", "/b/network/nodes", "/a/network/only-a"},
		v1alpha1.ReferencesNames: {"/a/network/nodes", "/b/network/nodes", "only-a"},
	} {
		v := vsphere(twoDatacenters, references)
		var got []string
		for _, o := range v.All(inventory.NetworkClass) {
			got = append(got, v.Spell(inventory.NetworkClass, o, ""))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", references, d)
		}
	}
}
