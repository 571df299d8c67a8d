// SPDX-License-Identifier: Apache-2.0

package object

import (
	"slices"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// Set finds objects of an input.
type Set struct {
	all         []*Object
	byKey       map[Key]*Object
	former      map[Key][]*Object
	deployments map[Key][]*Object
	// The rest is made when it is first needed, by whoever is first: clusters are expanded side by side.
	references, owned, byGroup, firsts map[string][]*Object
	byKind                             map[Key][]*Object

	referencesOnce, ownedOnce, byGroupOnce, firstsOnce, byKindOnce sync.Once
}

// NewSet indexes objects.
func NewSet(all []*Object) *Set {
	s := &Set{all: all, byKey: make(map[Key]*Object, len(all)), former: map[Key][]*Object{}, deployments: map[Key][]*Object{}}
	for _, x := range all {
		s.byKey[x.Key()] = x
		for _, name := range x.formerNames() {
			k := x.Key()
			k.Name = name
			s.former[k] = append(s.former[k], x)
		}
	}
	for _, x := range all {
		if x.Group() == CoreGroup && x.Ref.Kind == "MachineDeployment" {
			cluster := s.ClusterOf(x)
			s.deployments[cluster] = append(s.deployments[cluster], x)
		}
	}
	return s
}

// All lists the objects in the order of the input.
func (s *Set) All() []*Object { return s.all }

// Get finds an object, or nil.
func (s *Set) Get(k Key) *Object { return s.byKey[k] }

// Clusters lists the Clusters that are applied, in the order of the input.
func (s *Set) Clusters() []*Object {
	var out []*Object
	for _, x := range s.OfGroup(CoreGroup) {
		if x.Ref.Kind == "Cluster" && !x.IsLocalConfig() {
			out = append(out, x)
		}
	}
	return out
}

// OfGroup lists the objects of an API group in the order of the input.
func (s *Set) OfGroup(group string) []*Object {
	s.byGroupOnce.Do(func() {
		s.byGroup = map[string][]*Object{}
		for _, x := range s.all {
			g := x.Group()
			s.byGroup[g] = append(s.byGroup[g], x)
		}
	})
	return s.byGroup[group]
}

// OfKind lists the objects of a kind in a namespace, in the order of the input. What looks at each Cluster's own objects asks here:
// to go through all of them for each Cluster takes the square of their number.
func (s *Set) OfKind(group, kind, namespace string) []*Object {
	s.byKindOnce.Do(func() {
		s.byKind = map[Key][]*Object{}
		for _, x := range s.all {
			k := x.Key()
			k.Name = ""
			s.byKind[k] = append(s.byKind[k], x)
		}
	})
	return s.byKind[NewKey(group, kind, namespace, "")]
}

// Firsts lists the user's objects of an API group that are the first of their kind and version, in the order of the input.
func (s *Set) Firsts(group string) []*Object {
	s.firstsOnce.Do(func() {
		s.firsts = map[string][]*Object{}
		type version struct{ apiVersion, kind string }
		seen := map[version]bool{}
		for _, x := range s.all {
			if v := (version{x.Ref.APIVersion, x.Ref.Kind}); !seen[v] && x.Owner() == "" {
				seen[v] = true
				s.firsts[x.Group()] = append(s.firsts[x.Group()], x)
			}
		}
	})
	return s.firsts[group]
}

// MachineDeployments lists those of a Cluster in the order of the input.
func (s *Set) MachineDeployments(cluster *Object) []*Object {
	return s.deployments[cluster.Key()]
}

// ClusterOf gives the key of the Cluster that an object names in spec.clusterName.
func (s *Set) ClusterOf(o *Object) Key {
	k := NewKey(CoreGroup, "Cluster", o.Ref.Namespace, tree.String(o.Node, "spec", "clusterName"))
	if c := s.meant(o, k); c != nil {
		return c.Key()
	}
	return k
}

// OwnedBy lists the objects of an owner in the order of the input.
func (s *Set) OwnedBy(owner string) []*Object {
	s.ownedOnce.Do(func() {
		s.owned = map[string][]*Object{}
		for _, x := range s.all {
			if o := x.Owner(); o != "" {
				o = strings.TrimPrefix(o, "default/")
				s.owned[o] = append(s.owned[o], x)
			}
		}
	})
	return s.owned[strings.TrimPrefix(owner, "default/")]
}

// Follow finds the object that a reference means: v1beta2 references have an apiGroup, older ones an
// apiVersion. It gives the key also when there is no such object.
func (s *Set) Follow(from *Object, path ...string) (*Object, Key) {
	ref := tree.Get(from.Node, path...)
	if ref == nil {
		return nil, Key{}
	}
	group := tree.String(ref, "apiGroup")
	if group == "" {
		group, _, _ = strings.Cut(tree.String(ref, "apiVersion"), "/")
	}
	k := NewKey(group, tree.String(ref, "kind"), from.Ref.Namespace, tree.String(ref, "name"))
	return s.meant(from, k), k
}

// Referrers lists the objects that have, anywhere, a reference with the kind and name of another one.
// It looks through the whole input at its first use.
func (s *Set) Referrers(to *Object) []*Object {
	s.referencesOnce.Do(func() {
		s.references = map[string][]*Object{}
		for _, x := range s.all {
			seen := map[string]bool{}
			collectReferences(x.Node, func(kind, name string) {
				if k := kind + "/" + name; !seen[k] {
					seen[k] = true
					s.references[k] = append(s.references[k], x)
				}
			})
		}
	})
	var out []*Object
	for _, name := range append([]string{to.Ref.Name}, to.formerNames()...) {
		for _, x := range s.references[to.Ref.Kind+"/"+name] {
			if x != to && NewKey("", "", x.Ref.Namespace, "") == NewKey("", "", to.Ref.Namespace, "") && !slices.Contains(out, x) {
				out = append(out, x)
			}
		}
	}
	return out
}

func collectReferences(n *yaml.Node, found func(kind, name string)) {
	if n.Kind == yaml.MappingNode {
		if kind, name := tree.String(n, "kind"), tree.String(n, "name"); kind != "" && name != "" {
			found(kind, name)
		}
	}
	for _, c := range n.Content {
		collectReferences(c, found)
	}
}

// meant finds the object that a reference means: the one of that name, or one that had it. Where there are several,
// as in two overlays of one base, it is the one that was renamed as the referring object was.
func (s *Set) meant(from *Object, k Key) *Object {
	exact := s.byKey[k]
	candidates := s.former[k]
	if exact != nil {
		candidates = append([]*Object{exact}, candidates...)
	}
	if len(candidates) == 1 {
		return candidates[0]
	}
	var alike []*Object
	for _, x := range candidates {
		if x.renamedLike(from) {
			alike = append(alike, x)
		}
	}
	if len(alike) == 1 {
		return alike[0]
	}
	return exact
}
