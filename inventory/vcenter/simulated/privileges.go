// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"slices"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/soap"
	"github.com/vmware/govmomi/vim25/types"
)

// authorization answers for a user that lacks some privileges. The simulator's user has them all.
type authorization struct {
	*simulator.AuthorizationManager
	denied []string
}

// HasPrivilegeOnEntities overrides the simulator's.
func (a *authorization) HasPrivilegeOnEntities(req *types.HasPrivilegeOnEntities) soap.HasFault {
	res := &types.HasPrivilegeOnEntitiesResponse{}
	for _, e := range req.Entity {
		entity := types.EntityPrivilege{Entity: e}
		for _, id := range req.PrivId {
			entity.PrivAvailability = append(entity.PrivAvailability, types.PrivilegeAvailability{PrivId: id, IsGranted: !slices.Contains(a.denied, id)})
		}
		res.Returnval = append(res.Returnval, entity)
	}
	return &methods.HasPrivilegeOnEntitiesBody{Res: res}
}

// Deny lets the user lack these privileges and no others, as far as it asks for them; what it may read, Show says.
func (l *Lab) Deny(privileges ...string) {
	reg := l.Model.Map()
	for _, o := range reg.AllReference("AuthorizationManager") {
		switch m := o.(type) {
		case *simulator.AuthorizationManager:
			reg.Put(&authorization{m, privileges})
		case *authorization:
			reg.Put(&authorization{m.AuthorizationManager, privileges})
		}
	}
}
