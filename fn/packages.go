// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"path"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/tree"
)

// packagePath is where kpt notes the directory of an item's package. In packages within a package it gives each
// file's path from its own package, so that two files seem to be one.
const packagePath = "internal.config.kubernetes.io/package-path"

// packages knows the directory that holds the packages of all items.
type packages struct{ root string }

// packagesOf finds the nearest directory that holds the packages of all nodes.
func packagesOf(nodes ...*yaml.RNode) packages {
	root := ""
	for _, n := range nodes {
		dir := tree.String(n.YNode(), "metadata", "annotations", packagePath)
		if dir == "" {
			continue
		}
		if root == "" {
			root = path.Clean(dir)
		}
		for !isBelow(path.Clean(dir), root) && root != path.Dir(root) {
			root = path.Dir(root)
		}
	}
	return packages{root}
}

// locate makes the file of an object one from that directory.
func (p packages) locate(o *object.Object) {
	dir := path.Clean(o.Annotation(packagePath))
	if o.Place != "" && dir != p.root && isBelow(dir, p.root) {
		o.Place = path.Join(strings.TrimPrefix(strings.TrimPrefix(dir, p.root), "/"), o.Place)
		o.Ref.File = o.Place
	}
}

func isBelow(dir, root string) bool {
	return root != "" && (dir == root || strings.HasPrefix(dir, strings.TrimSuffix(root, "/")+"/"))
}
