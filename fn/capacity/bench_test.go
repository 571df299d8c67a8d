// SPDX-License-Identifier: Apache-2.0

package capacity_test

import (
	"fmt"
	"testing"

	"github.com/vspread/vspread/fn/capacity"
	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/inventory"
)

// BenchmarkCheck judges 1,000 Clusters of 64 pools on 64 hosts that are all too small, each in its own way.
func BenchmarkCheck(b *testing.B) {
	inv := &inventory.Inventory{}
	for i := range 64 {
		name := fmt.Sprintf("h%02d", i)
		inv.Hosts = append(inv.Hosts, inventory.Host{Name: name, CPUs: 4, MemoryMiB: 32768 + i})
		inv.Datastores = append(inv.Datastores, inventory.Datastore{Name: name, Hosts: []string{name}, CapacityGiB: 100})
	}
	fleet := spread(b, "fleet", "")
	var clusters []capacity.Cluster
	for i := range 1000 {
		c := capacity.Cluster{Name: fmt.Sprintf("c%d", i), Spread: fleet, Inventory: inv}
		for _, d := range inv.Datastores {
			c.Pools = append(c.Pools, site.Pool{Group: "md", Datastore: d, Replicas: 1, Surge: 1, Footprint: site.Footprint{CPUs: 2, MemoryMiB: 4096, StorageMiB: 20480}})
		}
		clusters = append(clusters, c)
	}
	b.ReportAllocs()
	for b.Loop() {
		check(clusters...)
	}
}
