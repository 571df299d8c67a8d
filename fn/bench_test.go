// SPDX-License-Identifier: Apache-2.0

package fn_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"

	sdk "github.com/kptdev/krm-functions-sdk/go/fn"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn"
)

// fleet is an input of several clusters over the same hosts, each host with a local datastore.
func fleet(clusters, hosts int) []byte {
	var inv strings.Builder
	var names []string
	inv.WriteString("hosts:\n")
	for i := range hosts {
		names = append(names, fmt.Sprintf("esxi%03d", i))
		fmt.Fprintf(&inv, "- {name: esxi%03d, id: host-%d, cpus: 64, memoryMiB: 524288}\n", i, i)
	}
	inv.WriteString("datastores:\n")
	for i := range hosts {
		fmt.Fprintf(&inv, "- {name: local%03d, path: /dc/datastore/local%03d, id: datastore-%d, ordinal: %d, hosts: [esxi%03d]}\n", i, i, i, i+1, i)
	}
	fmt.Fprintf(&inv, "- {name: nas, path: /dc/datastore/nas, id: datastore-n, url: \"ds:///nas/\", type: NFS, hosts: [%s]}\n", strings.Join(names, ", "))
	inv.WriteString("datacenters: [{name: dc, path: /dc}]\ntemplates: [{name: photon, path: /dc/vm/photon}]\nnetworks: [{name: net, path: /dc/network/net}]\n")
	items := []string{
		"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: lab\n  labels: {vspread.dev/inventory: \"true\"}\n  annotations: {config.kubernetes.io/local-config: \"true\"}\ndata:\n  inventory.yaml: |\n    " +
			strings.ReplaceAll(strings.TrimSuffix(inv.String(), "\n"), "\n", "\n    ") + "\n",
	}
	for i := range clusters {
		items = append(items,
			fmt.Sprintf("apiVersion: cluster.x-k8s.io/v1beta2\nkind: Cluster\nmetadata:\n  name: c%03d\n  namespace: fleet\nspec: {}\n", i),
			fmt.Sprintf("apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata:\n  name: c%03d\n  annotations: {config.kubernetes.io/local-config: \"true\"}\nspec:\n  cluster: c%03d\n  workers:\n  - name: md\n    replicas: %d\n    version: v1.35.4\n    machine: {numCPUs: 4, memoryMiB: 16384}\n", i, i, 2*hosts))
	}
	return list(items)
}

var sizes = []int{1, 10, 100}

const benchHosts = 64

// reportObjects says how many objects an operation is about, for `make bench-guard`: a Cluster and a bootstrap template for each
// cluster, two objects for each pool.
func reportObjects(b *testing.B, clusters int) {
	b.ReportMetric(float64(clusters*(2+2*benchHosts)), "objects")
}

// BenchmarkParse reads a list that has been expanded already, as kpt gives it.
func BenchmarkParse(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("clusters=%d", n), func(b *testing.B) {
			in := []byte(mustRun(b, fleet(n, benchHosts)))
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				if _, diags := fn.ReadResourceList(in); diags.HasErrors() {
					b.Fatal(diags)
				}
			}
			reportObjects(b, n)
		})
	}
}

// BenchmarkExpand is the work between reading and writing, from no earlier output.
func BenchmarkExpand(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("clusters=%d", n), func(b *testing.B) {
			in := fleet(n, benchHosts)
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				items := nodes(b, in)
				b.StartTimer()
				if out := fn.Transform(items, nil); out.Diags.HasErrors() {
					b.Fatal(out.Diags)
				}
			}
			reportObjects(b, n)
		})
	}
}

// BenchmarkExpandAgain is the same over earlier output, of which nothing changes.
func BenchmarkExpandAgain(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("clusters=%d", n), func(b *testing.B) {
			items := nodes(b, []byte(mustRun(b, fleet(n, benchHosts))))
			b.ReportAllocs()
			for b.Loop() {
				if out := fn.Transform(items, nil); out.Diags.HasErrors() {
					b.Fatal(out.Diags)
				}
			}
			reportObjects(b, n)
		})
	}
}

// BenchmarkWrite writes the expanded list.
func BenchmarkWrite(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("clusters=%d", n), func(b *testing.B) {
			rl := expanded(b, n)
			b.SetBytes(int64(len(listText(b, rl))))
			b.ReportAllocs()
			for b.Loop() {
				if err := rl.Write(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
			reportObjects(b, n)
		})
	}
}

// BenchmarkFloor is what encoding the same nodes costs at the least: the YAML library, item by item.
func BenchmarkFloor(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("clusters=%d", n), func(b *testing.B) {
			rl := expanded(b, n)
			items := nodes(b, []byte(listText(b, rl)))
			b.SetBytes(int64(len(listText(b, rl))))
			b.ReportAllocs()
			var out bytes.Buffer
			for b.Loop() {
				out.Reset()
				for _, item := range items {
					if err := yaml.NewEncoder(&out).Encode(item.YNode()); err != nil {
						b.Fatal(err)
					}
				}
			}
			reportObjects(b, n)
		})
	}
}

// BenchmarkPeerSDK is the whole way of the kpt functions SDK with a function that does nothing.
func BenchmarkPeerSDK(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("clusters=%d", n), func(b *testing.B) {
			in := []byte(mustRun(b, fleet(n, benchHosts)))
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			nothing := sdk.ResourceListProcessorFunc(func(*sdk.ResourceList) (bool, error) { return true, nil })
			for b.Loop() {
				if _, err := sdk.Run(nothing, in); err != nil {
					b.Fatal(err)
				}
			}
			reportObjects(b, n)
		})
	}
}

// BenchmarkRun is our whole way over the same input.
func BenchmarkRun(b *testing.B) {
	for _, n := range sizes {
		b.Run(fmt.Sprintf("clusters=%d", n), func(b *testing.B) {
			in := []byte(mustRun(b, fleet(n, benchHosts)))
			b.SetBytes(int64(len(in)))
			b.ReportAllocs()
			for b.Loop() {
				mustRun(b, in)
			}
			reportObjects(b, n)
		})
	}
}

func expanded(b *testing.B, clusters int) *fn.ResourceList {
	b.Helper()
	rl, diags := fn.ReadResourceList([]byte(mustRun(b, fleet(clusters, benchHosts))))
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	return rl
}

func nodes(b *testing.B, in []byte) []*yaml.RNode {
	b.Helper()
	rl, diags := fn.ReadResourceList(in)
	if diags.HasErrors() {
		b.Fatal(diags)
	}
	return rl.Items
}
