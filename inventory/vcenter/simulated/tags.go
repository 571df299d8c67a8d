// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"context"
	"fmt"
	"net/url"

	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"
)

type tag struct {
	category, name string
	objects        []Ref
}

// Tag attaches a tag to objects.
func (b *Builder) Tag(category, name string, objects ...Ref) {
	b.tags = append(b.tags, tag{category, name, objects})
}

// attachTags makes the tags through the API, which is there only when the server runs.
func (b *Builder) attachTags(ctx context.Context, u *url.URL) error {
	if len(b.tags) == 0 {
		return nil
	}
	sc := soap.NewClient(u, true)
	defer sc.CloseIdleConnections()
	client := rest.NewClient(&vim25.Client{Client: sc})
	if err := client.Login(ctx, u.User); err != nil {
		return err
	}
	m := tags.NewManager(client)
	categories := map[string]string{}
	for i, t := range b.tags {
		if categories[t.category] == "" {
			c := &tags.Category{Name: t.category, Cardinality: "SINGLE",
				CategoryID: fmt.Sprintf("urn:vmomi:InventoryServiceCategory:%08d-0000-0000-0000-000000000000:GLOBAL", len(categories)+1)}
			id, err := m.CreateCategory(ctx, c)
			if err != nil {
				return err
			}
			categories[t.category] = id
		}
		id, err := m.CreateTag(ctx, &tags.Tag{Name: t.name, CategoryID: categories[t.category],
			TagID: fmt.Sprintf("urn:vmomi:InventoryServiceTag:%08d-0000-0000-0000-000000000000:GLOBAL", i+1)})
		if err != nil {
			return err
		}
		refs := make([]mo.Reference, len(t.objects))
		for i, o := range t.objects {
			refs[i] = o
		}
		if err := m.AttachTagToMultipleObjects(ctx, id, refs); err != nil {
			return err
		}
	}
	return client.Logout(ctx)
}
