// SPDX-License-Identifier: Apache-2.0

package argocd

import (
	"context"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/argoproj/argo-cd/gitops-engine/pkg/utils/kube"
	"github.com/argoproj/argo-cd/v3/cmpserver"
	"github.com/argoproj/argo-cd/v3/cmpserver/plugin"
	"github.com/argoproj/argo-cd/v3/util/app/discovery"
	"github.com/argoproj/argo-cd/v3/util/cmp"
)

// serve starts argocd-cmp-server with the configuration of a directory, as the sidecar does.
func serve(t *testing.T, configuration string) {
	t.Helper()
	config, err := plugin.ReadPluginConfig(configuration)
	if err != nil {
		t.Fatal(err)
	}
	server, err := cmpserver.NewServer(plugin.CMPServerInitConstants{PluginConfig: *config})
	if err != nil {
		t.Fatal(err)
	}
	grpc, err := server.CreateGRPC()
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("unix", config.Address())
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = grpc.Serve(listener) }()
	t.Cleanup(grpc.Stop)
}

// generate asks a plugin as the repo-server does: a copy of the repository goes to the server by its socket, with
// the environment of an Application.
func generate(t *testing.T, root, app, name string) ([]string, error) {
	t.Helper()
	ctx := context.Background()
	path := filepath.Join(root, app)
	env := []string{
		"ARGOCD_APP_NAME=cluster-apple", "ARGOCD_APP_NAMESPACE=apple", "ARGOCD_APP_PROJECT_NAME=clusters",
		"ARGOCD_APP_REVISION=5d1ca0ffee", "ARGOCD_APP_SOURCE_PATH=" + app,
		"ARGOCD_APP_SOURCE_REPO_URL=https://git.lab.local/infrastructure/clusters.git",
		"ARGOCD_APP_SOURCE_TARGET_REVISION=main", "KUBE_VERSION=1.35.4", "KUBE_API_VERSIONS=v1,apps/v1",
	}
	conn, client, err := discovery.DetectConfigManagementPlugin(ctx, path, root, name, env, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	stream, err := client.GenerateManifest(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := cmp.SendRepoStream(ctx, path, root, stream, env, nil); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.CloseAndRecv()
	if err != nil {
		return nil, err
	}
	return answer.Manifests, nil
}

// counts tells how many objects of each kind there are, by Argo CD's own reading.
func counts(t *testing.T, objects []string) map[string]int {
	t.Helper()
	out := map[string]int{}
	for _, o := range objects {
		split, err := kube.SplitYAML([]byte(o))
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range split {
			out[object.GetKind()]++
		}
	}
	return out
}

func TestPlugins(t *testing.T) {
	for name, directory := range map[string]string{"vspread": "render", "vspread-kustomize": "kustomize"} {
		serve(t, filepath.Join(example, "plugin", directory))
		t.Run(name, func(t *testing.T) {
			root := repository(t)
			manifests, err := generate(t, root, "clusters/apple", name)
			if err != nil {
				t.Fatal(err)
			}
			got := counts(t, manifests)
			if got["MachineDeployment"] != 3 || got["Cluster"] != 1 || got["ClusterResourceSet"] != 1 {
				t.Errorf("%v", got)
			}
			// What is for vspread alone would be applied: Argo CD does not know the annotation local-config.
			if got["ClusterSpread"] != 0 || strings.Contains(strings.Join(manifests, ""), "vspread.dev/inventory") {
				t.Errorf("local configuration comes out: %v", got)
			}
			// A mistake is an error that names it; nothing empty is ever taken for the manifests.
			edit(t, filepath.Join(root, "clusters/apple/spread.yaml"), "replicas: 5", "replica: 5")
			if out, err := generate(t, root, "clusters/apple", name); err == nil || !strings.Contains(err.Error(), `did you mean "replicas"`) {
				t.Errorf("a mistake: %v %v", counts(t, out), err)
			}
			// The other clusters do not care.
			if _, err := generate(t, root, "clusters/cherry", name); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestSharedInventory renders two clusters with one inventory, which a kustomization takes from a directory beside them.
func TestSharedInventory(t *testing.T) {
	serve(t, filepath.Join(example, "plugin", "kustomize"))
	root := repository(t)
	write(t, filepath.Join(root, "inventory/inventory.yaml"), read(t, filepath.Join(root, "clusters/apple/inventory.yaml")))
	write(t, filepath.Join(root, "inventory/kustomization.yaml"), []byte("resources: [inventory.yaml]\n"))
	remove(t, filepath.Join(root, "clusters/apple/inventory.yaml"))
	edit(t, filepath.Join(root, "clusters/apple/kustomization.yaml"), "- inventory.yaml", "- ../../inventory")
	manifests, err := generate(t, root, "clusters/apple", "vspread-kustomize")
	if err != nil {
		t.Fatal(err)
	}
	if got := counts(t, manifests); got["MachineDeployment"] != 3 {
		t.Errorf("%v", got)
	}
}
