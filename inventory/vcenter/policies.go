// SPDX-License-Identifier: Apache-2.0

package vcenter

import (
	"context"
	"slices"

	"github.com/vmware/govmomi/pbm"
	pbmtypes "github.com/vmware/govmomi/pbm/types"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
)

// storagePolicies reads the policies for virtual machines, and which of the datastores satisfy each: one request
// for a policy. Without the right to, those that are remembered are out of sight.
func (s *Session) storagePolicies(ctx context.Context, t *tree, chosen *selection, remembered []inventory.StoragePolicy) ([]inventory.StoragePolicy, error) {
	c, err := s.policies(ctx)
	if err == nil {
		var out []inventory.StoragePolicy
		if out, err = readPolicies(ctx, c, t, chosen); err == nil {
			return out, nil
		}
	}
	if f := faultOf(err); f != nil {
		switch f.BaseMethodFault.(type) {
		case *types.NoPermission:
			t.gaps = append(t.gaps, "storage policies: the privilege StorageProfile.View is missing")
			for _, p := range remembered {
				t.hidden[p.ID] = true
			}
			return nil, nil
		}
	}
	return nil, err
}

func readPolicies(ctx context.Context, c *pbm.Client, t *tree, chosen *selection) ([]inventory.StoragePolicy, error) {
	storage := pbmtypes.PbmProfileResourceType{ResourceType: string(pbmtypes.PbmProfileResourceTypeEnumSTORAGE)}
	ids, err := c.QueryProfile(ctx, storage, string(pbmtypes.PbmProfileCategoryEnumREQUIREMENT))
	if err != nil || len(ids) == 0 {
		return nil, err
	}
	profiles, err := c.RetrieveContent(ctx, ids)
	if err != nil {
		return nil, err
	}
	unique := make([]string, len(profiles))
	for i, p := range profiles {
		if p == nil {
			return nil, errNonsense
		}
		unique[i] = p.GetPbmProfile().ProfileId.UniqueId
	}
	satisfied, err := each(ctx, unique, func(ctx context.Context, id string) (*pbm.PlacementCompatibilityResult, error) {
		res, err := c.CheckRequirements(ctx, nil, nil, []pbmtypes.BasePbmPlacementRequirement{
			&pbmtypes.PbmPlacementCapabilityProfileRequirement{ProfileId: pbmtypes.PbmProfileId{UniqueId: id}},
		})
		return &res, err
	})
	if err != nil {
		return nil, err
	}
	var out []inventory.StoragePolicy
	for _, p := range profiles {
		profile := p.GetPbmProfile()
		policy := inventory.StoragePolicy{Name: profile.Name, ID: profile.ProfileId.UniqueId}
		for _, hub := range satisfied[policy.ID].CompatibleDatastores() {
			ref := types.ManagedObjectReference{Type: hub.HubType, Value: hub.HubId}
			if n := t.nodes[ref]; n != nil && chosen.within[ref] {
				policy.Datastores = append(policy.Datastores, t.spelled(n))
			}
		}
		slices.Sort(policy.Datastores)
		policy.Datastores = slices.Compact(policy.Datastores)
		out = append(out, policy)
	}
	return out, nil
}
