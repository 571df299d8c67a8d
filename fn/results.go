// SPDX-License-Identifier: Apache-2.0

package fn

import (
	sdk "github.com/kptdev/krm-functions-sdk/go/fn"

	"github.com/vspread/vspread/internal/diag"
)

// results writes diagnostics in the form of KRM functions. They depend on the input alone and are
// sorted: newer kpt commits them to git.
func results(diags diag.List) sdk.Results {
	var out sdk.Results
	for _, d := range diags {
		r := &sdk.Result{
			Message:  d.Text(),
			Severity: sdk.Severity(d.Severity.String()),
			Tags:     map[string]string{"code": string(d.Code)},
		}
		if o := d.Object; o.Name != "" {
			r.ResourceRef = &sdk.ResourceRef{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
			if d.Field != "" {
				r.Field = &sdk.Field{Path: d.Field}
			}
		}
		if d.Object.File != "" {
			r.File = &sdk.File{Path: d.Object.File}
		}
		out = append(out, r)
	}
	return out
}
