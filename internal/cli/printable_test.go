// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/internal/cli"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// evil are names that do something where they are printed as they are: on a terminal, in the log of a forge, in a comment.
var evil = map[string]string{
	"escape":  "x\x1b[31mX\u009b2J\x7f",
	"line":    "X\n::error::x\r::warning::x\u2028::notice::x",
	"first":   "::add-mask::X",
	"old":     "X##[add-mask]x##vso[task.setvariable variable=x]",
	"turned":  "X\u202egpj.exe\u2066\u200b",
	"long":    strings.Repeat("X", 70_000),
	"wide":    strings.Repeat("X ", 10_000),
	"mention": "X @user #1 https://evil.example `<b>|",
}

// TestWhatIsPrintedIsPrintable runs each command over manifests, an inventory, arguments and a vCenter in which every name is such a one.
func TestWhatIsPrintedIsPrintable(t *testing.T) {
	home, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for kind, name := range evil {
		t.Run(kind, func(t *testing.T) {
			t.Chdir(t.TempDir())
			writeEvil(t, home, name)
			evilLab(t, name)
			argument := name
			if len(argument) > 200 {
				argument = argument[:200] // as a path
			}
			argument = strings.ReplaceAll(argument, "/", "_")
			for _, args := range [][]string{
				{"validate", "rendered"}, {"validate", "all"}, {"render", "rendered", "-o", "out"}, {"render", "rendered", "-o", argument}, {"render", "all", "-o", "never"},
				{"plan", "--from", "rendered", "--to", "changed"}, {"plan", "--from", "old.yaml", "--to", "new.yaml"}, {"plan", "--from", argument}, {"plan", "--to", "HEAD:" + argument}, {"plan", "HEAD", name},
				{"plan", "--from", "rendered", "--to", "changed", "-o", "markdown"}, {"plan", "--from", "old.yaml", "--to", "new.yaml", "-o", "markdown"}, {"plan", "-o", name}, {"plan", "--fail-on", name},
				{"plan", "--from", "rendered", "--to", "changed", "-o", "json"}, {"plan", "--from", "old.yaml", "--to", "new.yaml", "-o", "json"}, {"plan", "--from", "all", "--to", "rendered"},
				{"inventory", "show", "rendered/inventory.yaml"}, {"inventory", "show", "rendered/inventory.yaml", "-o", "wide"}, {"inventory", "show", "rendered/inventory.yaml", "-o", "json"},
				{"inventory", "check", "rendered/inventory.yaml"}, {"inventory", "diff", "rendered/inventory.yaml", "changed/inventory.yaml"}, {"inventory", "diff", "changed/inventory.yaml", "rendered/inventory.yaml"},
				{"inventory", "forget", "-f", "rendered/inventory.yaml", name}, {"inventory", "forget", "-f", "changed/inventory.yaml", "gone " + name}, {"inventory", "show", argument}, {"inventory", "check", argument},
				{"inventory", "refresh", "--dry-run", "-f", "new-inventory.yaml"}, {"inventory", "refresh", "-f", argument + ".yaml"}, {"inventory", "refresh", "--dry-run", "--datacenter", name, "-f", "never.yaml"}, {"verify", "lab"},
				{"init", "old.yaml", "-f", "rendered/inventory.yaml", "-C", "in/" + argument, "--ci", "none", "--exclude"}, {"init", "old.yaml", "-f", "rendered/inventory.yaml", "-C", "other", "--seed", name},
				{"init", "plain.yaml", "-f", "rendered/inventory.yaml", "-C", "in/2 " + argument, "--for", "render", "--ci", "none"}, {"init", "plain.yaml", "-f", "rendered/inventory.yaml", "-C", "in/3", "--ci", "gitlab"},
				{"explain", name}, {name}, {"--" + name}, {"inventory", name}, {"help", name}, {"render", argument}, {"validate", argument}, {"plugin", "install", argument}, {"fn", argument},
			} {
				runEvil(t, args, name)
			}
			err := filepath.WalkDir("out", func(p string, _ fs.DirEntry, err error) error {
				if !regexp.MustCompile(`^[a-zA-Z0-9./-]+$`).MatchString(p) {
					t.Errorf("a file is called %q", p)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

func runEvil(t *testing.T, args []string, name string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := cli.Main(args, cli.Streams{In: strings.NewReader(""), Out: &stdout, Err: &stderr})
	command := fmt.Sprintf("%.100q (%d)", args, status)
	for stream, text := range map[string]string{"stdout": stdout.String(), "stderr": stderr.String()} {
		for line := range strings.Lines(text) {
			line = strings.TrimSuffix(line, "\n")
			i := strings.IndexFunc(line, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) })
			switch {
			case i >= 0:
				t.Errorf("%s: %s: not printable: %.100q", command, stream, line[i:])
			case strings.HasPrefix(strings.TrimSpace(line), "::"), strings.Contains(line, "##["), strings.Contains(line, "##vso["):
				t.Errorf("%s: %s: a command: %.200q", command, stream, line)
			case strings.Contains(line, strings.Repeat("X", 1000)) && !isJSON(args), utf8.RuneCountInString(line) > 20_000 && !isJSON(args):
				t.Errorf("%s: %s: a line of %d characters: %.200q", command, stream, len(line), line)
			}
		}
	}
	switch {
	case status != cli.OK && stderr.Len() == 0 && args[1] != "diff":
		t.Errorf("%s says nothing", command)
	case args[len(args)-1] == "markdown" && (utf8.RuneCount(stdout.Bytes()) >= 65_536 || !strings.HasPrefix(stdout.String(), "<!-- ")):
		t.Errorf("%s: %d characters: %.100q", command, utf8.RuneCount(stdout.Bytes()), stdout.String())
	case isJSON(args):
		var v any
		if err := json.Unmarshal(stdout.Bytes(), &v); err != nil {
			t.Errorf("%s: %v", command, err)
		} else if !holds(v, name) {
			t.Errorf("%s: the name is not in it as it is", command)
		}
	}
}

func isJSON(args []string) bool { return args[len(args)-1] == "json" }

// holds tells whether a string of a decoded value contains a text.
func holds(v any, text string) bool {
	switch v := v.(type) {
	case string:
		return strings.Contains(v, text)
	case []any:
		for _, x := range v {
			if holds(x, text) {
				return true
			}
		}
	case map[string]any:
		for k, x := range v {
			if strings.Contains(k, text) || holds(x, text) {
				return true
			}
		}
	}
	return false
}

// writeEvil writes manifests with a name everywhere: in `rendered` as far as the manifests are rendered nevertheless, in `all` in
// every place, in old.yaml and new.yaml as another generator would.
func writeEvil(t *testing.T, home, name string) {
	t.Helper()
	quoted := func(s string) string {
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		return strings.NewReplacer("\x7f", `\u007f`, "\u009b", `\u009b`).Replace(string(text)) // which YAML wants escaped
	}
	key := quoted(name[:min(len(name), 500)]) // YAML's keys end at 1024
	n, more, lost := quoted(name), quoted("more "+name), quoted("gone "+name)
	inventory := func(hosts, datastores string) string {
		return "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: lab\n  labels: {vspread.dev/inventory: \"true\"}\n  annotations: {config.kubernetes.io/local-config: \"true\"}\ndata:\n  inventory.yaml: |\n" +
			"    server: " + n + "\n    version: " + n + "\n" +
			"    hosts: [{name: " + n + ", tags: {" + key + ": " + n + "}}" + hosts + "]\n" +
			"    datastores: [{name: " + n + ", path: " + quoted("/dc/datastore/"+name) + ", hosts: [" + n + "], tags: {" + key + ": " + n + "}}" + datastores + "]\n" +
			"    templates: [{name: " + n + ", path: " + quoted("/dc/vm/"+name) + ", datastores: [" + n + "]}]\n" +
			"    networks: [{name: " + n + "}]\n    gaps: [" + n + "]\n    disagreements: [" + n + "]\n"
	}
	cluster := func(name string) string {
		return "apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata: {name: " + name + "}\n"
	}
	spread := func(name, group, machine, version string) string {
		return "apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: " + name + ", annotations: {config.kubernetes.io/local-config: \"true\"}}\n" +
			"spec:\n  workers:\n  - name: " + group + "\n    replicas: 5\n    version: " + version + "\n    machine: {template: " + machine + ", numCPUs: 2, memoryMiB: 4096, networks: [" + machine + "]}\n"
	}
	deployments := func(replicas int, template string) string {
		var b strings.Builder
		for _, p := range []string{name, "a " + name} {
			fmt.Fprintf(&b, "---\napiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: %s}\nspec:\n  clusterName: apple\n  replicas: %d\n  template:\n    spec:\n"+
				"      clusterName: apple\n      version: %s\n      bootstrap: {dataSecretName: %s}\n      infrastructureRef: {apiGroup: infrastructure.cluster.x-k8s.io, kind: VSphereMachineTemplate, name: %s}\n",
				quoted(p), replicas, quoted(template), quoted(template), quoted(template))
			if p != name {
				continue
			}
			fmt.Fprintf(&b, "---\napiVersion: infrastructure.cluster.x-k8s.io/v1beta2\nkind: VSphereMachineTemplate\nmetadata: {name: %s}\nspec: {template: {spec: {datastore: %s, template: %s, numCPUs: %d}}}\n",
				quoted(template), n, quoted(template), replicas)
			fmt.Fprintf(&b, "---\napiVersion: v1\nkind: Secret\nmetadata: {name: %s}\ndata: {%s: %s}\n", quoted(template+p), key, quoted(template))
		}
		return cluster("apple") + b.String()
	}
	for file, text := range map[string]string{
		"rendered/cluster.yaml": cluster("apple"), "rendered/spread.yaml": spread("apple", "md", n, "v1.35.4"), "rendered/inventory.yaml": inventory("", ""),
		"changed/cluster.yaml": cluster("apple"), "changed/spread.yaml": spread("apple", "md", more, "v1.35.5"),
		"changed/inventory.yaml": inventory(", {name: "+more+"}, {name: "+lost+", state: gone}", ", {name: "+more+", hosts: ["+more+"]}, {name: "+lost+", hosts: ["+lost+"], state: gone}"),
		"all/cluster.yaml":       cluster(n), "all/spread.yaml": spread(n, n, n, n) + "  " + key + ": " + n + "\n", "all/inventory.yaml": inventory(", {name: "+n+", "+key+": 1}", ""),
		"all/kustomization.yaml": "resources: [" + n + "]\ntransformers: [" + n + ", spread.yaml]\n", "old.yaml": deployments(1, name), "new.yaml": deployments(3, "t "+name), "plain.yaml": cluster("apple"),
	} {
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	lab := filepath.Join(home, examples, "homelab")
	if out, err := exec.Command("sh", "-c", "git init -q && mkdir lab && cp $0/*.yaml lab && rm lab/inventory.yaml lab/kustomization.yaml", lab).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// evilLab starts a vCenter whose hosts and local datastores have such names, and reads it into an inventory.
func evilLab(t *testing.T, name string) {
	t.Helper()
	lab, err := simulated.Start(simulated.Options{Build: labWithMachines})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(lab.Close)
	lab.Show(func(o types.ObjectContent) (types.ObjectContent, bool) {
		props := make([]types.DynamicProperty, 0, len(o.PropSet))
		for _, p := range o.PropSet {
			if old, ok := p.Val.(string); ok && p.Name == "name" && (o.Obj.Type == "HostSystem" || o.Obj.Type == "Datastore") && old != "iscsi-ds-0" {
				p.Val = old + " " + name
			}
			props = append(props, p)
		}
		o.PropSet = props
		return o, true
	})
	if err := os.WriteFile("lab.pem", lab.Certificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	for key, value := range map[string]string{
		"GOVC_URL": lab.URL.String(), "GOVC_USERNAME": simulated.Username, "GOVC_PASSWORD": simulated.Password, "GOVC_TLS_CA_CERTS": "lab.pem",
	} {
		t.Setenv(key, value)
	}
	runEvil(t, []string{"inventory", "refresh", "-f", "lab/inventory.yaml"}, name)
}
