// SPDX-License-Identifier: Apache-2.0

package inventory_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// TestLaws holds what refreshing promises, whatever happens to a vCenter and whatever of it can be read:
//
//   - the result is an inventory that can be read, or there is none
//   - the same reading once more changes nothing
//   - no host or datastore vanishes; an ordinal stays with its datastore and is never given twice
//   - what lies outside of the scope or is hidden stays, and so does a field that could not be read
//   - comments stay at their hosts and datastores, also where a person wrote no more than names and mount lists
//   - without a change no byte changes, in whichever scope and with however little light
func TestLaws(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := &world{}
		var inv inventory.Inventory
		highest := 0
		for range rapid.IntRange(1, 6).Draw(t, "refreshes") {
			for range rapid.IntRange(0, 12).Draw(t, "changes") {
				w.change(t)
			}
			scope := rapid.SampledFrom(scopes).Draw(t, "scope")
			r := w.read(t, scope, rapid.Bool().Draw(t, "dark"))
			before := inventory.Format(inv)
			merged, err := inventory.Merge(inv, r)
			if inventory.Format(inv) != before {
				t.Fatal("what is remembered was written to")
			}
			var loss *inventory.LossError
			var conflict *inventory.ConflictError
			if errors.As(err, &conflict) && (len(r.Outside) > 0 || len(r.Hidden) > 0 || r.Limited || len(r.Unread) > 0) {
				continue // somebody else has a name or path that stays with what could not be read
			}
			if err != nil && !errors.As(err, &loss) {
				t.Fatal(err)
			}
			text := inventory.Format(merged)
			if _, diags := inventory.Parse(text, diag.Where{}); diags.HasErrors() {
				t.Fatalf("%v\n%s", diags, text)
			}
			again, err := inventory.Merge(merged, r)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(text, inventory.Format(again)); d != "" {
				t.Fatalf("the same reading once more:\n%s", d)
			}
			highest = ordinals(t, inv, merged, highest)
			stays(t, inv, merged, r)
			comments(t, inv, merged)
			if hand, ok := byHand(inv); ok {
				merged, err := inventory.Merge(hand, r)
				if err == nil || errors.As(err, &loss) {
					comments(t, hand, merged)
				}
			}

			// The same world in another light.
			full, err := inventory.Merge(merged, w.read(t, inventory.Scope{}, false))
			if err != nil && !errors.As(err, &loss) {
				t.Fatal(err)
			}
			r = w.read(t, rapid.SampledFrom(scopes).Draw(t, "scope"), rapid.Bool().Draw(t, "dark"))
			unchanged, err := inventory.Merge(full, r)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(inventory.Format(full), inventory.Format(unchanged)); d != "" {
				t.Fatalf("a change where there is none, in %+v:\n%s", r, d)
			}
			inv = merged
		}
	})
}

func ordinals(t *rapid.T, old, updated inventory.Inventory, highest int) int {
	now := map[int]bool{}
	for _, d := range updated.Datastores {
		if d.Ordinal == 0 || now[d.Ordinal] {
			t.Fatalf("%s has ordinal %d", d.Name, d.Ordinal)
		}
		now[d.Ordinal] = true
	}
	had := map[int]bool{}
	for _, d := range old.Datastores {
		had[d.Ordinal] = true
		if !now[d.Ordinal] {
			t.Fatalf("%s with ordinal %d vanishes", d.Name, d.Ordinal)
		}
	}
	for o := range now {
		if !had[o] && o <= highest {
			t.Fatalf("ordinal %d is given again", o)
		}
	}
	if len(updated.Hosts) < len(old.Hosts) {
		t.Fatalf("a host vanishes")
	}
	return slices.Max(append(slices.Collect(maps.Keys(now)), highest))
}

