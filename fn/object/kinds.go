// SPDX-License-Identifier: Apache-2.0

package object

import (
	"strings"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// IsSpread recognises a ClusterSpread.
func (o *Object) IsSpread() bool {
	return o.Group() == v1alpha1.Group && o.Ref.Kind == v1alpha1.ClusterSpreadKind
}

// IsInventory recognises the ConfigMap of an inventory.
func (o *Object) IsInventory() bool {
	return o.Ref.APIVersion == "v1" && o.Ref.Kind == "ConfigMap" && tree.String(o.Node, "metadata", "labels", inventory.Label) == "true"
}

// IsRead tells whether an object is of the kinds that an expansion reads. All others pass through unseen.
func (o *Object) IsRead() bool {
	return o.Group() == CoreGroup || strings.HasSuffix(o.Group(), "."+CoreGroup) ||
		o.IsInventory() || o.IsSpread() || o.Owner() != ""
}

// OtherCluster gives an object of kind Cluster that is not Cluster API's, or nil: other projects have one as well.
func OtherCluster(all []*Object) *Object {
	for _, o := range all {
		if o.Ref.Kind == "Cluster" && o.Group() != CoreGroup {
			return o
		}
	}
	return nil
}
