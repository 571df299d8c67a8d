// SPDX-License-Identifier: Apache-2.0

package simulated

import "fmt"

// HomeLab is the lab of examples/homelab: three small hosts with one disk each and an iSCSI box.
func HomeLab(b *Builder) { HomeLabPlaces(b) }

// Places are where the home lab has room for machines.
type Places struct {
	Folder, Pool Ref
	// Hosts and Local go together: each host has the local datastore of its position.
	Hosts, Local []Ref
}

// HomeLabPlaces makes the home lab, for a lab that has more than that.
func HomeLabPlaces(b *Builder) Places { return homeLab(b, 3) }

// Spare is a fourth host for the home lab.
const Spare = "esxi04.lab.local"

// HomeLabWithSpare makes the home lab with Spare, like the others.
func HomeLabWithSpare(b *Builder) { homeLab(b, 4) }

func homeLab(b *Builder, size int) Places {
	dc := b.Datacenter("Datacenter")
	cluster := b.Cluster(dc, "Cluster", false)
	var hosts []Ref
	for i := range size {
		hosts = append(hosts, b.Host(cluster, fmt.Sprintf("esxi%02d.lab.local", i+1), fmt.Sprintf("host-%d", 21+i)))
	}
	var local []Ref
	for i, h := range hosts {
		number := i + 1
		if i >= 3 {
			number = i + 3 // others have these
		}
		local = append(local, b.Datastore(dc, Datastore{
			Name: fmt.Sprintf("datastore%02d", i), ID: fmt.Sprintf("datastore-%d", 30+number), URL: volume(number),
			Capacity: 466, FreeGiB: 300, Hosts: []Ref{h},
		}))
	}
	shared := b.Datastore(dc, Datastore{Name: "iscsi-ds-0", ID: "datastore-34", URL: volume(4), Capacity: 931, FreeGiB: 700, Hosts: hosts})
	// A datastore cluster as home labs have it: an export for backups, on the hosts that need it.
	archive := b.DatastoreCluster(dc, "archive")
	b.Datastore(dc, Datastore{Name: "archive-0", ID: "datastore-35", URL: "ds:///vmfs/volumes/80798d26-152d415f/", Type: "NFS",
		Capacity: 3726, FreeGiB: 1200, Hosts: hosts[:2], Pod: archive})
	b.PortGroup(dc, "Workload", Security(false, true, true), hosts...)

	b.Next(52)
	pool := b.Pool(cluster, "tkg")
	b.Next(61)
	folders := []Ref{b.Folder(dc, "tkg"), b.Folder(dc, "lab")}
	b.Next(70)
	for _, f := range folders {
		b.Machine(Machine{Name: "photon-3-kube-v1.21.2", Folder: f, Pool: cluster, Host: hosts[0], Datastore: shared,
			DiskGiB: 20, GuestOS: "vmwarePhoton64Guest", Template: true})
	}

	b.Tag("k8s-region", "region-1", dc)
	for i, h := range hosts {
		b.Tag("k8s-zone", fmt.Sprintf("zone-%c", 'a'+i), h)
	}
	b.Policy("local", "5a3b0000-0000-0000-0000-000000000001", local...)
	b.Policy("shared", "5a3b0000-0000-0000-0000-000000000002", shared)
	return Places{Folder: folders[0], Pool: pool, Hosts: hosts, Local: local}
}

// volume is the url of a VMFS volume as vCenter writes it.
func volume(n int) string {
	return fmt.Sprintf("ds:///vmfs/volumes/5f0c6b1a-0a%06x-%04x-0cc47a%06x/", n, n&0xffff, n)
}
