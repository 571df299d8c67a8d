// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/kio"

	"github.com/vspread/vspread/fn"
	"github.com/vspread/vspread/fn/capacity"
	"github.com/vspread/vspread/inventory"
)

// TestWorkedExampleOfCapacity holds docs/capacity.md to what it says: the numbers of its table, the diagnostic, and that the remedy helps.
func TestWorkedExampleOfCapacity(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/capacity.md")
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(text), "## A worked example")
	var input []string
	for _, m := range regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(example, -1) {
		input = append(input, m[1])
	}
	run := func(input string) fn.Outcome {
		items, err := kio.FromBytes([]byte(input))
		if err != nil {
			t.Fatal(err)
		}
		return fn.Transform(items, nil)
	}
	out := run(strings.Join(input, "---\n"))
	told := regexp.MustCompile("(?s)```\n(warning: .*?)```").FindStringSubmatch(example)[1]
	if d := cmp.Diff(told, onlyWarnings(out)); d != "" {
		t.Errorf("the diagnostic (-docs +got):\n%s", d)
	}

	var sums capacity.Sums
	var inv *inventory.Inventory
	for _, i := range out.Inventories {
		inv = i
	}
	for _, p := range out.Pools {
		sums.Add(capacity.Load{Inventory: inv, Datastore: p.Datastore.Object(), Machines: p.Most(), Surge: p.Surge, Footprint: p.Footprint})
	}
	limits := capacity.Limits{MemoryOvercommit: 1000, CPUOvercommit: 4000, ReserveMiB: 4096, ReservePercent: 10}
	var want []string
	row := func(what string, a capacity.Amount, usable, unit int) {
		want = append(want, fmt.Sprintf("%s: %d %d %d", what, a.Steady/unit, a.Peak/unit, usable/unit))
	}
	for i, h := range inv.Hosts {
		memory, _ := limits.OfHost(capacity.Memory, h)
		cpus, _ := limits.OfHost(capacity.CPU, h)
		disk, _ := limits.OfDatastore(inv.Datastores[i])
		row("memory of "+h.Name+", MiB", sums.Host(inv, h.Name, capacity.Memory), memory, 1)
		row("CPUs of "+h.Name, sums.Host(inv, h.Name, capacity.CPU), cpus, 1)
		row("disk of "+inv.Datastores[i].Name+", GiB", sums.Datastore(inv, inv.Datastores[i].Object()), disk, 1024)
	}
	var rows []string
	for _, m := range regexp.MustCompile(`(?m)^\| ([^|]+) \| [^|]+ = (\d+) \| [^|]+ = (\d+) \| [^|]+ = (\d+) \|$`).FindAllStringSubmatch(example, -1) {
		rows = append(rows, fmt.Sprintf("%s: %s %s %s", m[1], m[2], m[3], m[4]))
	}
	if d := cmp.Diff(want, rows); d != "" {
		t.Errorf("the table (-got +docs):\n%s", d)
	}

	remedy := regexp.MustCompile("With `(overrides: .*?)`").FindStringSubmatch(example)[1]
	if left := onlyWarnings(run(strings.Join(input, "---\n") + "    " + remedy + "\n")); left != "" {
		t.Errorf("with %s: %s", remedy, left)
	}
}

func onlyWarnings(out fn.Outcome) string {
	var b strings.Builder
	for _, line := range strings.SplitAfter(out.Diags.String(), "\n") {
		if !strings.HasPrefix(line, "info: ") {
			b.WriteString(line)
		}
	}
	return b.String()
}
