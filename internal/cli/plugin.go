// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/output"
	"github.com/vspread/vspread/internal/source"
)

func newPlugin(s Streams) *cobra.Command {
	c := &cobra.Command{
		Use:   "plugin",
		Short: "Be kustomize's exec plugin for ClusterSpread",
		Args:  cobra.NoArgs,
		RunE:  func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(newPluginInstall(s), newPluginRun(s))
	return c
}

func newPluginInstall(s Streams) *cobra.Command {
	var duplicate bool
	c := &cobra.Command{
		Use:   "install",
		Short: "Put this program where kustomize looks for the plugin",
		Long: `install links this program into kustomize's plugin directory: $KUSTOMIZE_PLUGIN_HOME, else
$XDG_CONFIG_HOME/kustomize/plugin, else ~/.config/kustomize/plugin. Then

  kustomize build --enable-alpha-plugins DIR
  kubectl kustomize --enable-alpha-plugins DIR

run every ClusterSpread that a kustomization lists under transformers.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			home, err := pluginHome()
			if err != nil {
				return err
			}
			target := filepath.Join(home, "vspread.dev", "v1alpha1", "clusterspread", "ClusterSpread")
			if err := installPlugin(target, duplicate); err != nil {
				return err
			}
			_, err = fmt.Fprintln(s.Out, diag.Exact(target))
			return err
		},
	}
	c.Flags().BoolVar(&duplicate, "copy", false, "copy the program instead of linking to it")
	return c
}

func pluginHome() (string, error) {
	if home := os.Getenv("KUSTOMIZE_PLUGIN_HOME"); home != "" {
		return home, nil
	}
	if config := os.Getenv("XDG_CONFIG_HOME"); config != "" {
		return filepath.Join(config, "kustomize", "plugin"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the plugin directory: %w; set KUSTOMIZE_PLUGIN_HOME", err)
	}
	return filepath.Join(home, ".config", "kustomize", "plugin"), nil
}

func installPlugin(target string, duplicate bool) error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	if self, err = filepath.EvalSymlinks(self); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	if err := os.Remove(target); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if !duplicate {
		return os.Symlink(self, target)
	}
	content, err := os.ReadFile(self)
	if err != nil {
		return err
	}
	return os.WriteFile(target, content, 0o755)
}

// newPluginRun is what kustomize calls: the configuration's file as the argument, resources on stdin
// and stdout as plain YAML.
func newPluginRun(s Streams) *cobra.Command {
	return &cobra.Command{
		Use:         "run CONFIG",
		Short:       "Run as kustomize's exec plugin",
		Hidden:      true,
		Args:        cobra.MinimumNArgs(1),
		Annotations: runByTool,
		RunE: func(_ *cobra.Command, args []string) error {
			input, diags, err := source.ForPlugin(args[0], s.In)
			if err != nil {
				return err
			}
			if err := report(s, diags); err != nil {
				return err
			}
			out := fn.Render(input.Items, input.Config)
			if err := report(s, out.Diags); err != nil {
				return err
			}
			return output.Stream(s.Out, out.Items, out.Added, out.Last...)
		},
	}
}
