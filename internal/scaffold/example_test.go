// SPDX-License-Identifier: Apache-2.0

package scaffold_test

import (
	"fmt"
	"maps"
	"slices"

	"github.com/vspread/vspread/internal/scaffold"
)

// Values go in, files come out: here those of a repository for kpt, with the manifests in a directory of their own.
func ExampleFiles() {
	files, err := scaffold.Files(scaffold.Values{
		Cluster: "apple", Inventory: "123", Tool: "kpt", CI: "gitlab", Path: "clusters/apple", Version: "v1.2.3", Ref: "v1.2.3",
		Pools: scaffold.Pools{Replicas: 5}, Shared: "iscsi-ds-0", Resources: []string{"cluster.yaml", "inventory.yaml"},
	})
	if err != nil {
		fmt.Println(err)
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Println(name)
	}
	fmt.Print("\n", string(files["spread.yaml"]))
	// Output:
	// ../../.gitlab-ci.yml
	// .krmignore
	// Kptfile
	// spread.yaml
	//
	// apiVersion: vspread.dev/v1alpha1
	// kind: ClusterSpread
	// metadata:
	//   name: apple
	//   annotations:
	//     config.kubernetes.io/local-config: "true"
	// spec:
	//   cluster: apple
	//   inventory: "123"
	//   workers:
	//   - name: md
	//     replicas: 5
	//   storage:
	//     datastore: iscsi-ds-0
}
