// SPDX-License-Identifier: Apache-2.0

package source

import (
	"io"

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
	text, err := ReadFile(name)
	if err != nil {
		return PluginInput{}, diags, err
	}
	if len(in) > codec.MaxInput {
		codec.TooLarge(&diags, "")
		return PluginInput{}, diags, nil
	}
	if diags := refuseLarge(name, text); diags.HasErrors() {
		return PluginInput{}, diags, nil
	}
	at := diag.At(diag.Ref{File: name}, "")
	var budget codec.Budget
	configs, mistake := documents(text, &budget)
	switch {
	case mistake != nil:
		diags.Append(notYAML(text, at, mistake))
		return PluginInput{}, diags, nil
	case len(configs) > 1:
		diags.Errorf(diag.InvalidYAML, at, "has more than one YAML document").WithHint("list each ClusterSpread by itself")
		return PluginInput{}, diags, nil
	case len(configs) == 0:
		diags.Errorf(diag.InvalidYAML, at, "is empty").WithHint("it is the ClusterSpread that kustomize passes on")
		return PluginInput{}, diags, nil
	}
	items, mistake := documents(in, &budget)
	if mistake != nil {
		diags.Append(notYAML(in, diag.Where{}, mistake))
		return PluginInput{}, diags, nil
	}
	return PluginInput{Config: configs[0], Items: items}, diags, nil
}
