// SPDX-License-Identifier: Apache-2.0

package workers

import (
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/internal/diag"
)

// draft is the machine of a pool while it is filled in.
type draft struct {
	spec    *yaml.Node
	sources sources
	pool    pool
	// at is the worker group.
	at      diag.Where
	vsphere *site.VSphere
	// keepsThumbprint tells that the seed's thumbprint is the only one that there is.
	keepsThumbprint bool
	// said are warnings that are true of several pools of the group.
	said  map[string]bool
	diags *diag.List
}
