// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import _ "embed"

//go:generate go run sigs.k8s.io/controller-tools/cmd/controller-gen@v0.23.0 crd:crdVersions=v1 paths=. output:crd:stdout

//go:embed clusterspread.yaml
var schema []byte

// Schema is the OpenAPI schema of ClusterSpread, in the form of a CustomResourceDefinition that editors
// and validators read. It is generated from the types and never installed in a cluster.
func Schema() []byte { return schema }
