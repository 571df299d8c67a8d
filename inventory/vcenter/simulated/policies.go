// SPDX-License-Identifier: Apache-2.0

package simulated

import (
	"slices"
	"time"

	pbm "github.com/vmware/govmomi/pbm/methods"
	pbmsimulator "github.com/vmware/govmomi/pbm/simulator"
	"github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/soap"
	vim "github.com/vmware/govmomi/vim25/types"
)

type policy struct {
	name, id   string
	datastores []vim.ManagedObjectReference
}

// solver tells which datastores satisfy a policy. The simulator's says: all of them, for every policy.
type solver struct {
	pbmsimulator.PlacementSolver
	compatible map[string][]vim.ManagedObjectReference
}

// PbmCheckRequirements overrides the simulator's. As vCenter does, it lists every datastore, those that do not
// satisfy the policy with an error.
func (s *solver) PbmCheckRequirements(ctx *simulator.Context, req *types.PbmCheckRequirements) soap.HasFault {
	body := &pbm.PbmCheckRequirementsBody{Res: &types.PbmCheckRequirementsResponse{}}
	for _, e := range ctx.For(vim25.Path).Map.All("Datastore") {
		ref := e.Reference()
		result := types.PbmPlacementCompatibilityResult{Hub: types.PbmPlacementHub{HubType: ref.Type, HubId: ref.Value}}
		for _, r := range req.PlacementSubjectRequirement {
			id, ok := r.(*types.PbmPlacementCapabilityProfileRequirement)
			if ok && !slices.Contains(s.compatible[id.ProfileId.UniqueId], ref) {
				result.Error = []vim.LocalizedMethodFault{{Fault: &types.PbmCompatibilityCheckFault{}}}
			}
		}
		body.Res.Returnval = append(body.Res.Returnval, result)
	}
	return body
}

// registerPolicies puts the lab's policies in the place of the simulator's, whose structures
// all its servers share and change.
func registerPolicies(service *simulator.Service, policies []policy) {
	own := pbmsimulator.New()
	content := own.Get(pbmInstance).(*pbmsimulator.ServiceInstance).Content
	manager := own.Get(content.ProfileManager).(*pbmsimulator.ProfileManager)
	resource := types.PbmProfileResourceType{ResourceType: string(types.PbmProfileResourceTypeEnumSTORAGE)}
	all := manager.PbmQueryProfile(&types.PbmQueryProfile{ResourceType: resource}).(*pbm.PbmQueryProfileBody)
	manager.PbmDelete(&types.PbmDelete{ProfileId: all.Res.Returnval})

	s := &solver{compatible: map[string][]vim.ManagedObjectReference{}}
	s.ManagedObjectReference = content.PlacementSolver
	ctx := &simulator.Context{Session: &simulator.Session{}}
	for _, p := range policies {
		created := manager.PbmCreate(ctx, &types.PbmCreate{CreateSpec: types.PbmCapabilityProfileCreateSpec{
			Name: p.name, Category: string(types.PbmProfileCategoryEnumREQUIREMENT), ResourceType: resource,
			Constraints: &types.PbmCapabilitySubProfileConstraints{},
		}}).(*pbm.PbmCreateBody)
		got := manager.PbmRetrieveContent(&types.PbmRetrieveContent{ProfileIds: []types.PbmProfileId{created.Res.Returnval}}).(*pbm.PbmRetrieveContentBody)
		// The simulator draws the id; ours are the same for each start.
		profile := got.Res.Returnval[0].GetPbmProfile()
		profile.ProfileId.UniqueId = p.id
		profile.CreationTime = time.Unix(0, 0).UTC()
		profile.LastUpdatedTime = profile.CreationTime
		s.compatible[p.id] = p.datastores
	}
	own.Put(s)
	// A second registration of the same path replaces the objects of the first.
	service.RegisterSDK(own)
}

var pbmInstance = vim.ManagedObjectReference{Type: "PbmServiceInstance", Value: "ServiceInstance"}
