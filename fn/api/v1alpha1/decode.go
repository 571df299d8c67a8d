// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// localConfig is the annotation of objects that are applied nowhere.
const localConfig = "config.kubernetes.io/local-config"

// object is the whole of a ClusterSpread as far as it is decoded strictly.
type object struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Spec       ClusterSpreadSpec `json:"spec"`
}

// Decode reads a ClusterSpread strictly, with defaults set and everything validated. With errors the
// result must not be used.
func Decode(node *yaml.Node, ref diag.Ref) (*ClusterSpread, diag.List) {
	var diags diag.List
	at := diag.At(ref, "")
	if v := tree.String(node, "apiVersion"); v != APIVersion {
		diags.Errorf(diag.UnsupportedVersion, at.Dot("apiVersion"), "%q is not known", v).
			WithHint("this vspread reads %s", APIVersion)
		return nil, diags
	}
	// metadata may hold whatever Kubernetes allows there; the rest is read strictly.
	rest := &yaml.Node{Kind: yaml.MappingNode}
	for i := 0; i+1 < len(node.Content); i += 2 {
		if key := node.Content[i]; key.Value != "metadata" {
			rest.Content = append(rest.Content, key, node.Content[i+1])
		}
	}
	var o object
	meant := map[string]bool{}
	for _, p := range codec.Decode(rest, "", &o) {
		meant[p.Meant] = true
		if p.Code == diag.WrongType && strings.HasSuffix(p.Path, ".version") && p.Value != "" {
			p.Hint = versionHint // in quotes, it would still be none
		}
		diags.Errorf(p.Code, at.Dot(p.Path), "%s", p.Message).Hint = p.Hint
	}
	spread := &ClusterSpread{Spec: o.Spec}
	spread.Name, spread.Namespace = tree.String(node, "metadata", "name"), tree.String(node, "metadata", "namespace")
	spread.Annotations = tree.Strings(node, "metadata", "annotations")
	if spread.Name == "" {
		diags.Errorf(diag.MissingField, at.Dot("metadata.name"), "is missing")
	}
	if spread.Annotations[localConfig] != "true" {
		diags.Warnf(diag.NotLocalConfig, at.Dot("metadata.annotations"), "lacks the annotation %s: \"true\"", localConfig).
			WithHint("add it, or a deployer may try to apply this object")
	}
	spread.Default()
	for _, d := range spread.Validate(at) {
		if d.Code != diag.MissingField || !meant[d.Field] { // it is there, misspelt
			diags.Append(d)
		}
	}
	return spread, diags
}

// options are the flat keys of a ConfigMap that is used as a short ClusterSpread.
var options = []string{"cluster", "inventory", "replicas", "template"}

// DecodeOptions reads a ConfigMap of options, as `kpt fn eval -- replicas=5` and a Kptfile's
// configMap make it: one worker group named md.
func DecodeOptions(data map[string]string, ref diag.Ref) (*ClusterSpread, diag.List) {
	var diags diag.List
	at := diag.At(ref, "data")
	group := WorkerGroup{Name: "md"}
	spread := &ClusterSpread{}
	spread.Name = ref.Name
	for _, key := range slices.Sorted(maps.Keys(data)) {
		value := data[key]
		switch key {
		case "cluster":
			spread.Spec.Cluster = value
		case "inventory":
			spread.Spec.Inventory = value
		case "template":
			group.Machine.Template = value
		case "replicas":
			n, err := strconv.Atoi(strings.TrimSpace(value))
			if err != nil {
				diags.Errorf(diag.WrongType, at.Dot(key), "must be a whole number, not the text %q", value)
			}
			if err == nil && (n < 0 || n > MaxReplicas) {
				diags.Errorf(diag.InvalidValue, at.Dot(key), "must be between 0 and %d, is %d", MaxReplicas, n)
			}
			group.Replicas = &n
		default:
			diags.Errorf(diag.UnknownField, at.Dot(key), "unknown option %q", key).DidYouMean(key, options, "known are")
		}
	}
	if group.Replicas == nil && len(diags) == 0 {
		diags.Errorf(diag.MissingField, at.Dot("replicas"), "is missing").
			WithHint("say how many workers there are in all, for example replicas: \"5\"")
	}
	if diags.HasErrors() {
		return nil, diags
	}
	spread.Spec.Workers = []WorkerGroup{group}
	spread.Default()
	return spread, diags
}
