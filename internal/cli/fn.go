// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"github.com/spf13/cobra"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/internal/codec"
)

// functionConfig and functionExamples are also what the image says of itself, for `kpt fn doc`.
const (
	functionConfig = `The functionConfig is one of
  ClusterSpread, vspread.dev/v1alpha1  how many workers, of what shape (vspread explain ClusterSpread)
  ConfigMap                            the keys replicas and, where the input leaves a choice, cluster, inventory, template
  ConfigMap                            the inventory itself: each MachineDeployment of the Cluster is spread
  nothing                              then every ClusterSpread among the items counts
Among the items are the Cluster and the inventory, and best the control plane with its VSphereMachineTemplate.`
	functionExamples = `  # Kptfile, then kpt fn render --allow-exec; or image: ghcr.io/vspread/vspread:VERSION without the flag
  pipeline:
    mutators:
    - exec: vspread
      configPath: spread.yaml

  # kustomization.yaml, then kustomize build --enable-alpha-plugins --enable-exec
  transformers:
  - spread.yaml
  - guard`
)

func newFn(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:   "fn",
		Short: "Run as a KRM function: a ResourceList on stdin, one on stdout",
		Long: `fn is a KRM function for kustomize and kpt, a transformer: it reads a ResourceList from its standard input
and writes it with the workers' objects added, changed and removed, and with what there is to say as results.
It reads nothing else: no files, no network, no environment. With an error it changes nothing.

` + functionConfig,
		Example:     functionExamples,
		Args:        cobra.NoArgs,
		Annotations: runByTool,
		RunE: func(c *cobra.Command, _ []string) error {
			if isTerminal(s.In) {
				return c.Root().Help()
			}
			in, err := codec.ReadAll(s.In)
			if err != nil {
				return err
			}
			diags, err := fn.Stream(in, s.Out)
			if err := report(s, diags); err != nil {
				return err
			}
			return err
		},
	}
}
