// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
)

// tagBatch is how many objects vCenter takes in one question for tags.
const tagBatch = 2000

// attached are the tags of objects by category.
type attached struct {
	tags map[types.ManagedObjectReference]inventory.Tags
	// unread are the objects whose tags could not all be read.
	unread map[types.ManagedObjectReference]bool
}

// tagsOf reads the tags of objects: one request for each batch of objects, and one for each tag and category that is in use.
func (s *Session) tagsOf(ctx context.Context, t *tree, nodes []*node) (attached, error) {
	m := tags.NewManager(s.rest)
	out := attached{map[types.ManagedObjectReference]inventory.Tags{}, map[types.ManagedObjectReference]bool{}}
	on := map[types.ManagedObjectReference][]string{}
	for batch := range slices.Chunk(nodes, tagBatch) {
		refs := make([]mo.Reference, len(batch))
		for i, n := range batch {
			refs[i] = n.ref
		}
		answer, err := m.ListAttachedTagsOnObjects(ctx, refs)
		if answered(err, http.StatusForbidden) {
			t.gaps = append(t.gaps, "tags: the user may not read them")
			for _, n := range nodes {
				out.unread[n.ref] = true
			}
			return out, nil
		}
		if err != nil {
			return attached{}, err
		}
		for _, a := range answer {
			on[a.ObjectID.Reference()] = a.TagIDs
		}
	}

	var ids []string
	for _, a := range on {
		ids = append(ids, a...)
	}
	// Each of the two is a request, so that it is made once.
	found, err := each(ctx, ids, func(ctx context.Context, id string) (*tags.Tag, error) { return visible(m.GetTag(ctx, id)) })
	if err != nil {
		return attached{}, err
	}
	var categoryIDs []string
	for id, tag := range found {
		switch {
		case tag == nil:
			t.gaps = append(t.gaps, fmt.Sprintf("tag %s: the user may not read it", id))
		case tag.ID != "":
			categoryIDs = append(categoryIDs, tag.CategoryID)
		}
	}
	categories, err := each(ctx, categoryIDs, func(ctx context.Context, id string) (*tags.Category, error) { return visible(m.GetCategory(ctx, id)) })
	if err != nil {
		return attached{}, err
	}
	for id, c := range categories {
		if c == nil {
			t.gaps = append(t.gaps, fmt.Sprintf("tag category %s: the user may not read it", id))
		}
	}

	for ref, ids := range on {
		var pairs [][2]string
		for _, id := range ids {
			tag := found[id]
			switch {
			case tag == nil || tag.ID != "" && categories[tag.CategoryID] == nil:
				out.unread[ref] = true
			case tag.ID != "" && categories[tag.CategoryID].ID != "":
				pairs = append(pairs, [2]string{categories[tag.CategoryID].Name, tag.Name})
			}
		}
		out.tags[ref] = byCategory(pairs)
	}
	return out, nil
}

// visible turns the two refusals of a single object into values: nil is what the user may not read, and an empty one what was
// removed meanwhile.
func visible[T any](v *T, err error) (*T, error) {
	switch {
	case answered(err, http.StatusForbidden):
		return nil, nil
	case answered(err, http.StatusNotFound):
		return new(T), nil
	}
	return v, err
}

// byCategory makes a map of pairs of category and tag. An object may have several tags of a category: they are
// joined by commas, in order.
func byCategory(pairs [][2]string) inventory.Tags {
	if len(pairs) == 0 {
		return nil
	}
	slices.SortFunc(pairs, func(a, b [2]string) int { return cmp.Or(cmp.Compare(a[0], b[0]), cmp.Compare(a[1], b[1])) })
	out := inventory.Tags{}
	for _, p := range slices.Compact(pairs) {
		out[p[0]] = strings.TrimPrefix(out[p[0]]+","+p[1], ",")
	}
	return out
}

// answered tells whether an error is an answer with that status.
func answered(err error, code int) bool {
	var answer *status
	return errors.As(err, &answer) && answer.code == code
}
