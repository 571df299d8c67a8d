// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"regexp"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// pool is a Pool while it is compared.
type pool struct {
	Pool
	ref diag.Ref
	// datastore is nil where the inventory does not know it, folder and resourcePool are paths or nothing.
	datastore            *inventory.Datastore
	folder, resourcePool string
	// machineName and vmName are patterns of the names of its Machines and of their virtual machines.
	machineName, vmName string
}

func (p *pool) home() inventory.Object {
	return inventory.Object{Name: p.datastore.Name, Path: p.datastore.Path, ID: p.datastore.ID}
}

func (p *pool) label() string {
	if p.Namespace == "" {
		return p.Name
	}
	return p.Namespace + "/" + p.Name
}

// flag is what kubectl needs to find the pool's machines.
func (p *pool) flag() string {
	if p.Namespace == "" || p.Namespace == "default" {
		return ""
	}
	return "-n " + p.Namespace + " "
}

// isMachineName tells whether a virtual machine of the pool is called as its Machine.
func (p *pool) isMachineName(name string) bool {
	return p.machineName == p.vmName && matches(p.machineName, name)
}

// machineName is what Cluster API calls the machines of a MachineDeployment: its name and two times five
// random characters.
var machineName = regexp.MustCompile(`^(.+)-[a-z0-9]{5}-[a-z0-9]{5}$`)
