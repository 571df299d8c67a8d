// SPDX-License-Identifier: Apache-2.0

package simulated

import "fmt"

// Fleet is a vCenter of n hosts, 64 in a cluster: a local datastore for each, five shared ones on all, 200
// templates, and two of twenty tags on everything.
func Fleet(n int) func(*Builder) {
	return func(b *Builder) {
		dc := b.Datacenter("Fleet")
		var clusters, hosts, datastores []Ref
		for i := range n {
			if i%64 == 0 {
				clusters = append(clusters, b.Cluster(dc, fmt.Sprintf("cluster-%02d", i/64), true))
			}
			h := b.Host(clusters[len(clusters)-1], fmt.Sprintf("esx-%04d.fleet.local", i), "")
			hosts = append(hosts, h)
			datastores = append(datastores, b.Datastore(dc, Datastore{Name: fmt.Sprintf("local-%04d", i), URL: volume(i + 1),
				Capacity: 1788, FreeGiB: 1500, Hosts: []Ref{h}}))
		}
		for i := range 5 {
			datastores = append(datastores, b.Datastore(dc, Datastore{Name: fmt.Sprintf("shared-%d", i), URL: volume(n + i + 1),
				Capacity: 16384, FreeGiB: 9000, Hosts: hosts}))
		}
		template := b.Machine(Machine{Name: "template-000", Folder: dc, Pool: clusters[0], Host: hosts[0],
			Datastore: datastores[n], DiskGiB: 20, GuestOS: "ubuntu64Guest", Template: true})
		templates := append(b.Copies(template, 199, func(i int) string { return fmt.Sprintf("template-%03d", i+1) }), template)

		var tagged [2][10][]Ref
		for _, group := range [][]Ref{hosts, clusters, datastores, templates} {
			for i, o := range group {
				tagged[0][i%10] = append(tagged[0][i%10], o)
				tagged[1][i/10%10] = append(tagged[1][i/10%10], o)
			}
		}
		for c, category := range []string{"row", "rack"} {
			for t, objects := range tagged[c] {
				b.Tag(category, fmt.Sprintf("%s-%d", category, t), objects...)
			}
		}
		b.Policy("shared", "5a3b0000-0000-0000-0000-000000000002", datastores[n:]...)
	}
}
