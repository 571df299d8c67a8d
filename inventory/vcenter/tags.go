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

// tagsOf reads the tags of objects by category: one request for each batch of objects, and one for each tag and
// category that is in use.
func (s *Session) tagsOf(ctx context.Context, t *tree, nodes []*node) (map[types.ManagedObjectReference]inventory.Tags, error) {
	m := tags.NewManager(s.rest)
	attached := map[types.ManagedObjectReference][]string{}
	for batch := range slices.Chunk(nodes, tagBatch) {
		refs := make([]mo.Reference, len(batch))
		for i, n := range batch {
			refs[i] = n.ref
		}
		answer, err := m.ListAttachedTagsOnObjects(ctx, refs)
		if forbidden(err) {
			t.gaps = append(t.gaps, "tags: the user may not read them")
			return nil, nil
		}
		if err != nil {
			return nil, err
		}
		for _, a := range answer {
			attached[a.ObjectID.Reference()] = a.TagIDs
		}
	}

	var ids []string
	for _, a := range attached {
		ids = append(ids, a...)
	}
	// Each of the two is a request, so that it is made once.
	found, err := each(ctx, ids, func(ctx context.Context, id string) (*tags.Tag, error) { return m.GetTag(ctx, id) })
	if err != nil {
		return nil, err
	}
	var categoryIDs []string
	for id, tag := range found {
		if tag == nil {
			t.gaps = append(t.gaps, fmt.Sprintf("tag %s: the user may not read it", id))
			continue
		}
		categoryIDs = append(categoryIDs, tag.CategoryID)
	}
	categories, err := each(ctx, categoryIDs, func(ctx context.Context, id string) (*tags.Category, error) { return m.GetCategory(ctx, id) })
	if err != nil {
		return nil, err
	}
	for id, c := range categories {
		if c == nil {
			t.gaps = append(t.gaps, fmt.Sprintf("tag category %s: the user may not read it", id))
		}
	}

	out := map[types.ManagedObjectReference]inventory.Tags{}
	for ref, ids := range attached {
		var pairs [][2]string
		for _, id := range ids {
			if tag := found[id]; tag != nil && categories[tag.CategoryID] != nil {
				pairs = append(pairs, [2]string{categories[tag.CategoryID].Name, tag.Name})
			}
		}
		out[ref] = byCategory(pairs)
	}
	return out, nil
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

// forbidden tells whether an object is not there for this user.
func forbidden(err error) bool {
	var answer *status
	return errors.As(err, &answer) && (answer.code == http.StatusForbidden || answer.code == http.StatusNotFound)
}
