// SPDX-License-Identifier: Apache-2.0

package rollout_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
)

const stored = `
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata: {name: apple, labels: {storage: nas}}
---
apiVersion: addons.cluster.x-k8s.io/v1beta2
kind: ClusterResourceSet
metadata: {name: apple-storage}
spec: {clusterSelector: {matchLabels: {storage: nas}}, strategy: Reconcile, resources: [{kind: ConfigMap, name: apple-storage}]}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: apple-storage}
data:
  other: "1"
  storageclass.yaml: |
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: shared}
    provisioner: csi.vsphere.vmware.com
    parameters: {datastoreurl: "ds:///vmfs/volumes/nas/"}
    reclaimPolicy: Delete
  slow.yaml: |
    apiVersion: storage.k8s.io/v1
    kind: StorageClass
    metadata: {name: slow}
    provisioner: csi.vsphere.vmware.com
`

// TestStorageClasses tells which StorageClass changes, what of it the API server refuses, and what stays behind.
func TestStorageClasses(t *testing.T) {
	t.Parallel()
	const step = "in cluster apple, delete StorageClass "
	for _, c := range []struct {
		name, after   string
		fields, steps []string
		refused       string
	}{
		{name: "as it was", after: stored},
		{name: "another url", after: edit(t, stored, "volumes/nas/", "volumes/san/"), fields: []string{"StorageClass shared parameters.datastoreurl"}, refused: "changes parameters of StorageClass shared"},
		{name: "another policy of reclaiming", after: edit(t, stored, "reclaimPolicy: Delete", "reclaimPolicy: Retain"), fields: []string{"StorageClass shared reclaimPolicy"}, refused: "changes reclaimPolicy of StorageClass shared"},
		{name: "volumes may grow", after: edit(t, stored, "reclaimPolicy: Delete", "reclaimPolicy: Delete\n    allowVolumeExpansion: true"), fields: []string{"StorageClass shared allowVolumeExpansion"}},
		{
			name: "another name", after: edit(t, stored, "name: shared", "name: fast", "volumes/nas/", "volumes/san/"),
			fields: []string{"without StorageClass shared", "StorageClass fast"}, steps: []string{"shared"},
		},
		{name: "another key", after: edit(t, stored, `other: "1"`, `other: "2"`), fields: []string{"data.other"}},
		{name: "one is left out", after: edit(t, stored, "kind: StorageClass\n    metadata: {name: slow}", "kind: Other\n    metadata: {name: slow}"), fields: []string{"without StorageClass slow"}, steps: []string{"slow"}},
		{name: "the Cluster lost the label", after: edit(t, stored, "{storage: nas}}\n---", "{storage: no}}\n---"), fields: []string{"metadata.labels.storage"}, steps: []string{"shared", "slow"}},
		{name: "no storage any more", after: without(t, stored, "ConfigMap", "apple-storage"), steps: []string{"shared", "slow"}},
		{name: "no Cluster any more", after: without(t, stored, "Cluster", "apple")},
		{name: "not YAML", after: edit(t, stored, "{name: shared}", "{name: shared"), fields: []string{"without StorageClass shared"}, steps: []string{"shared"}},
		{name: "an alias", after: edit(t, stored, "metadata: {name: shared}", "metadata: &a {name: shared}"), fields: []string{"without StorageClass shared"}, steps: []string{"shared"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := rollout.Compare(side(t, stored, ""), side(t, c.after, ""))
			var fields, steps []string
			for _, o := range p.Others {
				fields = append(fields, o.Fields...)
			}
			if !slices.Equal(fields, c.fields) {
				t.Errorf("fields %q", fields)
			}
			for _, s := range p.Steps {
				if name, isOfStorage := strings.CutPrefix(s.Text, step); isOfStorage {
					steps = append(steps, strings.Fields(name)[0])
				}
			}
			if !slices.Equal(steps, c.steps) {
				t.Errorf("steps %q", steps)
			}
			refused := slices.DeleteFunc(slices.Clone(p.Diags), func(d *diag.Diagnostic) bool { return d.Code != diag.StorageClassImmutable })
			if (c.refused == "") != (len(refused) == 0) || len(refused) > 0 && refused[0].Message != c.refused+", which the API server refuses" {
				t.Errorf("%v", p.Diags)
			}
		})
	}
}

// TestManyStorageClasses holds the time for a ConfigMap that carries very many in line with its size.
func TestManyStorageClasses(t *testing.T) {
	t.Parallel()
	many := func(value string) string {
		var b strings.Builder
		b.WriteString("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: many}\ndata:\n")
		for i := range 3000 {
			n := strconv.Itoa(i)
			b.WriteString("  k" + n + ": '{kind: StorageClass, metadata: {name: c" + n + "}, provisioner: " + value + "}'\n")
		}
		return b.String()
	}
	p := rollout.Compare(side(t, many("a"), ""), side(t, many("b"), ""))
	if len(p.Others) != 1 || len(p.Others[0].Fields) != 3000 || len(p.Diags) != 3000 {
		t.Errorf("%d others, %d diagnostics", len(p.Others), len(p.Diags))
	}
}
