// SPDX-License-Identifier: Apache-2.0

// Package fleet writes the same fleet of clusters in the words of each program: as vspread's input, as values of a template, as a
// ResourceList.
package fleet

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Size is a number of clusters, each with a pool on each of a number of local datastores.
type Size struct{ Clusters, Pools int }

func (s Size) String() string { return fmt.Sprintf("%dx%d", s.Clusters, s.Pools) }

// Objects counts what is written: a Cluster and a bootstrap template for each cluster, and two objects for each pool.
func (s Size) Objects() int { return s.Clusters * (2 + 2*s.Pools) }

// ParseSize reads what String writes.
func ParseSize(text string) (Size, error) {
	clusters, pools, found := strings.Cut(text, "x")
	c, errC := strconv.Atoi(clusters)
	p, errP := strconv.Atoi(pools)
	if !found || errC != nil || errP != nil || c < 1 || p < 1 {
		return Size{}, fmt.Errorf("a size is CLUSTERSxPOOLS, such as 10x64, not %q", text)
	}
	return Size{c, p}, nil
}

// Fleet is what differs between fleets of one size.
type Fleet struct {
	Size
	Replicas  int // of each cluster
	MemoryMiB int // of each machine
}

// New gives two machines to each pool, and one more to the first two.
func New(size Size) Fleet {
	return Fleet{Size: size, Replicas: 2*size.Pools + 2, MemoryMiB: 8192}
}

const (
	clustersFile  = "clusters.yaml"
	inventoryFile = "inventory.yaml"
	spreadFile    = "spread.yaml"
)

// WriteSources writes vspread's input into a directory.
func (f Fleet) WriteSources(dir string) error {
	return writeFiles(dir, map[string]func(io.Writer){
		clustersFile:  f.clusters,
		inventoryFile: f.inventory,
		spreadFile:    func(w io.Writer) { f.spread(w, "") },
	})
}

// WriteValues writes the values of the peers' templates, values.yaml and values.json.
func (f Fleet) WriteValues(dir string) error {
	return writeFiles(dir, map[string]func(io.Writer){"values.yaml": f.yamlValues, "values.json": f.jsonValues})
}

func (f Fleet) clusters(w io.Writer) {
	for i := range f.Clusters {
		fmt.Fprintf(w, `---
apiVersion: cluster.x-k8s.io/v1beta2
kind: Cluster
metadata:
  name: %[1]s
  namespace: %[2]s
spec:
  infrastructureRef:
    apiGroup: infrastructure.cluster.x-k8s.io
    kind: VSphereCluster
    name: %[1]s
`, clusterName(i), namespace(i))
	}
}

// spread writes the ClusterSpread, for kustomize with the program that it runs.
func (f Fleet) spread(w io.Writer, program string) {
	fmt.Fprint(w, `apiVersion: vspread.dev/v1alpha1
kind: ClusterSpread
metadata:
  name: fleet
  annotations:
    config.kubernetes.io/local-config: "true"
`)
	if program != "" {
		fmt.Fprintf(w, "    config.kubernetes.io/function: |\n      exec:\n        path: %s\n", program)
	}
	fmt.Fprintf(w, `spec:
  clusterSelector: {}
  workers:
  - name: md
    replicas: %d
    version: v1.35.4
    machine:
      numCPUs: 4
      memoryMiB: %d
`, f.Replicas, f.MemoryMiB)
}

func (f Fleet) inventory(w io.Writer) {
	fmt.Fprint(w, `apiVersion: v1
kind: ConfigMap
metadata:
  name: lab
  labels: {vspread.dev/inventory: "true"}
  annotations: {config.kubernetes.io/local-config: "true"}
data:
  inventory.yaml: |
    datacenters: [{name: DC, path: /DC}]
    hosts:
`)
	for i := range f.Pools {
		fmt.Fprintf(w, "    - {name: esx%02d, cluster: /DC/host/C}\n", i)
	}
	fmt.Fprint(w, "    datastores:\n")
	for i := range f.Pools {
		fmt.Fprintf(w, "    - {name: %[1]s, path: /DC/datastore/%[1]s, type: VMFS, hosts: [esx%02[2]d]}\n", datastore(i), i)
	}
	fmt.Fprint(w, "    templates: [{name: ubuntu, path: /DC/vm/ubuntu}]\n    networks: [{name: VM Network, path: /DC/network/VM Network}]\n")
}

func (f Fleet) yamlValues(w io.Writer) {
	fmt.Fprintf(w, `template: /DC/vm/ubuntu
datacenter: DC
network: /DC/network/VM Network
numCPUs: 4
memoryMiB: %d
version: v1.35.4
replicas: %d
datastores:
`, f.MemoryMiB, f.Replicas)
	for i := range f.Pools {
		fmt.Fprintf(w, "- %s\n", datastore(i))
	}
	fmt.Fprint(w, "clusters:\n")
	for i := range f.Clusters {
		fmt.Fprintf(w, "- {name: %s, namespace: %s}\n", clusterName(i), namespace(i))
	}
}

func (f Fleet) jsonValues(w io.Writer) {
	fmt.Fprintf(w, `{
  "template": "/DC/vm/ubuntu",
  "datacenter": "DC",
  "network": "/DC/network/VM Network",
  "numCPUs": 4,
  "memoryMiB": %d,
  "version": "v1.35.4",
  "replicas": %d,
  "datastores": [`, f.MemoryMiB, f.Replicas)
	separator := "\n"
	for i := range f.Pools {
		fmt.Fprintf(w, "%s    %q", separator, datastore(i))
		separator = ",\n"
	}
	fmt.Fprint(w, "\n  ],\n  \"clusters\": [")
	separator = "\n"
	for i := range f.Clusters {
		fmt.Fprintf(w, `%s    {"name": %q, "namespace": %q}`, separator, clusterName(i), namespace(i))
		separator = ",\n"
	}
	fmt.Fprint(w, "\n  ]\n}\n")
}

func clusterName(i int) string { return fmt.Sprintf("c%05d", i) }
func namespace(i int) string   { return fmt.Sprintf("ns%05d", i) }
func datastore(i int) string   { return fmt.Sprintf("local-%02d", i) }

func writeFiles(dir string, files map[string]func(io.Writer)) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for name, write := range files {
		if err := writeFile(filepath.Join(dir, name), func(w *bufio.Writer) error { write(w); return nil }); err != nil {
			return err
		}
	}
	return nil
}

// writeFile writes through a small buffer, which keeps the first error.
func writeFile(path string, write func(*bufio.Writer) error) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(file)
	err = write(w)
	if err == nil {
		err = w.Flush()
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	return err
}
