// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"encoding/base64"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// provider is a manager of Cluster API's or CAPV's, with where its module keeps its manifests.
type provider struct {
	name     string
	program  string
	module   string
	crds     string
	webhooks string
	flags    []string
}

const (
	clusterAPI = "sigs.k8s.io/cluster-api"
	capv       = "sigs.k8s.io/cluster-api-provider-vsphere"
)

var providers = []provider{
	{"core", "cluster-api", clusterAPI, "config/crd/bases", "config/webhook/manifests.yaml", nil},
	{"bootstrap", "kubeadm-bootstrap", clusterAPI, "bootstrap/kubeadm/config/crd/bases", "bootstrap/kubeadm/config/webhook/manifests.yaml", nil},
	{"control-plane", "kubeadm-control-plane", clusterAPI, "controlplane/kubeadm/config/crd/bases", "controlplane/kubeadm/config/webhook/manifests.yaml", nil},
	{"vsphere", "cluster-api-provider-vsphere", capv, "config/default/crd/bases", "config/govmomi/webhook/manifests.yaml", nil},
}

// moduleDir is where the Go command keeps a module that the managers are built from.
func moduleDir(ctx context.Context, module string) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "-C", "managers", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("where is %s: %w", module, err)
	}
	return strings.TrimSpace(string(out)), nil
}

// endpoint is where a manager serves its webhooks.
type endpoint struct {
	port      int
	authority []byte
}

func (e endpoint) clientConfig(path any) map[string]any {
	return map[string]any{
		"url":      fmt.Sprintf("https://127.0.0.1:%d%s", e.port, path),
		"caBundle": base64.StdEncoding.EncodeToString(e.authority),
	}
}

// install brings a provider's CRDs and webhook configurations into a management cluster, as its release manifest
// would: with the contract's labels, and with where its webhooks are.
func (p provider) install(ctx context.Context, c client.Client, at endpoint) error {
	dir, err := moduleDir(ctx, p.module)
	if err != nil {
		return err
	}
	files, err := filepath.Glob(filepath.Join(dir, p.crds, "*.yaml"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no CRDs in %s of %s: %w", p.crds, p.module, err)
	}
	var crds []*unstructured.Unstructured
	for _, file := range files {
		objects, err := readObjects(file)
		if err != nil {
			return err
		}
		for _, crd := range objects {
			labels := map[string]string{}
			maps.Copy(labels, crd.GetLabels())
			labels["cluster.x-k8s.io/v1beta1"] = "v1beta1"
			labels["cluster.x-k8s.io/v1beta2"] = "v1beta2"
			crd.SetLabels(labels)
			if versions, _, _ := unstructured.NestedSlice(crd.Object, "spec", "versions"); len(versions) > 1 {
				set(crd, map[string]any{"strategy": "Webhook", "webhook": map[string]any{
					"conversionReviewVersions": []any{"v1"},
					"clientConfig":             at.clientConfig("/convert"),
				}}, "spec", "conversion")
			}
			if err := c.Create(ctx, crd); err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(file), err)
			}
			crds = append(crds, crd)
		}
	}
	configurations, err := readObjects(filepath.Join(dir, p.webhooks))
	if err != nil {
		return err
	}
	for _, configuration := range configurations {
		// All providers use the same two names.
		configuration.SetName(p.name + "-" + configuration.GetName())
		hooks, _, _ := unstructured.NestedSlice(configuration.Object, "webhooks")
		for _, hook := range hooks {
			path, _, _ := unstructured.NestedString(hook.(map[string]any), "clientConfig", "service", "path")
			hook.(map[string]any)["clientConfig"] = at.clientConfig(path)
		}
		set(configuration, hooks, "webhooks")
		if err := c.Create(ctx, configuration); err != nil {
			return fmt.Errorf("%s: %w", p.webhooks, err)
		}
	}
	for _, crd := range crds {
		err := waitFor(ctx, 30*time.Second, func() error {
			if err := c.Get(ctx, client.ObjectKeyFromObject(crd), crd); err != nil {
				return err
			}
			if condition(crd, "Established") != "True" {
				return fmt.Errorf("the CRD %s is not established", crd.GetName())
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// readObjects reads a stream of YAML documents.
func readObjects(file string) ([]*unstructured.Unstructured, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	objects, err := parseObjects(text)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return objects, nil
}
