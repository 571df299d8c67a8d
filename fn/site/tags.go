// SPDX-License-Identifier: Apache-2.0

package site

import (
	"maps"
	"slices"
	"strings"

	"github.com/vspread/vspread/inventory"
)

// HostTag gives the tag of a category that is nearest to a host: its own, else that of its compute cluster, else that of its
// datacenter. Several tags of one object are joined by commas; "" is none.
func (v *indexes) HostTag(host, category string) string {
	for _, tags := range v.hostTags(host) {
		if tags[category] != "" {
			return tags[category]
		}
	}
	return ""
}

// HasTag tells whether a local datastore has or inherits a tag.
func (v *indexes) HasTag(d inventory.Datastore, category, tag string) bool {
	return slices.Contains(v.TagsOf(d, category), tag)
}

// TagsOf gives the tags of a category that are nearest to a local datastore: its own, else those of its host, of the compute
// cluster, of the datacenter, of its datastore cluster.
func (v *indexes) TagsOf(d inventory.Datastore, category string) []string {
	for _, tags := range v.datastoreTags(d) {
		if tags[category] != "" {
			return append(strings.Split(tags[category], ","), tags[category])
		}
	}
	return nil
}

// CategoriesOf lists the categories of the tags that a local datastore has or inherits.
func (v *indexes) CategoriesOf(d inventory.Datastore) []string {
	var out []string
	for _, tags := range v.datastoreTags(d) {
		out = slices.AppendSeq(out, maps.Keys(tags))
	}
	return out
}

// datastoreTags gives the tags that a local datastore has and inherits, the nearest first.
func (v *indexes) datastoreTags(d inventory.Datastore) []inventory.Tags {
	out := []inventory.Tags{d.Tags}
	for _, h := range d.Hosts {
		out = append(out, v.hostTags(h)...)
	}
	if v.inPods == nil {
		v.inPods = map[inventory.Object][]inventory.Tags{}
		for _, c := range v.inv.DatastoreClusters {
			for _, member := range v.Directory().OfCluster(c) {
				v.inPods[member.Object()] = append(v.inPods[member.Object()], c.Tags)
			}
		}
	}
	return append(out, v.inPods[d.Object()]...)
}

// hostTags gives the tags that a host has and inherits, the nearest first.
func (v *indexes) hostTags(name string) []inventory.Tags {
	h, ok := v.inv.Host(name)
	if !ok {
		return nil
	}
	out := []inventory.Tags{h.Tags}
	if h.Cluster != "" {
		out = append(out, v.clusterTags(h.Cluster))
	}
	// A host that stands alone and has no path is where its datastores are.
	for _, p := range append([]string{h.Cluster, h.Path}, v.mountedPaths(name)...) {
		if dc, ok := v.Directory().DatacenterOf(p); ok {
			return append(out, dc.Tags)
		}
	}
	return out
}

// clusterTags gives the tags of a compute cluster by its path.
func (v *indexes) clusterTags(path string) inventory.Tags {
	if v.ofClusters == nil {
		v.ofClusters = make(map[string]inventory.Tags, len(v.inv.Clusters))
		for _, c := range v.inv.Clusters {
			v.ofClusters[c.Path] = c.Tags
		}
	}
	return v.ofClusters[path]
}

// HostCategories lists the categories of tags that hosts have or inherit.
func (v *indexes) HostCategories() []string {
	seen := map[string]bool{}
	for _, h := range v.inv.Hosts {
		for _, tags := range v.hostTags(h.Name) {
			for category := range tags {
				seen[category] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}
