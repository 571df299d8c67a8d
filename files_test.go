// SPDX-License-Identifier: Apache-2.0

package main_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tangled are the rooms whose files still use each other in circles, with why. A room that has none any more must leave the list.
var tangled = map[string]string{
	"fn":                          "every file has methods of one run",
	"fn/api/v1alpha1":             "validation of what lifecycle.go has apart",
	"inventory/vcenter":           "a session and what it reads",
	"inventory/vcenter/simulated": "the lab and what is built in it",
}

// TestFilesFormNoCircle wants the files of a room in an order: each uses what is declared in files before it, never the other way
// around as well. Methods and fields count where they are declared.
func TestFilesFormNoCircle(t *testing.T) {
	t.Parallel()
	exports := exportData(t)
	for _, room := range slices.Sorted(maps.Keys(floors)) {
		t.Run(room, func(t *testing.T) {
			t.Parallel()
			uses := fileUses(t, room, exports)
			circles := circles(uses)
			arrows := 0
			for _, to := range uses {
				arrows += len(to)
			}
			t.Logf("%d files, %d arrows, %d circles", len(uses), arrows, len(circles))
			switch reason, isTangled := tangled[room]; {
			case isTangled && len(circles) == 0:
				t.Errorf("the files form no circle any more: take %s off the list (%s)", room, reason)
			case !isTangled:
				for _, c := range circles {
					t.Errorf("these files use each other in a circle: %s", strings.Join(c, ", "))
				}
			}
		})
	}
}

// exportData gives the files with what the compiler knows of each package that this module uses.
func exportData(t *testing.T) map[string]string {
	t.Helper()
	out, err := exec.Command("go", "list", "-export", "-deps", "-f", "{{.ImportPath}}\t{{.Export}}", "./...").Output()
	if err != nil {
		var failed *exec.ExitError
		if errors.As(err, &failed) {
			t.Fatalf("go list: %v\n%s", err, failed.Stderr)
		}
		t.Fatal(err)
	}
	exports := map[string]string{}
	for line := range strings.Lines(string(out)) {
		name, file, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		exports[name] = file
	}
	return exports
}

// fileUses gives, for each file of a room, the other files that declare what it uses. Tests are left out.
func fileUses(t *testing.T, room string, exports map[string]string) map[string]map[string]bool {
	t.Helper()
	dir := filepath.Join(".", filepath.FromSlash(room))
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var files []*ast.File
	uses := map[string]map[string]bool{}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		if isHere, err := build.Default.MatchFile(dir, filepath.Base(name)); err != nil || !isHere {
			continue // for another operating system
		}
		f, err := parser.ParseFile(fset, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
		uses[filepath.Base(name)] = map[string]bool{}
	}
	open := func(path string) (io.ReadCloser, error) {
		if exports[path] == "" {
			return nil, fmt.Errorf("no export data of %s", path)
		}
		return os.Open(exports[path])
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	config := types.Config{Importer: importer.ForCompiler(fset, "gc", open)}
	pkg, err := config.Check(module+"/"+room, fset, files, info)
	if err != nil {
		t.Fatal(err)
	}
	for ident, object := range info.Uses {
		if object.Pkg() != pkg || !object.Pos().IsValid() {
			continue
		}
		from, to := filepath.Base(fset.Position(ident.Pos()).Filename), filepath.Base(fset.Position(object.Pos()).Filename)
		if from != to {
			uses[from][to] = true
		}
	}
	return uses
}

// circles gives the groups of files each of which uses, directly or through others, all of its group.
func circles(uses map[string]map[string]bool) [][]string {
	reached := map[string]map[string]bool{}
	for from := range uses {
		reached[from] = map[string]bool{}
		for todo := slices.Collect(maps.Keys(uses[from])); len(todo) > 0; {
			next := todo[len(todo)-1]
			if todo = todo[:len(todo)-1]; !reached[from][next] {
				reached[from][next] = true
				todo = slices.AppendSeq(todo, maps.Keys(uses[next]))
			}
		}
	}
	var out [][]string
	for _, from := range slices.Sorted(maps.Keys(uses)) {
		if !reached[from][from] || slices.ContainsFunc(out, func(c []string) bool { return slices.Contains(c, from) }) {
			continue
		}
		var circle []string
		for _, to := range slices.Sorted(maps.Keys(uses)) {
			if reached[from][to] && reached[to][from] {
				circle = append(circle, to)
			}
		}
		out = append(out, circle)
	}
	return out
}
