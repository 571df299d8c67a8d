// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"context"
	"slices"
	"strings"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// needed are the privileges on the root folder that let all of an inventory be read: those of Read-only, and
// the one for storage policies. Tags are visible to those who see their objects.
var needed = []string{"System.View", "System.Read", "StorageProfile.View"}

// missingPrivileges lists what the user lacks on the root folder.
func (s *Session) missingPrivileges(ctx context.Context) ([]string, error) {
	var user *types.UserSession
	var err error
	if !survives(func() { user, err = s.manager.UserSession(ctx) }) {
		return nil, errNonsense
	}
	if err != nil {
		return nil, err
	}
	if user == nil {
		return nil, errExpired
	}
	res, err := methods.HasPrivilegeOnEntities(ctx, s.vim, &types.HasPrivilegeOnEntities{
		This: *s.vim.ServiceContent.AuthorizationManager, Entity: []types.ManagedObjectReference{s.vim.ServiceContent.RootFolder},
		SessionId: user.Key, PrivId: needed,
	})
	if isRefusal(err) {
		// Who may not even see the root folder has none of them.
		return needed, nil
	}
	if err != nil {
		return nil, err
	}
	granted := map[string]bool{}
	for _, entity := range res.Returnval {
		for _, p := range entity.PrivAvailability {
			granted[p.PrivId] = p.IsGranted
		}
	}
	return slices.DeleteFunc(slices.Clone(needed), func(p string) bool { return granted[p] }), nil
}

// isRefusal tells whether an error means that an object is not there for this user.
func isRefusal(err error) bool {
	f := faultOf(err)
	if f == nil {
		return false
	}
	switch f.BaseMethodFault.(type) {
	case *types.NoPermission, *types.ManagedObjectNotFound:
		return true
	}
	return false
}

// rights notes what the user lacks on the whole vCenter. Who may not see all of it does not know what is gone.
func (s *Session) rights(ctx context.Context, t *tree) error {
	missing, err := s.missingPrivileges(ctx)
	if err != nil || len(missing) == 0 {
		return err
	}
	t.limited = t.limited || slices.ContainsFunc(missing, func(p string) bool { return strings.HasPrefix(p, "System.") })
	t.gaps = append(t.gaps, "the user lacks "+strings.Join(missing, ", ")+" on the root of the vCenter")
	return nil
}
