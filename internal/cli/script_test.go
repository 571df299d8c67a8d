// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"

	"github.com/vspread/vspread/internal/cli"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
)

const scripts = "testdata/script"

var update = flag.Bool("update", false, "write what is expected, golden files and scripts, from what comes out")

func TestMain(m *testing.M) {
	vspread := func() {
		os.Exit(cli.Main(os.Args[1:], cli.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}))
	}
	testscript.Main(m, map[string]func(){
		"vspread": vspread,
		// The name under which kustomize runs its plugin.
		"ClusterSpread": vspread,
	})
}

// TestScripts runs the scripts in testdata/script. They find the paths of a minimal input in $CLUSTER,
// $INVENTORY and $SPREAD, and the examples in $EXAMPLES. Their own commands are
//
//	exits STATUS COMMAND...         run a command that must end with that status
//	lines stdout|stderr|FILE N      the text has that many lines
//	list FILE CONFIG|- ITEMS...     write a ResourceList of YAML files
//	with FILE LIST CONFIG           write a ResourceList again with another functionConfig
//	remember DIR                    note what is in a directory
//	untouched DIR                   it is as it was when it was noted
//	large FILE MIB                  write a ConfigMap of more than that size
//	planned stdout|FILE             the text is a plan by its published schema
func TestScripts(t *testing.T) {
	absolute := func(path string) string {
		p, err := filepath.Abs(path)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	testscript.Run(t, testscript.Params{
		Dir:                 scripts,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		UpdateScripts:       *update,
		ContinueOnError:     true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("EXAMPLES", absolute("../../examples"))
			env.Setenv("CLUSTER", absolute(scripts+"/base/cluster.yaml"))
			env.Setenv("INVENTORY", absolute(scripts+"/base/inventory.yaml"))
			env.Setenv("SPREAD", absolute(scripts+"/base/spread.yaml"))
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+who+"_NAME", "somebody")
				env.Setenv("GIT_"+who+"_EMAIL", "somebody@lab.local")
			}
			env.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
			env.Values[remembered{}] = map[string]string{}
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits":     positive("exits STATUS COMMAND...", 2, exits),
			"lines":     positive("lines stdout|stderr|FILE N", 2, lines),
			"list":      positive("list FILE CONFIG|- ITEMS...", 2, list),
			"with":      positive("with FILE LIST CONFIG", 3, with),
			"remember":  positive("remember DIR", 1, remember),
			"untouched": positive("untouched DIR", 1, untouched),
			"large":     positive("large FILE MIB", 2, large),
			"planned":   positive("planned stdout|FILE", 1, planned),
		},
	})
}

// TestEveryCodeHasAScript wants each diagnostic shown to be reachable from the command line.
func TestEveryCodeHasAScript(t *testing.T) {
	byUnitTest := map[diag.Code]string{
		diag.Internal: "no known input makes vspread panic; fn has a test with a function that does",
	}
	files, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	var all strings.Builder
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "! ") {
				// In a regular expression the brackets are escaped.
				all.WriteString(strings.ReplaceAll(line, `\`, ""))
			}
		}
	}
	for _, p := range diag.Pages() {
		shown := strings.Contains(all.String(), "["+string(p.Code)+"]")
		reason, excused := byUnitTest[p.Code]
		switch {
		case !shown && !excused:
			t.Errorf("no script shows [%s]", p.Code)
		case shown && excused:
			t.Errorf("a script shows [%s], so take it off the list (%s)", p.Code, reason)
		}
	}
}

func positive(usage string, least int, run func(*testscript.TestScript, []string)) func(*testscript.TestScript, bool, []string) {
	return func(ts *testscript.TestScript, neg bool, args []string) {
		if neg || len(args) < least {
			ts.Fatalf("usage: %s", usage)
		}
		run(ts, args)
	}
}

func exits(ts *testscript.TestScript, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got := 0
	if err := ts.Exec(args[1], args[2:]...); err != nil {
		var exit *exec.ExitError
		if !errors.As(err, &exit) {
			ts.Fatalf("%v", err)
		}
		got = exit.ExitCode()
	}
	if got != want {
		ts.Fatalf("exit status %d, not %d", got, want)
	}
}

func lines(ts *testscript.TestScript, args []string) {
	want, err := strconv.Atoi(args[1])
	ts.Check(err)
	if got := strings.Count(ts.ReadFile(args[0]), "\n"); got != want {
		ts.Fatalf("%s has %d lines, not %d", args[0], got, want)
	}
}

// list puts files together as text, so that comments, aliases and mistakes in them stay.
func list(ts *testscript.TestScript, args []string) {
	var b strings.Builder
	b.WriteString("apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n")
	indent := func(text, first string) {
		for line := range strings.Lines(strings.TrimRight(text, "\n")) {
			b.WriteString(first + strings.TrimRight(line, "\n") + "\n")
			first = "  "
		}
	}
	if args[1] != "-" {
		b.WriteString("functionConfig:\n")
		indent(ts.ReadFile(args[1]), "  ")
	}
	b.WriteString("items:\n")
	for _, file := range args[2:] {
		for document := range strings.SplitSeq("\n"+ts.ReadFile(file), "\n---\n") {
			indent(strings.TrimLeft(document, "\n"), "- ")
		}
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o666))
}

// with writes a ResourceList again with another functionConfig and without results.
func with(ts *testscript.TestScript, args []string) {
	text := ts.ReadFile(args[1])
	if i := strings.Index(text, "\nresults:\n"); i >= 0 {
		text = text[:i+1]
	}
	before, _, found := strings.Cut(text, "\nfunctionConfig:\n")
	if !found {
		ts.Fatalf("%s has no functionConfig", args[1])
	}
	var b strings.Builder
	b.WriteString(before + "\nfunctionConfig:\n")
	for line := range strings.Lines(ts.ReadFile(args[2])) {
		b.WriteString("  " + line)
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(b.String()), 0o666))
}

// remembered is the key of a script's map from directories to their contents.
type remembered struct{}

func remember(ts *testscript.TestScript, args []string) {
	ts.Value(remembered{}).(map[string]string)[args[0]] = contents(ts, args[0])
}

func untouched(ts *testscript.TestScript, args []string) {
	before, ok := ts.Value(remembered{}).(map[string]string)[args[0]]
	if !ok {
		ts.Fatalf("%s was not remembered", args[0])
	}
	if after := contents(ts, args[0]); after != before {
		ts.Fatalf("%s has changed; before:\n%s\nafter:\n%s", args[0], before, after)
	}
}

// contents gives names, times and texts: a file that was written again with the same text counts as
// touched.
func contents(ts *testscript.TestScript, dir string) string {
	var b strings.Builder
	ts.Check(filepath.WalkDir(ts.MkAbs(dir), func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		text, err := os.ReadFile(p)
		fmt.Fprintf(&b, "== %s %s\n%s", p, info.ModTime(), text)
		return err
	}))
	return b.String()
}

func large(ts *testscript.TestScript, args []string) {
	size, err := strconv.Atoi(args[1])
	ts.Check(err)
	line := "    " + strings.Repeat("x", 1019) + "\n"
	text := "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: large\ndata:\n  text: |\n" + strings.Repeat(line, size<<10)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
}

func planned(ts *testscript.TestScript, args []string) {
	schema := &spec.Schema{}
	ts.Check(json.Unmarshal(render.PlanSchema(), schema))
	var plan any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[0])), &plan))
	if r := validate.NewSchemaValidator(schema, nil, "plan", strfmt.Default).Validate(plan); !r.IsValid() {
		ts.Fatalf("%v", r.Errors)
	}
}
