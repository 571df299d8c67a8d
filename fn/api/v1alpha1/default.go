// SPDX-License-Identifier: Apache-2.0

package v1alpha1

// Default fills in what does not depend on other objects. It is idempotent.
func (s *ClusterSpread) Default() {
	if s.Spec.APIVersions.Core == "" {
		s.Spec.APIVersions.Core = CoreV1Beta2
	}
	if s.Spec.References == "" {
		s.Spec.References = ReferencesPaths
	}
	if h := s.Spec.HealthCheck; h != nil {
		if h.UnhealthyAfterSeconds == nil {
			h.UnhealthyAfterSeconds = ptr(300)
		}
		if h.NodeStartupTimeoutSeconds == nil {
			h.NodeStartupTimeoutSeconds = ptr(600)
		}
	}
	if s.Spec.Storage != nil && s.Spec.Storage.Delivery == "" {
		s.Spec.Storage.Delivery = DeliveryClusterResourceSet
	}
	s.Spec.Capacity.setDefaults()
}

func ptr[T any](v T) *T { return &v }
