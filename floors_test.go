// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/vspread/vspread"

// floors holds the house: a package imports only from floors below its own, never sideways. The room
// of a package that is not listed must be decided here first.
var floors = map[string]int{
	"":                  6,
	"internal/cli":      5,
	"fn":                4,
	"fn/krm":            5,
	"inventory/vcenter": 4,
	// The simulated vCenter and its program stand next to the house: tests and the demo use them.
	"inventory/vcenter/simulated": 5,
	"inventory/vcenter/homelab":   6,
	// A tool of the release.
	"image/sbom":        6,
	"internal/render":   4,
	"internal/output":   4,
	"internal/scaffold": 4,
	"internal/source":   4,
	"fn/expand":         3,
	"fn/capacity":       3,
	"fn/ownership":      3,
	"fn/rollout":        3,
	"fn/verify":         3,
	"fn/workers":        2,
	"fn/storage":        2,
	"fn/addons":         2,
	"fn/site":           1,
	"fn/naming":         0,
	"fn/capv":           0,
	"fn/place":          0,
	"fn/convert":        0,
	"fn/object":         0,
	"fn/api/v1alpha1":   0,
	"inventory":         0,
	"internal/codec":    0,
	"internal/diag":     0,
	"internal/tree":     0,
	"internal/parallel": 0,
}

// steps is the order of the rooms on floor 0: each imports only from lower steps.
var steps = map[string]int{
	"fn/object":       3,
	"fn/api/v1alpha1": 2,
	"fn/convert":      2,
	"inventory":       2,
	"internal/codec":  1,
	"internal/diag":   0,
	"internal/tree":   0,
	"fn/naming":       1,
	"fn/capv":         2,
	"fn/place":        0,
}

// isBelow tells whether a room may be imported by another one.
func isBelow(own, room string) bool {
	f, ok := floors[own]
	return ok && (f < floors[room] || f == 0 && floors[room] == 0 && steps[own] < steps[room])
}

// outside lists what the rooms of the core, and others that take values and give values, may use besides the standard library.
var outside = map[string][]string{
	"fn/place":       {},
	"internal/diag":  {},
	"internal/tree":  {"sigs.k8s.io/kustomize/kyaml/yaml", "sigs.k8s.io/yaml"},
	"internal/codec": {"sigs.k8s.io/kustomize/kyaml/yaml"},
	"inventory":      {"sigs.k8s.io/kustomize/kyaml/yaml"},
	// Label selectors mean what Kubernetes' own code makes of them.
	"fn/object":         {"sigs.k8s.io/kustomize/kyaml/yaml", "sigs.k8s.io/kustomize/kyaml/kio/kioutil", "k8s.io/apimachinery/pkg/apis/meta/v1", "k8s.io/apimachinery/pkg/labels"},
	"fn/ownership":      {"sigs.k8s.io/kustomize/kyaml/yaml", "sigs.k8s.io/kustomize/kyaml/comments", "sigs.k8s.io/kustomize/kyaml/order"},
	"fn/convert":        {"sigs.k8s.io/kustomize/kyaml/yaml"},
	"fn/verify":         {},
	"internal/scaffold": {"sigs.k8s.io/kustomize/kyaml/yaml"},
	"fn/rollout":        {"sigs.k8s.io/kustomize/kyaml/yaml", "k8s.io/apimachinery/pkg/labels"},
	"fn/expand":         {},
	"fn/capacity":       {},
	"fn/site":           {"sigs.k8s.io/kustomize/kyaml/yaml", "k8s.io/apimachinery/pkg/util/validation", "k8s.io/apimachinery/pkg/api/resource"},
	"fn/workers":        {"sigs.k8s.io/kustomize/kyaml/yaml", "sigs.k8s.io/cluster-api/api/", "k8s.io/api/", "k8s.io/apimachinery/pkg/"},
	"fn/storage":        {"sigs.k8s.io/kustomize/kyaml/yaml", "k8s.io/api/", "k8s.io/apimachinery/pkg/apis/meta/v1"},
	"fn/addons":         {"sigs.k8s.io/kustomize/kyaml/yaml", "sigs.k8s.io/cluster-api/api/", "k8s.io/api/", "k8s.io/apimachinery/pkg/apis/meta/v1", "k8s.io/apimachinery/pkg/labels"},
	"fn/capv":           {"sigs.k8s.io/kustomize/kyaml/yaml"},
	"fn/naming":         {"sigs.k8s.io/kustomize/kyaml/yaml"},
	"fn/api/v1alpha1":   {"sigs.k8s.io/kustomize/kyaml/yaml", "k8s.io/apimachinery/pkg/"},
}

// impure is what the core must not touch: files, clocks, chance, the network, logs.
var impure = []string{"os", "io/fs", "time", "math/rand", "math/rand/v2", "net", "net/http", "log", "log/slog", "context"}

func TestImportFloors(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (path == "test" || path == "examples" || path == "build" || strings.HasPrefix(d.Name(), ".") && path != ".") {
			return fs.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		room := filepath.ToSlash(filepath.Dir(path))
		if room == "." {
			room = ""
		}
		if _, ok := floors[room]; !ok {
			t.Errorf("%s is in no room: add %q to the floors", path, room)
		}
		seen[room] = true
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range file.Imports {
			name, _ := strconv.Unquote(spec.Path.Value)
			checkImport(t, path, room, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for room := range floors {
		if !seen[room] {
			t.Errorf("room %q is empty", room)
		}
	}
}

func checkImport(t *testing.T, path, room, name string) {
	t.Helper()
	if own, ok := strings.CutPrefix(name, module); ok {
		own = strings.TrimPrefix(own, "/")
		if !isBelow(own, room) {
			t.Errorf("%s: imports %s, which is not below", path, own)
		}
		return
	}
	allowed, core := outside[room]
	if !core {
		return
	}
	if !strings.Contains(strings.Split(name, "/")[0], ".") {
		for _, p := range impure {
			// Durations are values; the clock is not used.
			if name == p && (name != "time" || filepath.Base(path) != "convert.go") {
				t.Errorf("%s: imports %s, and the core is pure", path, name)
			}
		}
		return
	}
	for _, a := range allowed {
		if name == a || strings.HasSuffix(a, "/") && strings.HasPrefix(name, a) {
			return
		}
	}
	t.Errorf("%s: imports %s, which this room does without", path, name)
}
