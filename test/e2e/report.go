// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// row is a machine as it was after a commit.
type row struct {
	commit, vm, datastore, host, fate string
	clone                             Clone
}

func rows(commit string, s *State, before sets.Set[types.UID]) []row {
	var out []row
	machines := slices.SortedFunc(slices.Values(s.Machines), func(a, b clusterv1.Machine) int { return strings.Compare(a.Name, b.Name) })
	for _, m := range machines {
		r := row{commit: commit, vm: m.Name, datastore: s.VMs[m.Name].Datastore, host: s.VMs[m.Name].Host, fate: "new"}
		if before.Has(m.UID) {
			r.fate = "kept"
		}
		for _, c := range s.Clones {
			if c.VM == m.Name {
				r.clone = c
			}
		}
		out = append(out, r)
	}
	return out
}

// writeTable shows all machines after each commit. The host is where the simulator put the machine: the only one that
// mounts the datastore.
func writeTable(w io.Writer, rows []row) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "COMMIT\tVM\t\tDATASTORE\tHOST\tCLONE OF\tFOLDER\tPOOL\tNETWORK\tCPU\tMiB\tGiB")
	for _, r := range rows {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%d\t%d\t%d\n", r.commit, r.vm, r.fate, r.datastore, r.host,
			r.clone.Template[strings.LastIndexByte(r.clone.Template, '/')+1:], r.clone.Folder, r.clone.ResourcePool,
			strings.Join(r.clone.Networks, ","), r.clone.NumCPUs, r.clone.MemoryMiB, r.clone.DiskGiB)
	}
	_ = t.Flush() // into a string
}

func writeConditions(w io.Writer, conditions []metav1.Condition) {
	for _, c := range conditions {
		if c.Message != "" {
			fmt.Fprintf(w, "  %s=%s %s: %s\n", c.Type, c.Status, c.Reason, c.Message)
		}
	}
}

func writeUnstructuredConditions(w io.Writer, o unstructured.Unstructured) {
	conditions, _, _ := unstructured.NestedSlice(o.Object, "status", "conditions")
	for _, c := range conditions {
		if m, ok := c.(map[string]any); ok && m["message"] != "" && m["message"] != nil {
			fmt.Fprintf(w, "  %v=%v %v: %v\n", m["type"], m["status"], m["reason"], m["message"])
		}
	}
}
