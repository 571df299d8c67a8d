// SPDX-License-Identifier: Apache-2.0

package site

import (
	"strings"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/convert"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
)

// capvVersion is what the spec says, else the version of the VSphere objects in the input: they were written for the CAPV
// that will get ours.
func capvVersion(objects *object.Set, wanted v1alpha1.InfrastructureVersion, at diag.Where, diags *diag.List) v1alpha1.InfrastructureVersion {
	if wanted != "" {
		return wanted
	}
	var first *object.Object
	for _, o := range objects.Firsts(object.InfrastructureGroup) {
		switch {
		case !strings.HasPrefix(o.Ref.Kind, "VSphere"): // another provider's
		case IsRetired(o): // it says nothing about the CAPV that gets ours
		case first == nil:
			first = o
		case o.Version() != first.Version():
			diags.Errorf(diag.MixedAPIVersions, at, "%s is %s and %s is %s", first.Ref, first.Version(), o.Ref, o.Version()).
				WithHint("choose one: %s for CAPV 1.16 and newer, %s for older ones", v1alpha1.InfrastructureV1Beta2, v1alpha1.InfrastructureV1Beta1)
			return v1alpha1.InfrastructureV1Beta2
		}
	}
	if first != nil {
		switch v := v1alpha1.InfrastructureVersion(first.Version()); v {
		case v1alpha1.InfrastructureV1Beta1, v1alpha1.InfrastructureV1Beta2:
			return v
		}
		diags.Errorf(diag.UnsupportedVersion, diag.At(first.Ref, "apiVersion"), "%s is not served by any supported CAPV", first.Ref.APIVersion).
			WithHint("migrate the object to v1beta1 or v1beta2, or write apiVersions: {infrastructure: v1beta2} in the ClusterSpread")
	}
	return v1alpha1.InfrastructureV1Beta2
}

// IsRetired recognises versions of Cluster API's and CAPV's own kinds that nobody serves any more. Other
// providers of its groups count their versions by themselves.
func IsRetired(o *object.Object) bool {
	own := o.Group() == object.CoreGroup || strings.HasPrefix(o.Ref.Kind, "VSphere") || strings.HasPrefix(o.Ref.Kind, "Kubeadm")
	return own && convert.IsRetired(o.Version())
}

// warnRetired reports those of some objects, or nils, that no cluster takes any more.
func warnRetired(diags *diag.List, objects ...*object.Object) {
	for _, o := range objects {
		if o == nil || !IsRetired(o) {
			continue
		}
		diags.Warnf(diag.UnsupportedVersion, diag.At(o.Ref, "apiVersion"), "%s is served by no supported release; the object is written as it is", o.Ref.APIVersion).
			WithHint("migrate it to v1beta1 or v1beta2")
	}
}
