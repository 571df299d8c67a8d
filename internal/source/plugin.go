// SPDX-License-Identifier: Apache-2.0

package source

import (
	"bytes"
	"io"
	"os"

	"sigs.k8s.io/kustomize/kyaml/kio"
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
		diags.Errorf(diag.InvalidYAML, at, "is not YAML: %s", err)
		return PluginInput{}, diags, nil
	}
	read := func(text []byte) ([]*yaml.RNode, error) {
		return (&kio.ByteReader{Reader: bytes.NewReader(text), OmitReaderAnnotations: true, DisableUnwrapping: true}).Read()
	}
	if docs, err := read(text); err == nil && len(docs) > 1 {
		diags.Errorf(diag.InvalidYAML, at, "has more than one YAML document").WithHint("list each ClusterSpread by itself")
		return PluginInput{}, diags, nil
	}
	items, err := read(in)
	if err != nil {
		diags.Errorf(diag.InvalidYAML, diag.Where{}, "the resources on stdin are not YAML: %s", err)
		return PluginInput{}, diags, nil
	}
	return PluginInput{Config: config, Items: items}, diags, nil
}
