// SPDX-License-Identifier: Apache-2.0

package expand

import "github.com/vspread/vspread/internal/diag"

// MaxPools is the most pools that are made of one input; 1,000 Clusters of 64 hosts have two thirds of it.
const MaxPools = 100_000

// MaxWeight is about how many bytes of memory all pools of one input may take. As text, 100,000 plain ones take a half of it, as
// nodes 30,000 take it all; labels by the thousand, or a seed with an annotation of a megabyte, would be multiplied by the datastores.
const MaxWeight = 600 << 20

// MaxClusterWeight is MaxWeight for one Cluster, some 15,000 plain pools: the nodes of several Clusters are there at a time.
const MaxClusterWeight = 300 << 20

// Total counts what the Clusters of an input have in all. Its zero value has counted nothing.
type Total struct{ pools, weight int }

// Add counts the pools of a Cluster and about how many bytes of memory its objects take, and reports at its spread when that is
// too much.
func (t *Total) Add(pools, weight int, spread diag.Ref) diag.List {
	t.pools, t.weight = t.pools+pools, t.weight+weight
	switch {
	case t.pools > MaxPools:
		return tooMany(spread)
	case t.weight > MaxWeight:
		return tooHeavy(spread, MaxWeight, "in all")
	}
	return nil
}

// IsExceeded tells whether something was too much.
func (t *Total) IsExceeded() bool { return t.pools > MaxPools || t.weight > MaxWeight }

func tooMany(spread diag.Ref) diag.List {
	var diags diag.List
	diags.Errorf(diag.InputTooLarge, diag.At(spread, ""), "more than %d pools would come out in all", MaxPools).
		WithHint("render fewer Clusters at a time")
	return diags
}

func tooHeavy(spread diag.Ref, most int, of string) diag.List {
	var diags diag.List
	diags.Errorf(diag.InputTooLarge, diag.At(spread, ""), "the pools would take more than %d MiB %s", most>>20, of).
		WithHint("each pool has all labels and annotations of its group and of its seed: take out what is large, or render fewer Clusters at a time")
	return diags
}
