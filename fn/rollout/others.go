// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"slices"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// others lists objects besides those that make machines.
func (c *comparison) others() []Other {
	var out []Other
	add := func(o *object.Object, change Kind, fields ...string) {
		out = append(out, Other{o.Ref.Kind, o.Ref.Namespace, o.Ref.Name, change, fields})
	}
	wasIDs, was := identified(c.before.Objects.All())
	isIDs, is := identified(c.after.Objects.All())
	for i, after := range c.after.Objects.All() {
		if c.isShown(after) {
			continue
		}
		before := was[isIDs[i]]
		switch {
		case before == nil && isTemplate(after): // new pools and rollouts bring them, or nobody names them
		case before == nil:
			add(after, Create)
		case c.edits.isReported(after.Key()): // as an error
		case isTemplate(after):
			if e := c.edits[after.Key()]; e != nil {
				add(after, InPlace, named(e.fields)...)
			}
		case before != after:
			if d := changesOf(before, after); len(d) > 0 {
				add(after, InPlace, fieldsOf(before, after, d)...)
				object.RefuseImmutableStorage(&c.diags, after.Ref, before.Node, after.Node)
			}
		}
	}
	for i, before := range c.before.Objects.All() {
		if c.isShown(before) || is[wasIDs[i]] != nil || isTemplate(before) && isGuarded(before) {
			continue
		}
		add(before, Remove)
	}
	slices.SortFunc(out, func(a, b Other) int {
		return compareKeys(object.Key{Namespace: a.Namespace, Kind: a.Kind, Name: a.Name}, object.Key{Namespace: b.Namespace, Kind: b.Kind, Name: b.Name})
	})
	return slices.CompactFunc(out, func(a, b Other) bool {
		return a.Kind == b.Kind && a.Namespace == b.Namespace && a.Name == b.Name && a.Change == b.Change
	})
}

// identified finds objects by what tells them from others. Files count only where there are several.
func identified(all []*object.Object) ([]object.Identity, map[object.Identity]*object.Object) {
	ids, byID := object.Identities(all), make(map[object.Identity]*object.Object, len(all))
	oneFile := !slices.ContainsFunc(all, func(o *object.Object) bool { return o.Place != all[0].Place })
	for i := range ids {
		if oneFile {
			ids[i].Place = ""
		}
		byID[ids[i]] = all[i]
	}
	return ids, byID
}

// isShown tells whether the plan says what becomes of an object in other words.
func (c *comparison) isShown(o *object.Object) bool {
	k := o.Key()
	return c.before.groups[k] != nil || c.after.groups[k] != nil
}

// changesOf compares everything but tools' notes and what a controller writes.
func changesOf(a, b *object.Object) []field {
	x, y := tree.Clone(a.Node), tree.Clone(b.Node)
	for _, key := range []string{"status", "apiVersion"} {
		tree.Remove(x, key)
		tree.Remove(y, key)
	}
	var out []field
	for _, d := range differences(x, y) {
		if len(d.path) == 2 && d.below("metadata", "namespace") {
			continue // none is the namespace default
		}
		if d.below("metadata", "annotations") {
			if len(d.path) > 2 && isNote(d.path[2]) || len(d.path) == 2 && onlyNotes(d) {
				continue
			}
		}
		out = append(out, d)
	}
	return out
}

func onlyNotes(d field) bool {
	n := d.before
	if n == nil {
		n = d.after
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if !isNote(n.Content[i].Value) {
			return false
		}
	}
	return true
}
