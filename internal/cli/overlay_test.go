// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/kio"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// TestOverlay holds what comes out of the layers of examples/overlay to golden files.
func TestOverlay(t *testing.T) {
	t.Parallel()
	needsKustomize(t)
	overlay := filepath.Join(examples, "overlay")
	golden(t, filepath.Join(overlay, ".expected", "north.yaml"), kustomize(t, filepath.Join(overlay, "north")))
	golden(t, filepath.Join(overlay, ".expected", "output.yaml"), kustomize(t, filepath.Join(overlay, "staging")))
}

// TestReferencesFollowNames puts a layer with a prefix and a namespace above each example. Nothing in what comes out may be
// called, or refer to anything, by a name or a namespace from below, but the annotations that say for which Cluster vspread wrote an
// object.
func TestReferencesFollowNames(t *testing.T) {
	t.Parallel()
	needsKustomize(t)
	references, err := os.ReadFile("../scaffold/templates/references.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range append(exampleDirs(t), everyReference(t)) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			root := t.TempDir()
			base := filepath.Join(root, "base")
			if err := os.CopyFS(base, os.DirFS(dir)); err != nil {
				t.Fatal(err)
			}
			kustomization, err := os.ReadFile(filepath.Join(base, "kustomization.yaml"))
			if err != nil {
				t.Fatal(err)
			}
			write(t, filepath.Join(base, "kustomization.yaml"), string(kustomization)+"configurations: [references.yaml]\n")
			write(t, filepath.Join(base, "references.yaml"), string(references))
			write(t, filepath.Join(root, "above", "kustomization.yaml"), "resources: [../base]\nnamePrefix: p-\nnameSuffix: -s\nnamespace: above\n")

			names := map[string]bool{}
			for _, n := range parse(t, kustomize(t, base)) {
				names[n.GetName()], names[n.GetKind()+" "+n.GetName()] = true, true
			}
			above := parse(t, kustomize(t, filepath.Join(root, "above")))
			if len(above) == 0 {
				t.Fatal("nothing comes out")
			}
			for _, n := range above {
				scalars(n.YNode(), "", func(path, kind, value string) {
					if strings.HasSuffix(path, ".namespace") && value != "above" {
						t.Errorf("%s %s: %s is still %s", n.GetKind(), n.GetName(), path, value)
					}
					// A reference to what is not in the build stays as it is.
					if names[value] && (kind == "" || names[kind+" "+value]) && !strings.HasSuffix(path, object.OwnerAnnotation) && !strings.HasSuffix(path, object.AdoptedAnnotation) {
						t.Errorf("%s %s: %s is still %s", n.GetKind(), n.GetName(), path, value)
					}
				})
			}
		})
	}
}

// everyReference makes a directory with what the examples do not have: Secrets that files, users, an identity and a bootstrap
// refer to, a ClusterResourceSet as clusterctl's templates have it, and a health check for one MachineDeployment.
func everyReference(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "every-reference")
	if err := os.CopyFS(dir, os.DirFS(filepath.Join(examples, "homelab"))); err != nil {
		t.Fatal(err)
	}
	change := func(file, old, new string) {
		t.Helper()
		text, err := os.ReadFile(filepath.Join(dir, file))
		if err != nil || !strings.Contains(string(text), old) {
			t.Fatalf("%s has no %q (%v)", file, old, err)
		}
		write(t, filepath.Join(dir, file), strings.Replace(string(text), old, new, 1))
	}
	change("kustomization.yaml", "- cluster.yaml\n", "- cluster.yaml\n- more.yaml\n")
	change("cluster.yaml", "  name: apple\n  namespace: default\nspec:\n  clusterNetwork:", "  name: apple\n  namespace: default\n  labels: {cluster.x-k8s.io/cluster-name: apple}\nspec:\n  clusterNetwork:")
	change("control-plane.yaml", "    users:\n    - name: capv\n", "    files:\n    - {path: /etc/ca.crt, contentFrom: {secret: {name: trust, key: ca}}}\n"+
		"    users:\n    - name: capv\n      passwdFrom: {secret: {name: password, key: hash}}\n")
	write(t, filepath.Join(dir, "more.yaml"), `apiVersion: v1
kind: Secret
metadata: {name: trust, namespace: default}
---
apiVersion: v1
kind: Secret
metadata: {name: password, namespace: default}
---
apiVersion: v1
kind: Secret
metadata: {name: join, namespace: default}
---
apiVersion: v1
kind: Secret
metadata: {name: reader, namespace: default}
---
apiVersion: addons.cluster.x-k8s.io/v1beta2
kind: ClusterResourceSet
metadata: {name: apple-crs-0, namespace: default}
spec:
  clusterSelector: {matchLabels: {cluster.x-k8s.io/cluster-name: apple}}
  resources: [{kind: Secret, name: trust}]
---
apiVersion: infrastructure.cluster.x-k8s.io/v1beta2
kind: VSphereClusterIdentity
metadata: {name: edge}
spec: {secretName: reader}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineHealthCheck
metadata: {name: gpu, namespace: default}
spec:
  clusterName: apple
  selector: {matchLabels: {cluster.x-k8s.io/deployment-name: gpu-workers}}
---
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata:
  name: gpu-workers
  namespace: default
  annotations: {vspread.dev/exclude: "true"}
spec:
  clusterName: apple
  template:
    spec:
      clusterName: apple
      bootstrap: {dataSecretName: join}
      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: elsewhere}
`)
	return dir
}

func needsKustomize(t *testing.T) {
	t.Helper()
	if _, err := exec.LookPath("kustomize"); err != nil {
		if os.Getenv("VSPREAD_NEEDS_KUSTOMIZE") != "" {
			t.Fatal(err)
		}
		t.Skip("kustomize is not on the PATH; `make test` installs it")
	}
}

func kustomize(t *testing.T, dir string) []byte {
	t.Helper()
	out, err := exec.Command("kustomize", "build", "--enable-alpha-plugins", "--enable-exec", dir).Output()
	if err != nil {
		t.Fatalf("kustomize build %s: %v\n%s", dir, err, stderrOf(err))
	}
	return out
}

func parse(t *testing.T, text []byte) []*yaml.RNode {
	t.Helper()
	nodes, err := (&kio.ByteReader{Reader: bytes.NewReader(text), OmitReaderAnnotations: true}).Read()
	if err != nil {
		t.Fatal(err)
	}
	return nodes
}

// scalars visits all values of a node with their paths; the name in a reference with the kind it refers to.
func scalars(n *yaml.Node, path string, visit func(path, kind, value string)) {
	switch n.Kind {
	case yaml.ScalarNode:
		visit(path, "", n.Value)
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i].Value, n.Content[i+1]
			if kind := tree.String(n, "kind"); key == "name" && kind != "" {
				visit(path+".name", kind, value.Value)
				continue
			}
			scalars(value, path+"."+key, visit)
		}
	default:
		for _, c := range n.Content {
			scalars(c, path, visit)
		}
	}
}
