// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestHosts runs vspread under the real kustomize, kubectl and kpt. `make test` installs kustomize and
// sets VSPREAD_NEEDS_KUSTOMIZE, the workflow installs kpt and sets VSPREAD_NEEDS_KPT, so that there the scripts cannot
// be passed over.
func TestHosts(t *testing.T) {
	t.Parallel()
	needsKustomize(t)
	hasKpt(t)
	root, err := filepath.Abs(examples)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/hosts",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("EXAMPLES", root)
			return os.CopyFS(e.WorkDir, os.DirFS(root))
		},
	})
}
