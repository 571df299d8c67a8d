// SPDX-License-Identifier: Apache-2.0

package site

import (
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/tree"
)

// Surge tells how many machines more than wanted Cluster API makes at most while those of a MachineDeployment or a
// KubeadmControlPlane, in the form of any version, are replaced: maxSurge, a percentage of which is rounded up. Of few machines
// there are no more new ones than these.
func Surge(o *yaml.Node, machines int) int {
	strategy := tree.Get(o, "spec", "rollout", "strategy")
	for _, field := range []string{"strategy", "rolloutStrategy"} { // v1beta1
		if strategy == nil {
			strategy = tree.Get(o, "spec", field)
		}
	}
	if t := tree.String(strategy, "type"); t != "" && t != "RollingUpdate" {
		return 0
	}
	said := tree.Get(strategy, "rollingUpdate", "maxSurge")
	if said == nil {
		return min(1, machines)
	}
	if percent, ok := strings.CutSuffix(said.Value, "%"); ok {
		n, err := strconv.Atoi(percent)
		if err != nil || n < 0 || n > 100 {
			return min(1, machines)
		}
		return (machines*n + 99) / 100
	}
	n, err := strconv.Atoi(said.Value)
	if err != nil || n < 0 {
		return min(1, machines)
	}
	return min(n, machines)
}
