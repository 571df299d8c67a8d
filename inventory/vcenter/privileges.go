// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/types"
)

// needed are the privileges on the root folder that let all of an inventory be read: those of Read-only, and
// the one for storage policies. Tags are visible to those who see their objects.
var needed = []string{"System.View", "System.Read", "StorageProfile.View"}

// MissingPrivileges lists what the user lacks on the whole vCenter. A user with privileges on a part of it reads
// that part; the rest is gaps, or not there.
func (s *Session) MissingPrivileges(ctx context.Context) ([]string, error) {
	var missing []string
	err := s.read(ctx, func(string) {}, func() error {
		missing = nil
		user, err := s.manager.UserSession(ctx)
		if err != nil {
			return err
		}
		if user == nil {
			return errExpired
		}
		res, err := methods.HasPrivilegeOnEntities(ctx, s.vim, &types.HasPrivilegeOnEntities{
			This: *s.vim.ServiceContent.AuthorizationManager, Entity: []types.ManagedObjectReference{s.vim.ServiceContent.RootFolder},
			SessionId: user.Key, PrivId: needed,
		})
		if err != nil {
			if f := faultOf(err); f != nil {
				switch f.BaseMethodFault.(type) {
				case *types.NoPermission, *types.ManagedObjectNotFound:
					// Who may not even see the root folder has none of them.
					missing = needed
					return nil
				}
			}
			return err
		}
		granted := map[string]bool{}
		for _, entity := range res.Returnval {
			for _, p := range entity.PrivAvailability {
				granted[p.PrivId] = p.IsGranted
			}
		}
		missing = slices.DeleteFunc(slices.Clone(needed), func(p string) bool { return granted[p] })
		return nil
	})
	return missing, s.explain(err)
}
