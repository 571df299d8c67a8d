// SPDX-License-Identifier: Apache-2.0

package inventory

// remembered finds what an inventory has at paths, and what hosts mount.
type remembered struct {
	// clusters, datastores and networks are positions by paths.
	clusters, datastores, networks map[string][]int
	// lengths are those of the paths of clusters.
	lengths pathLengths
	// mounted are the positions of datastores by the names of hosts.
	mounted map[string][]int
}

func newRemembered(inv *Inventory) remembered {
	r := remembered{clusters: map[string][]int{}, datastores: map[string][]int{}, networks: map[string][]int{}, mounted: map[string][]int{}}
	for i, c := range inv.Clusters {
		r.clusters[c.Path] = append(r.clusters[c.Path], i)
		if c.Path != "" {
			r.lengths = append(r.lengths, len(c.Path))
		}
	}
	r.lengths = r.lengths.sorted()
	for i, d := range inv.Datastores {
		r.datastores[d.Path] = append(r.datastores[d.Path], i)
		for _, h := range d.Hosts {
			r.mounted[h] = append(r.mounted[h], i)
		}
	}
	for i, n := range inv.Networks {
		r.networks[n.Path] = append(r.networks[n.Path], i)
	}
	return r
}

// clustersOver gives the positions of the compute clusters that a path is of or lies in.
func (r remembered) clustersOver(p string) []int {
	if p == "" {
		return nil
	}
	out := r.clusters[p]
	for above := range r.lengths.above(p) {
		out = append(out[:len(out):len(out)], r.clusters[above]...)
	}
	return out
}
