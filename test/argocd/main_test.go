// SPDX-License-Identifier: Apache-2.0

// Package argocd runs examples/argocd by Argo CD's own code: its plugin server calls the plugins, its settings are read from
// its own manifests with our components, its Lua interpreter runs the health checks, and its generators make the
// Applications. It is a module of its own because Argo CD brings a thousand packages along.
package argocd

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"
)

const example = "../../examples/argocd"

// argocd is Argo CD's module: its code runs here, the components are tried on its manifests, and the examples must satisfy its CRDs.
const argocd = "github.com/argoproj/argo-cd/v3"

// version is the one of Argo CD that go.mod requires, and manifests a directory of it.
var version, manifests string

// TestMain builds vspread, and leaves the environment that a container of the sidecar's image has: no HOME, two programs
// on the PATH.
func TestMain(m *testing.M) {
	logrus.SetOutput(io.Discard)
	status, err := prepared(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		status = 1
	}
	os.Exit(status)
}

func prepared(m *testing.M) (int, error) {
	// Sockets lie in it, whose names must be short.
	dir, err := os.MkdirTemp("", "argocd-")
	if err != nil {
		return 0, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	bin := filepath.Join(dir, "bin")
	build := exec.Command("go", "build", "-o", filepath.Join(bin, "vspread"), ".")
	build.Dir = "../.."
	if out, err := build.CombinedOutput(); err != nil {
		return 0, fmt.Errorf("%w\n%s", err, out)
	}
	kustomize, err := exec.LookPath("kustomize")
	if err != nil {
		return 0, fmt.Errorf("%w; `make test-argocd` installs it", err)
	}
	if err := os.Symlink(kustomize, filepath.Join(bin, "kustomize")); err != nil {
		return 0, err
	}
	list := exec.Command("go", "list", "-m", "-json", argocd)
	list.Stderr = os.Stderr
	out, err := list.Output()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", argocd, err)
	}
	var module struct{ Version, Dir string }
	if err := json.Unmarshal(out, &module); err != nil {
		return 0, err
	}
	version, manifests = module.Version, filepath.Join(module.Dir, "manifests")
	plugins := filepath.Join(dir, "p", "vspread.dev", "v1alpha1", "clusterspread")
	if err := os.MkdirAll(plugins, 0o755); err != nil {
		return 0, err
	}
	if err := os.Symlink(filepath.Join(bin, "vspread"), filepath.Join(plugins, "ClusterSpread")); err != nil {
		return 0, err
	}
	os.Clearenv()
	for name, value := range map[string]string{
		"PATH":                      bin,
		"KUSTOMIZE_PLUGIN_HOME":     filepath.Join(dir, "p"),
		"TMPDIR":                    dir,
		"ARGOCD_PLUGINSOCKFILEPATH": dir,
	} {
		if err := os.Setenv(name, value); err != nil {
			return 0, err
		}
	}
	return m.Run(), nil
}

// repository is a git repository's work tree with a directory for each cluster, made of the examples.
func repository(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	for cluster, example := range map[string]string{"apple": "homelab", "banana": "upgrade", "cherry": "minimal"} {
		if err := os.CopyFS(filepath.Join(root, "clusters", cluster), os.DirFS(filepath.Join("../../examples", example))); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func read(t *testing.T, file string) []byte {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// edit replaces one place of a file.
func edit(t *testing.T, file, old, new string) {
	t.Helper()
	text := string(read(t, file))
	if n := strings.Count(text, old); n != 1 {
		t.Fatalf("%s has %q %d times, want once", file, old, n)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(text, old, new, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, file string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, file string) {
	t.Helper()
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
}
