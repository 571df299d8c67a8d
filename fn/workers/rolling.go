// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// roll sets how a group's machines are replaced and taken away, over what a seed says.
func roll(node *yaml.Node, g group, diags *diag.List) {
	strategy := func(field ...string) []string { return append([]string{"spec", "rollout", "strategy"}, field...) }
	r := g.Rollout
	r.Strategy = strategyOf(r) // whatever the seed has
	if r.Strategy != "" {
		tree.Replace(node, codec.String(string(r.Strategy)), strategy("type")...)
	}
	if r.Strategy == v1alpha1.OnDelete {
		tree.Remove(node, strategy("rollingUpdate")...)
	}
	if r.MaxUnavailable != nil {
		tree.Replace(node, codec.Encode(r.MaxUnavailable), strategy("rollingUpdate", "maxUnavailable")...)
	}
	if r.MaxSurge != nil {
		tree.Replace(node, codec.Encode(r.MaxSurge), strategy("rollingUpdate", "maxSurge")...)
	}
	if r.Strategy == v1alpha1.RollingUpdate {
		tree.Fill(node, codec.Int(0), strategy("rollingUpdate", "maxUnavailable")...)
		tree.Fill(node, codec.Int(1), strategy("rollingUpdate", "maxSurge")...)
		surge, unavailable := tree.String(node, strategy("rollingUpdate", "maxSurge")...), tree.String(node, strategy("rollingUpdate", "maxUnavailable")...)
		if strings.TrimSuffix(surge, "%") == "0" && strings.TrimSuffix(unavailable, "%") == "0" {
			diags.Errorf(diag.InvalidValue, g.at.Dot("rollout"), "leaves maxSurge and maxUnavailable both 0: nothing could ever be replaced").
				WithHint("one of them comes from the MachineDeployment that is copied or adopted; set the other one above 0")
		}
	}
	if r.After != "" {
		tree.Replace(node, codec.String(r.After), "spec", "rollout", "after")
		tree.Sort(tree.Get(node, "spec", "rollout"), []string{"after", "strategy"})
	}
	d := g.Deletion
	if d.Order != "" {
		tree.Replace(node, codec.String(string(d.Order)), "spec", "deletion", "order")
	}
	for _, t := range []struct {
		field   string
		seconds *int
	}{
		{"nodeDrainTimeoutSeconds", d.NodeDrainTimeoutSeconds},
		{"nodeVolumeDetachTimeoutSeconds", d.NodeVolumeDetachTimeoutSeconds},
		{"nodeDeletionTimeoutSeconds", d.NodeDeletionTimeoutSeconds},
	} {
		if t.seconds != nil {
			tree.Replace(node, codec.Int(*t.seconds), "spec", "template", "spec", "deletion", t.field)
		}
	}
	tree.Sort(tree.Get(node, "spec"), deploymentOrder)
}

// strategyOf is the strategy that a group asks for; bounds mean RollingUpdate.
func strategyOf(r v1alpha1.Rollout) v1alpha1.RolloutStrategy {
	if r.Strategy == "" && (r.MaxSurge != nil || r.MaxUnavailable != nil) {
		return v1alpha1.RollingUpdate
	}
	return r.Strategy
}

// rollAdopted sets how machines are replaced, in the form of the MachineDeployment's version.
func rollAdopted(node *yaml.Node, version string, g group, diags *diag.List) {
	whole := tree.Clone(node)
	convert.MachineDeployment(whole, version)
	roll(whole, g, diags)
	wanted := &yaml.Node{Kind: yaml.MappingNode, Tag: yaml.NodeTagMap}
	for _, part := range []struct {
		asked bool
		path  []string
	}{
		{g.Rollout != v1alpha1.Rollout{}, []string{"spec", "rollout"}},
		{g.Deletion != v1alpha1.Deletion{}, []string{"spec", "deletion"}},
		{g.Deletion != v1alpha1.Deletion{}, []string{"spec", "template", "spec", "deletion"}},
	} {
		if v := tree.Get(whole, part.path...); part.asked && v != nil {
			tree.Set(wanted, tree.Clone(v), part.path...)
		}
	}
	convert.MachineDeploymentIn(wanted, version, nil)
	if g.Rollout.Strategy == v1alpha1.OnDelete {
		tree.Remove(node, "spec", "rollout", "strategy", "rollingUpdate")
		tree.Remove(node, "spec", "strategy", "rollingUpdate")
	}
	overlay(node, wanted)
}

// overlay sets the values of one mapping in another.
func overlay(node, values *yaml.Node, path ...string) {
	for i := 0; i+1 < len(values.Content); i += 2 {
		at := append(slices.Clone(path), values.Content[i].Value)
		switch value := values.Content[i+1]; {
		case value.Kind == yaml.MappingNode:
			overlay(node, value, at...)
		case !tree.Equal(tree.Get(node, at...), value):
			tree.Set(node, value, at...)
		}
	}
}
