// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/internal/cli"
)

const examples = "../../examples"

// TestExamples holds every example to its golden files: what comes out, and what is said about it.
func TestExamples(t *testing.T) {
	t.Parallel()
	for _, dir := range exampleDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			var out, diagnostics bytes.Buffer
			status := cli.Main([]string{"render", dir}, cli.Streams{Out: &out, Err: &diagnostics})
			if status != cli.OK {
				t.Fatalf("render %s: status %d\n%s", dir, status, &diagnostics)
			}
			golden(t, filepath.Join(dir, ".expected", "output.yaml"), out.Bytes())
			golden(t, filepath.Join(dir, ".expected", "diagnostics.txt"), bytes.ReplaceAll(diagnostics.Bytes(), []byte(dir+"/"), nil))
		})
	}
}

// TestExamplesAreFixedPoints runs the function on its own output, and on its input in another order.
func TestExamplesAreFixedPoints(t *testing.T) {
	t.Parallel()
	for _, dir := range exampleDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			t.Parallel()
			input := resourceList(t, dir)
			first := run(t, input)
			if d := cmp.Diff(first, run(t, []byte(first))); d != "" {
				t.Errorf("the second run changes the output (-first +second):\n%s", d)
			}
			for seed := range uint64(5) {
				if d := cmp.Diff(ours(t, []byte(first)), ours(t, []byte(run(t, shuffled(t, input, seed))))); d != "" {
					t.Errorf("another order of items changes what is written (-sorted +shuffled):\n%s", d)
				}
			}
		})
	}
}

func exampleDirs(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob(filepath.Join(examples, "*", "spread.yaml"))
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no examples in %s: %v", examples, err)
	}
	for i := range dirs {
		dirs[i] = filepath.Dir(dirs[i])
	}
	return dirs
}

func golden(t *testing.T, file string, got []byte) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), string(got)); d != "" {
		t.Errorf("%s differs (-want +got); `make golden` writes it anew:\n%s", file, d)
	}
}

// resourceList wraps an example as kpt does, without its functionConfig: every ClusterSpread counts.
func resourceList(t *testing.T, dir string) []byte {
	t.Helper()
	var b bytes.Buffer
	err := kio.Pipeline{
		Inputs: []kio.Reader{kio.LocalPackageReader{
			PackagePath: dir, IncludeSubpackages: true, PreserveSeqIndent: true, WrapBareSeqNode: true,
			MatchFilesGlob: []string{"cluster.yaml", "control-plane.yaml", "spread.yaml", "inventory.yaml", "workers.yaml", "spread-hub.yaml"},
		}},
		Outputs: []kio.Writer{kio.ByteWriter{
			Writer: &b, KeepReaderAnnotations: true,
			WrappingAPIVersion: kio.ResourceListAPIVersion, WrappingKind: kio.ResourceListKind,
		}},
	}.Execute()
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func run(t *testing.T, in []byte) string {
	t.Helper()
	out, diags := fn.Run(in)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	return string(out)
}

func shuffled(t *testing.T, in []byte, seed uint64) []byte {
	t.Helper()
	rl, diags := fn.ReadResourceList(in)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	rand.New(rand.NewPCG(seed, 0)).Shuffle(len(rl.Items), func(i, j int) { rl.Items[i], rl.Items[j] = rl.Items[j], rl.Items[i] })
	var out bytes.Buffer
	if err := rl.Write(&out); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// ours is the part of an output that vspread has written.
func ours(t *testing.T, out []byte) string {
	t.Helper()
	rl, diags := fn.ReadResourceList(out)
	if diags.HasErrors() {
		t.Fatal(diags)
	}
	var b strings.Builder
	for _, o := range rl.Items {
		if o.GetAnnotations()["vspread.dev/owner"] != "" {
			b.WriteString(o.MustString() + "---\n")
		}
	}
	if b.Len() == 0 {
		t.Fatal("nothing was written")
	}
	return b.String()
}
