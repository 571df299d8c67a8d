// SPDX-License-Identifier: Apache-2.0

package output

import (
	"slices"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/ownership"
	"github.com/vspread/vspread/internal/diag"
)

// The parts that an output may be limited to.
const (
	// Everything is no limit.
	Everything Part = ""
	// Management is what the management cluster gets, Storage the StorageClass for the workload cluster itself.
	Management Part = "management"
	Storage    Part = "storage"
)

// Part is the part of what is rendered that an output is for.
type Part string

// Wanted leaves out what is not to be applied, or not where the part goes.
func Wanted(items []*yaml.RNode, only Part) ([]*yaml.RNode, diag.List) {
	out, _, diags := WantedOf(items, nil, only)
	return out, diags
}

// WantedOf is Wanted for items and sealed objects that follow them.
func WantedOf(items []*yaml.RNode, added []*object.Sealed, only Part) ([]*yaml.RNode, []*object.Sealed, diag.List) {
	var diags diag.List
	isWanted := func(kind, owner string) bool {
		direct := kind == "StorageClass" && owner != ""
		return only == Everything || direct == (only == Storage)
	}
	var out []*yaml.RNode
	for _, item := range items {
		if x := object.New(item.YNode(), 0); !x.IsLocalConfig() && isWanted(x.Ref.Kind, x.Owner()) {
			out = append(out, item)
		}
	}
	if only != Everything {
		added = slices.DeleteFunc(slices.Clone(added), func(s *object.Sealed) bool { return !isWanted(s.Ref.Kind, s.Owner) })
	}
	if only == Storage && len(out)+len(added) == 0 {
		diags.Errorf(diag.StorageDirect, diag.Where{}, "there is no StorageClass to be applied directly").
			WithHint("set storage.delivery: Direct; with ClusterResourceSet, Cluster API delivers it")
	}
	return out, added, diags
}

// Pruned leaves out templates of earlier output that no MachineDeployment names, and tells which.
func Pruned(items []*yaml.RNode) ([]*yaml.RNode, diag.List) {
	var diags diag.List
	var all []*object.Object
	for i, item := range items {
		all = append(all, object.New(item.YNode(), i))
	}
	unused := map[int]bool{}
	for _, t := range ownership.UnusedTemplates(object.NewSet(all)) {
		unused[t.Item] = true
		diags.Infof(diag.TemplateUnused, diag.At(t.Ref, ""), "is pruned: no MachineDeployment names it")
	}
	var out []*yaml.RNode
	for i, item := range items {
		if !unused[i] {
			out = append(out, item)
		}
	}
	return out, diags
}
