// SPDX-License-Identifier: Apache-2.0

package site

import (
	"strconv"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// NotLocal says why a datastore is no pool.
func NotLocal(d inventory.Datastore) string {
	switch {
	case d.Local != nil && !*d.Local:
		return "the inventory says local: false"
	case len(d.Hosts) == 0:
		return "no host mounts it"
	case len(d.Hosts) > 1:
		return strconv.Itoa(len(d.Hosts)) + " hosts mount it"
	case d.IsLocal():
		return "it is for volumes"
	}
	return "its type is " + d.Type
}

// DescribeDatastores lists the datastores of the inventory, each with what keeps it from being a pool.
func (v *VSphere) DescribeDatastores() string {
	if len(v.Inventory.Datastores) == 0 {
		return "the inventory has no datastores"
	}
	var words []string
	for _, d := range v.Inventory.Datastores {
		words = append(words, d.Name+": "+NotLocal(d))
	}
	return diag.Choices(words)
}

// DatastoreNames gives the names of datastores.
func DatastoreNames(datastores []inventory.Datastore) []string {
	var out []string
	for _, d := range datastores {
		out = append(out, d.Name)
	}
	return out
}
