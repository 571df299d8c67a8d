// SPDX-License-Identifier: Apache-2.0

package source

import (
	"io"
	"os"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
)

// PluginInput is what kustomize gives an exec plugin: its configuration, and resources without notes.
type PluginInput struct {
	Config *yaml.RNode
	Items  []*yaml.RNode
}

// ForPlugin reads the configuration from a file and the resources, plain YAML, from a stream.
func ForPlugin(name string, stdin io.Reader) (PluginInput, diag.List, error) {
	var diags diag.List
	in, err := codec.ReadAll(stdin)
	if err != nil {
		return PluginInput{}, diags, err
	}
	text, err := os.ReadFile(name)
	if err != nil {
		return PluginInput{}, diags, err
	}
	if len(in) > codec.MaxInput {
		codec.TooLarge(&diags, "")
		return PluginInput{}, diags, nil
	}
	at := diag.At(diag.Ref{File: name}, "")
	config, err := yaml.Parse(string(text))
	if err != nil {
		m := codec.FindMistake(string(text), err)
		diags.Append(notYAML(text, at, &m))
		return PluginInput{}, diags, nil
	}
	if docs, mistake := documents(text); mistake == nil && len(docs) > 1 {
		diags.Errorf(diag.InvalidYAML, at, "has more than one YAML document").WithHint("list each ClusterSpread by itself")
		return PluginInput{}, diags, nil
	}
	items, mistake := documents(in)
	if mistake != nil {
		diags.Append(notYAML(in, diag.Where{}, mistake))
		return PluginInput{}, diags, nil
	}
	return PluginInput{Config: config, Items: items}, diags, nil
}
