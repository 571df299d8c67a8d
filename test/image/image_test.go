// SPDX-License-Identifier: Apache-2.0

package image

import (
	"bytes"
	"crypto/sha256"
	"debug/elf"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// tooLarge is a size in bytes that an image of one program should not reach.
const tooLarge = 48 << 20

// contents lists a root file system, each file with its mode and sum.
func contents(t *testing.T, root string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path, root)
		switch {
		case d.IsDir():
			out[name+"/"] = info.Mode().String()
		case info.Mode()&fs.ModeSymlink != 0:
			target, err := os.Readlink(path)
			out[name] = target
			return err
		default:
			text, err := os.ReadFile(path)
			out[name] = fmt.Sprintf("%s %x", info.Mode(), sha256.Sum256(text))
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// files are the names in a root file system that are no directories.
func files(t *testing.T, root string) []string {
	var out []string
	for name := range contents(t, root) {
		if !strings.HasSuffix(name, "/") {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// TestFunctionImage looks at what is in the image of the function, for both architectures.
func TestFunctionImage(t *testing.T) {
	machines := map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}
	for arch, machine := range machines {
		t.Run(arch, func(t *testing.T) {
			root := build(t, "function", arch)
			want := []string{"/etc/group", "/etc/passwd", "/usr/local/bin/vspread", "/usr/share/doc/vspread/LICENSE"}
			if got := files(t, root); !slices.Equal(got, want) {
				t.Errorf("the image has %q, want %q", got, want)
			}
			isStatic(t, filepath.Join(root, "usr/local/bin/vspread"), machine)
			for name, entry := range map[string]string{"passwd": "\nnobody:x:65534:65534:", "group": "\nnobody:x:65534:"} {
				text, err := os.ReadFile(filepath.Join(root, "etc", name))
				if err != nil || !strings.Contains(string(text), entry) {
					t.Errorf("/etc/%s has no %q (%v)", name, entry, err)
				}
			}
		})
	}
}

func isStatic(t *testing.T, file string, machine elf.Machine) {
	t.Helper()
	program, err := elf.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = program.Close() }()
	if program.Machine != machine {
		t.Errorf("%s is for %s, want %s", file, program.Machine, machine)
	}
	for _, p := range program.Progs {
		if p.Type == elf.PT_INTERP || p.Type == elf.PT_DYNAMIC {
			t.Errorf("%s has a %s: it is not static", file, p.Type)
		}
	}
	info, err := os.Stat(file)
	if err != nil || info.Size() >= tooLarge {
		t.Errorf("%s has %d MiB (%v)", file, info.Size()>>20, err)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(text, []byte(here+"/")) {
		t.Errorf("%s names the directory it was built in, %s", file, here)
	}
}

// TestImagesAreReproducible builds each a second time, in another directory and with another umask.
func TestImagesAreReproducible(t *testing.T) {
	for _, kind := range []string{"function", "cmp"} {
		for _, arch := range []string{runtime.GOARCH, other()} {
			first := contents(t, build(t, kind, arch))
			old := umask(0o077)
			second := contents(t, build(t, kind, arch))
			umask(old)
			for name := range second {
				if first[name] != second[name] {
					t.Errorf("%s %s: %s is %q and then %q", kind, arch, name, first[name], second[name])
				}
			}
			if len(first) != len(second) {
				t.Errorf("%s %s: %d files and then %d", kind, arch, len(first), len(second))
			}
		}
	}
}

// TestFunctionRuns runs the image's entrypoint as kustomize and kpt do: as nobody, without network and environment, on
// a root directory that cannot be written to.
func TestFunctionRuns(t *testing.T) {
	c := container{root: build(t, "function", runtime.GOARCH), user: 65534}
	const program = "/usr/local/bin/vspread"
	if out, complaint, status := c.run(t, "", program, "version"); status != 0 || !strings.HasPrefix(out, "vspread v0.1.0 ") {
		t.Errorf("version: %d %q %s", status, out, complaint)
	}
	input := list(t, "../../examples/homelab", "spread.yaml", "cluster.yaml", "control-plane.yaml", "inventory.yaml")
	out, complaint, status := c.run(t, input, program)
	if status != 0 || strings.Count(out, "\n  kind: MachineDeployment\n") != 3 {
		t.Fatalf("%d %s\n%s", status, complaint, out)
	}
	again, _, _ := c.run(t, input, program)
	if again != out {
		t.Error("the second run gives something else")
	}
	// An error is a status and a line, and stdout is what came in or nothing.
	if out, complaint, status := c.run(t, strings.Replace(input, "replicas: 5", "replica: 5", 1), program); status != 1 || !strings.Contains(complaint, `did you mean "replicas"`) || strings.Contains(out, "kind: MachineDeployment") {
		t.Errorf("an error: %d %s\n%s", status, complaint, out)
	}
	// As any other user too.
	c.user = 12345
	if again, _, status := c.run(t, input, program); status != 0 || again != out {
		t.Errorf("as another user: %d", status)
	}
	// No network: not even the way to itself is up.
	c.env = []string{"GOVC_URL=127.0.0.1:1", "GOVC_USERNAME=reader", "GOVC_PASSWORD=secret", "GOVC_INSECURE=1"}
	if _, complaint, status := c.run(t, "", program, "inventory", "refresh", "--dry-run", "-f", "/inventory.yaml"); status != 3 || !strings.Contains(complaint, "network is unreachable") {
		t.Errorf("network: %d %s", status, complaint)
	}
}

// list wraps an example's files, the first as the functionConfig.
func list(t *testing.T, directory string, names ...string) string {
	t.Helper()
	b := "apiVersion: config.kubernetes.io/v1\nkind: ResourceList\n"
	for i, name := range names {
		text, err := os.ReadFile(filepath.Join(directory, name))
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			b += "functionConfig:\n" + indented(string(text), "  ") + "items:\n"
			continue
		}
		for document := range strings.SplitSeq("\n"+string(text), "\n---\n") {
			b += indented(strings.Trim(document, "\n"), "- ")
		}
	}
	return b
}

func indented(text, first string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimRight(text, "\n") + "\n") {
		if strings.HasPrefix(line, "#") && first == "- " {
			continue // a comment before the object
		}
		b.WriteString(first + line)
		first = "  "
	}
	return b.String()
}

// TestSidecarRuns runs the commands of both plugins in the sidecar's image as Argo CD's server there would.
func TestSidecarRuns(t *testing.T) {
	root := build(t, "cmp", runtime.GOARCH)
	want := []string{
		"/etc/group", "/etc/passwd",
		"/home/argocd/cmp-server/config/plugin.yaml", "/home/argocd/cmp-server/kustomize/plugin.yaml",
		"/usr/local/bin/kustomize", "/usr/local/bin/vspread",
		"/usr/local/share/kustomize/vspread.dev/v1alpha1/clusterspread/ClusterSpread",
		"/usr/share/doc/vspread/LICENSE",
	}
	if got := files(t, root); !slices.Equal(got, want) {
		t.Errorf("the image has %q, want %q", got, want)
	}
	c := container{root: root, user: 999, env: environment(t, "cmp"), directory: "/tmp/_cmp_server/app"}
	// What argocd-cmp-server unpacks.
	app := filepath.Join(filepath.Dir(root), c.directory)
	if err := os.CopyFS(app, os.DirFS("../../examples/homelab")); err != nil {
		t.Fatal(err)
	}
	for directory, count := range map[string]int{"config": 3, "kustomize": 3} {
		command := generate(t, filepath.Join(root, "home/argocd/cmp-server", directory, "plugin.yaml"))
		out, complaint, status := c.run(t, "", command...)
		if status != 0 || complaint != "" || strings.Count("\n"+out, "\nkind: MachineDeployment\n") != count {
			t.Errorf("%q: %d %s\n%s", command, status, complaint, out)
		}
	}
	// Nothing can be written but below /tmp.
	if _, complaint, status := c.run(t, "", "vspread", "render", ".", "-o", "/rendered"); status != 3 || !strings.Contains(complaint, "read-only file system") {
		t.Errorf("writing: %d %s", status, complaint)
	}
	// A ClusterSpread without the annotation is run by the exec plugin.
	spread := filepath.Join(app, "spread.yaml")
	text, err := os.ReadFile(spread)
	if err != nil {
		t.Fatal(err)
	}
	without := regexp.MustCompile(`(?m)^    config.kubernetes.io/function: \|\n      exec:\n        path: vspread\n`).ReplaceAllString(string(text), "")
	if without == string(text) {
		t.Fatal("the example has no annotation to take away")
	}
	if err := os.WriteFile(spread, []byte(without), 0o644); err != nil {
		t.Fatal(err)
	}
	if out, complaint, status := c.run(t, "", "kustomize", "build", "--enable-alpha-plugins", "."); status != 0 || strings.Count("\n"+out, "\nkind: MachineDeployment\n") != 3 {
		t.Errorf("exec plugin: %d %s\n%s", status, complaint, out)
	}
}

// generate reads the command of a plugin.yaml, which is written on one line.
func generate(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^  generate:\n    command: \[(.*)\]$`).FindSubmatch(text)
	if m == nil {
		t.Fatalf("%s has no generate command on one line", file)
	}
	return strings.Split(string(m[1]), ", ")
}

// environment is what the Dockerfile sets in a stage: the last one, or the one of that name.
func environment(t *testing.T, stage string) []string {
	t.Helper()
	text, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	_, after, found := strings.Cut(string(text), "\nFROM scratch AS "+stage+"\n")
	if !found {
		t.Fatalf("the Dockerfile has no stage %s", stage)
	}
	after, _, _ = strings.Cut(after, "\nFROM ")
	m := regexp.MustCompile(`(?m)^ENV (.*)$`).FindStringSubmatch(after)
	if m == nil {
		t.Fatalf("the stage %s sets no environment", stage)
	}
	return strings.Fields(m[1])
}

// TestOneVersionOfKustomize finds out when the sidecar's kustomize is not the one that the tests run.
func TestOneVersionOfKustomize(t *testing.T) {
	versions := map[string]string{}
	for file, pattern := range map[string]string{"../../Makefile": `(?m)^KUSTOMIZE_VERSION *:= *(.*)$`, "../../image/rootfs.sh": `(?m)^kustomize=(.*)$`} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		m := regexp.MustCompile(pattern).FindSubmatch(text)
		if m == nil {
			t.Fatalf("%s names no version of kustomize", file)
		}
		versions[string(m[1])] = file
	}
	if len(versions) != 1 {
		t.Errorf("versions differ: %v", versions)
	}
}

// TestDist makes what a release has, twice: the same bytes, sums that are right, and a list of modules.
func TestDist(t *testing.T) {
	platform := "linux/" + runtime.GOARCH
	name := "vspread_v0.1.0_linux_" + runtime.GOARCH
	var runs []map[string]string
	for range 2 {
		dir := filepath.Join(t.TempDir(), "dist")
		p := exec.Command("image/dist.sh", dir)
		p.Dir = "../.."
		p.Env = append(os.Environ(), "PLATFORMS="+platform, "VERSION=v0.1.0", "SOURCE_DATE_EPOCH=1795000000")
		if out, err := p.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		runs = append(runs, contents(t, dir))
		sums := exec.Command("sha256sum", "--check", "checksums.txt")
		sums.Dir = dir
		if out, err := sums.CombinedOutput(); err != nil || strings.Count(string(out), ": OK\n") != 2 {
			t.Errorf("%v\n%s", err, out)
		}
		listed, err := exec.Command("tar", "-tvzf", filepath.Join(dir, name+".tar.gz")).Output()
		if err != nil || !regexp.MustCompile(`(?m)^-rwxr-xr-x 0/0 .* \./vspread$`).Match(listed) || !strings.Contains(string(listed), " ./LICENSE\n") {
			t.Errorf("%v\n%s", err, listed)
		}
		text, err := os.ReadFile(filepath.Join(dir, name+".cdx.json"))
		if err != nil {
			t.Fatal(err)
		}
		var bom struct {
			BOMFormat  string
			Components []struct{ Name, Version string }
		}
		if err := json.Unmarshal(text, &bom); err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, c := range bom.Components {
			names = append(names, c.Name)
			if c.Version == "" {
				t.Errorf("%s has no version", c.Name)
			}
		}
		if bom.BOMFormat != "CycloneDX" || !slices.Contains(names, "github.com/vmware/govmomi") || !slices.Contains(names, "std") {
			t.Errorf("%s has %q", bom.BOMFormat, names)
		}
	}
	for file := range runs[1] {
		if runs[0][file] != runs[1][file] {
			t.Errorf("%s is %q and then %q", file, runs[0][file], runs[1][file])
		}
	}
}

// TestDockerfileHasTheSource finds a package that image/rootfs.sh builds here and the Dockerfile does not copy.
func TestDockerfileHasTheSource(t *testing.T) {
	p := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if .Main}}{{$.Dir}}{{end}}{{end}}", ".", "./image/sbom")
	p.Dir = "../.."
	out, err := p.Output()
	if err != nil {
		t.Fatal(err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	top := map[string]bool{"LICENSE": true, "main.go": true, "go.mod": true, "go.sum": true, "examples/argocd/plugin": true}
	for dir := range strings.Lines(string(out)) {
		rel, err := filepath.Rel(root, strings.TrimSpace(dir))
		if err != nil {
			t.Fatal(err)
		}
		if rel != "." {
			top[strings.Split(rel, "/")[0]] = true
		}
	}
	dockerfile, err := os.ReadFile("../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	ignore, err := os.ReadFile("../../.dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	var copied []string
	for _, m := range regexp.MustCompile(`(?m)^COPY ([^-].*)$`).FindAllStringSubmatch(string(dockerfile), -1) {
		copied = append(copied, strings.Fields(m[1])...)
	}
	for name := range top {
		if !slices.Contains(copied, name) {
			t.Errorf("the Dockerfile does not copy %s", name)
		}
		if !strings.Contains("\n"+string(ignore), "\n!"+name+"\n") {
			t.Errorf(".dockerignore hides %s", name)
		}
	}
}
