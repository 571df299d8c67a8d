// SPDX-License-Identifier: Apache-2.0

package storage_test

import (
	"testing"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/storage"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// Where volumes live: what is named, else the only shared datastore with a url; with several, nobody knows.
func TestChoose(t *testing.T) {
	t.Parallel()
	const (
		hosts  = "hosts: [{name: a}, {name: b}]\ndatastores:\n- {name: ssd, hosts: [a]}\n"
		nas    = `- {name: nas, hosts: [a, b], type: NFS, url: "ds:///vmfs/volumes/nas/"}` + "\n"
		second = `- {name: nas2, hosts: [a, b], type: NFS, url: "ds:///vmfs/volumes/nas2/"}` + "\n"
		noURL  = "- {name: nas, hosts: [a, b], type: NFS}\n"
	)
	tests := map[string]struct {
		spec *v1alpha1.Storage
		inv  string
		// class and parameter are of the StorageClass; "" is none.
		class, parameter string
		code             diag.Code
		severity         diag.Severity
	}{
		"the only one":            {nil, hosts + nas, "nas", "ds:///vmfs/volumes/nas/", "", 0},
		"two and no choice":       {nil, hosts + nas + second, "", "", diag.SharedUndecided, diag.Warning},
		"two and a class asked":   {&v1alpha1.Storage{Class: "x"}, hosts + nas + second, "", "", diag.SharedUndecided, diag.Error},
		"named":                   {&v1alpha1.Storage{Datastore: "nas2", Class: "x"}, hosts + nas + second, "x", "ds:///vmfs/volumes/nas2/", "", 0},
		"policy":                  {&v1alpha1.Storage{Policy: "Gold Policy"}, hosts, "gold-policy", "Gold Policy", "", 0},
		"none":                    {nil, hosts, "", "", "", 0},
		"asked and none":          {&v1alpha1.Storage{Class: "x"}, hosts, "", "", diag.NotShared, diag.Error},
		"no url":                  {nil, hosts + noURL, "", "", diag.SharedUndecided, diag.Info},
		"named and it is local":   {&v1alpha1.Storage{Datastore: "ssd"}, hosts + nas, "ssd", "", diag.NotShared, diag.Error},
		"named and nothing is it": {&v1alpha1.Storage{Datastore: "nsa"}, hosts + nas, "", "", diag.UnknownDatastore, diag.Error},
	}
	for name, tt := range tests {
		inv, diags := inventory.Parse(tt.inv, diag.Where{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		choice, diags := storage.Choose(tt.spec, diag.At(diag.Ref{}, "spec.storage"), &inv, inv.HostNames())
		var class, parameter string
		for _, a := range choice.Classes(diag.Where{}) {
			class = tree.String(a.Node, "metadata", "name")
			for _, v := range tree.Strings(a.Node, "parameters") {
				parameter = v
			}
		}
		if class != tt.class || parameter != tt.parameter {
			t.Errorf("%s: StorageClass %q with %q", name, class, parameter)
		}
		if tt.code == "" && len(diags) > 0 || tt.code != "" && (len(diags) == 0 || diags[0].Code != tt.code || diags[0].Severity != tt.severity) {
			t.Errorf("%s: %v", name, diags)
		}
		for _, d := range inv.Datastores {
			if choice.Holds(d) != (class != "" && tt.spec != nil && tt.spec.Datastore == d.Name || name == "the only one" && d.Name == "nas") {
				t.Errorf("%s: %s holds volumes: %t", name, d.Name, choice.Holds(d))
			}
		}
	}
}
