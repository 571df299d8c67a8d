// SPDX-License-Identifier: Apache-2.0

package rollout

import "github.com/vspread/vspread/fn/object"

// spotOfKin is where groups must agree to be kin: the Cluster, what they are and where their machines are.
type spotOfKin struct {
	cluster        object.Key
	kind           string
	at             place
	isControlPlane bool
}

// traits are what tells how much a group that comes is like one that goes, in one place.
type traits struct {
	spot spotOfKin
	// group is the worker group's name, or "".
	group string
	// made stands for the machines that are made, and is "" where that is not known; number says how many there are.
	made, number string
}

// likenessKey is something that groups have in common; fields that a level does not ask for are empty.
type likenessKey struct {
	traits
	level int
}

// levels are the ways in which two groups are alike, the closest first: the same worker group, another worker group, or only
// machines of one kind. In each, the same machines count more than the same number of them.
var levels = func() []func(traits) (traits, bool) {
	var out []func(traits) (traits, bool)
	for _, isSame := range []func(t traits) (group string, ok bool){
		func(t traits) (string, bool) { return t.group, t.group != "" },
		func(t traits) (string, bool) { return "", t.spot.isControlPlane || t.group != "" },
	} {
		for _, with := range []struct{ made, number bool }{{true, true}, {true, false}, {false, true}, {}} {
			out = append(out, func(t traits) (traits, bool) {
				group, ok := isSame(t)
				return t.only(group, with.made, with.number), ok && (!with.made || t.made != "")
			})
		}
	}
	return append(out,
		func(t traits) (traits, bool) { return t.only("", true, true), t.made != "" },
		func(t traits) (traits, bool) { return t.only("", true, false), t.made != "" })
}()

// only gives the traits that a level asks for.
func (t traits) only(group string, made, number bool) traits {
	t.group = group
	if !made {
		t.made = ""
	}
	if !number {
		t.number = ""
	}
	return t
}

// matches gives, for each of some traits, the position of the one among others that is most like it; -1 where there are
// several, or none. Each of them looks up what it has in common with any other, level by level, so that many groups in one place
// are not compared with each other.
func matches(some, others []traits) []int {
	const several = -1
	at := map[likenessKey]int{}
	for i, t := range others {
		for level, of := range levels {
			if k, ok := of(t); ok {
				key := likenessKey{k, level}
				if _, isThere := at[key]; isThere {
					at[key] = several
				} else {
					at[key] = i
				}
			}
		}
	}
	out := make([]int, len(some))
	for i, t := range some {
		out[i] = -1
		for level, of := range levels {
			if k, ok := of(t); ok {
				if j, isThere := at[likenessKey{k, level}]; isThere {
					out[i] = j
					break
				}
			}
		}
	}
	return out
}