// stays compares what could not be read, with hosts by their ids.
func stays(t *rapid.T, old, updated inventory.Inventory, r inventory.Reading) {
	seen := map[string]bool{}
	for _, h := range r.Seen.Hosts {
		seen[h.ID] = true
	}
	ids := func(inv inventory.Inventory, names []string) []string {
		var out []string
		for _, n := range names {
			h, _ := inv.Host(n)
			out = append(out, h.ID)
		}
		slices.Sort(out)
		return out
	}
	hosts := map[string]inventory.Host{}
	for _, h := range updated.Hosts {
		hosts[h.ID] = h
	}
	for _, o := range old.Hosts {
		now := hosts[o.ID]
		if (r.Outside[o.ID] || r.Hidden[o.ID]) && o.State != inventory.Gone && !cmp.Equal(o, now) {
			t.Fatalf("%+v became %+v", o, now)
		}
		if slices.Contains(r.Unread[o.ID], "cluster") && o.Cluster != now.Cluster || slices.Contains(r.Unread[o.ID], "path") && o.Path != "" && o.Path != now.Path || slices.Contains(r.Unread[o.ID], "tags") && !cmp.Equal(o.Tags, now.Tags) {
			t.Fatalf("unread of %+v became %+v", o, now)
		}
	}
	datastores := map[string]inventory.Datastore{}
	for _, d := range updated.Datastores {
		datastores[d.ID] = d
	}
	for _, o := range old.Datastores {
		now := datastores[o.ID]
		was, is := ids(old, o.Hosts), ids(updated, now.Hosts)
		if slices.ContainsFunc(was, func(id string) bool { return hosts[id].ID == "" }) {
			continue // one of them was added again
		}
		dark := r.Outside[o.ID] || r.Hidden[o.ID]
		if dark && r.Outside[o.ID] {
			// A host of the scope does not mount it any more, otherwise it would lie in the scope. What one host is left of is
			// not local, as anywhere.
			if len(is) == 1 && len(was) > 1 && o.Local == nil {
				o.Local = now.Local
			}
			was = slices.DeleteFunc(was, func(id string) bool { return seen[id] && !slices.Contains(is, id) })
		}
		same := slices.Equal(was, is)
		o.Hosts, now.Hosts = nil, nil
		if dark && (!same || o.State != inventory.Gone && !cmp.Equal(o, now)) {
			t.Fatalf("%+v on %v became %+v on %v", o, was, now, is)
		}
		unread := r.Unread[o.ID]
		if slices.Contains(unread, "hosts") && len(was) > 0 && !same || slices.Contains(unread, "url") && o.URL != "" && o.URL != now.URL ||
			slices.Contains(unread, "path") && o.Path != "" && o.Path != now.Path || slices.Contains(unread, "tags") && o.Tags != nil && !cmp.Equal(o.Tags, now.Tags) {
			t.Fatalf("unread %v of %+v on %v became %+v on %v", unread, o, was, now, is)
		}
	}
}

// byHand gives an inventory as a person would write it, with ordinals to tell what became of which; or false where names do not do.
func byHand(inv inventory.Inventory) (inventory.Inventory, bool) {
	hand := inventory.Inventory{Hosts: slices.Clone(inv.Hosts), Datastores: slices.Clone(inv.Datastores)}
	for i := range hand.Hosts {
		hand.Hosts[i] = inventory.Host{Name: hand.Hosts[i].Name}
	}
	for i, d := range hand.Datastores {
		hand.Datastores[i] = inventory.Datastore{Name: d.Name, Ordinal: d.Ordinal, Hosts: d.Hosts}
	}
	_, diags := inventory.Parse(inventory.Format(hand), diag.Where{})
	return hand, !diags.HasErrors()
}

// comments holds that each comment stays at its entry. Datastores are told apart by their ordinals, which the text with the comments
// does not have.
func comments(t *rapid.T, old, updated inventory.Inventory) {
	plain := old
	plain.Datastores = slices.Clone(old.Datastores)
	for i := range plain.Datastores {
		plain.Datastores[i].Ordinal = 0
	}
	plain, diags := inventory.Parse(inventory.Format(plain), diag.Where{})
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	lines := strings.Split(inventory.Format(plain), "\n")
	section, n := "", 0
	for i, line := range lines {
		if !strings.HasPrefix(line, "- ") {
			section, n = line, 0
			continue
		}
		switch section {
		case "hosts:":
			lines[i] += " # host " + plain.Hosts[n].Name
		case "datastores:":
			for _, d := range old.Datastores {
				o := d.Ordinal
				if d.Ordinal = 0; cmp.Equal(d, plain.Datastores[n]) {
					lines[i] += fmt.Sprintf(" # ordinal: %d,", o)
				}
			}
		}
		n++
	}
	earlier := strings.Join(lines, "\n")
	got := inventory.FormatLike(updated, earlier)
	hosts := 0
	for line := range strings.Lines(got) {
		entry, comment, ok := strings.Cut(line, " # ")
		switch {
		case !ok:
		case strings.HasPrefix(comment, "host "):
			hosts++
		case !strings.Contains(strings.ReplaceAll(entry, "}", ","), strings.TrimSpace(comment)):
			t.Fatalf("a comment stands at another datastore: %s\nearlier:\n%s\nnow:\n%s", line, earlier, got)
		}
	}
	if n := strings.Count(got, " # ordinal: "); n != len(old.Datastores) || hosts != len(old.Hosts) {
		t.Fatalf("%d of %d comments of datastores and %d of %d of hosts are left\nearlier:\n%s\nnow:\n%s", n, len(old.Datastores), hosts, len(old.Hosts), earlier, got)
	}
}
