// SPDX-License-Identifier: Apache-2.0

// Package krm is the function for programs that are built with the kpt functions SDK. It takes a ResourceList of the SDK and changes it
// as `vspread fn` changes one. The program itself does not need the SDK, whose packages take longer to start than the function.
package krm

import (
	sdk "github.com/kptdev/krm-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
)

// Process is a processor for the SDK, such as sdk.AsMain takes. It reports success; what there is to say is in the list's results. With
// errors the items stay as they are.
func Process(rl *sdk.ResourceList) (bool, error) {
	items := make([]*yaml.RNode, len(rl.Items))
	for i, o := range rl.Items {
		items[i] = borrowed(o)
	}
	var config *yaml.RNode
	if rl.FunctionConfig != nil && !rl.FunctionConfig.IsEmpty() {
		config = borrowed(rl.FunctionConfig)
	}
	out := fn.Transform(items, config)
	rl.Items = make(sdk.KubeObjects, len(out.Items))
	for i, n := range out.Items {
		rl.Items[i] = sdk.MoveToKubeObject(yaml.NewRNode(n.YNode()))
	}
	for _, r := range fn.Results(out.Diags) {
		rl.Results = append(rl.Results, result(r))
	}
	return !out.Diags.HasErrors(), nil
}

// borrowed gives the node of an object, which keeps it: the SDK only moves or copies.
func borrowed(o *sdk.KubeObject) *yaml.RNode {
	n := o.MoveToResourceNode()
	*o = *sdk.MoveToKubeObject(yaml.NewRNode(n.YNode()))
	return n
}

func result(r fn.Result) *sdk.Result {
	out := &sdk.Result{Message: r.Message, Severity: sdk.Severity(r.Severity), Tags: r.Tags}
	if o := r.ResourceRef; o != nil {
		out.ResourceRef = &sdk.ResourceRef{APIVersion: o.APIVersion, Kind: o.Kind, Namespace: o.Namespace, Name: o.Name}
	}
	if r.Field != nil {
		out.Field = &sdk.Field{Path: r.Field.Path}
	}
	if r.File != nil {
		out.File = &sdk.File{Path: r.File.Path}
	}
	return out
}
