// SPDX-License-Identifier: Apache-2.0

package scaffold

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
	"github.com/vspread/vspread/inventory"
)

// OnlyCluster finds the one Cluster that a repository is for, and gives all objects as well.
func OnlyCluster(items []*yaml.RNode) (*object.Object, *object.Set, diag.List) {
	var diags diag.List
	var all []*object.Object
	for i, n := range items {
		all = append(all, object.New(n.YNode(), i))
	}
	set := object.NewSet(all)
	clusters := set.Clusters()
	if len(clusters) == 1 {
		return clusters[0], set, diags
	}
	code := diag.NoCluster
	if len(clusters) > 1 {
		code = diag.AmbiguousCluster
	}
	var names []string
	for _, c := range clusters {
		names = append(names, c.Ref.Name)
	}
	d := diags.Errorf(code, diag.Where{}, "there is no Cluster in the input")
	d.WithHint("give init the manifests of one cluster")
	if len(clusters) > 1 {
		d.Message = fmt.Sprintf("there are %d Clusters in the input: %s", len(clusters), diag.Choices(names))
	} else if o := object.OtherCluster(all); o != nil {
		d.Where = diag.At(o.Ref, "apiVersion")
		d.WithHint("%s is of %s; vspread spreads Clusters of %s", o.Ref, o.Ref.APIVersion, object.CoreGroup)
	}
	return nil, set, diags
}

// WithoutSecrets leaves Secrets out: clusterctl puts the password of vCenter into one, and what init writes is meant for git.
func WithoutSecrets(items []*yaml.RNode) ([]*yaml.RNode, diag.List) {
	var diags diag.List
	var out []*yaml.RNode
	for i, n := range items {
		o := object.New(n.YNode(), i)
		if o.Ref.APIVersion == "v1" && o.Ref.Kind == "Secret" && (tree.Get(o.Node, "data") != nil || tree.Get(o.Node, "stringData") != nil) {
			diags.Warnf(diag.SecretInManifests, diag.At(o.Ref, ""), "is a Secret and left out, since what init writes is meant for git").
				WithHint("give it to the management cluster in another way, for example encrypted by SOPS or by an external secrets operator")
			continue
		}
		out = append(out, n)
	}
	return out, diags
}

// Manifests gives the objects that a repository keeps, by their files, and lists these in the order of the objects. The inventory
// has a file of its own, and the ClusterSpread is made again.
func Manifests(items []*yaml.RNode) (byFile map[string][]*yaml.RNode, files []string) {
	byFile = map[string][]*yaml.RNode{}
	for _, n := range items {
		o := object.New(n.YNode(), 0)
		if o.IsInventory() || o.Ref.Kind == "ClusterSpread" {
			continue
		}
		file := o.Place
		if file == "" || isMadeHere(file) {
			file = "cluster.yaml"
		}
		if !slices.Contains(files, file) {
			files = append(files, file)
		}
		byFile[file] = append(byFile[file], n)
	}
	return byFile, files
}

// isMadeHere tells whether a file's name is for what a repository gets besides the manifests, whatever the tool is.
func isMadeHere(file string) bool {
	return slices.Contains([]string{"spread.yaml", "inventory.yaml", "kustomization.yaml", "references.yaml", "guard", "rendered"}, strings.Split(file, "/")[0])
}

// SharedDatastore is the datastore that a StorageClass is for when nothing names one. Named, it stays that when hosts come and go.
func SharedDatastore(inv *inventory.Inventory) string {
	var hosts []string
	for _, h := range inv.Hosts {
		if h.State != inventory.Gone {
			hosts = append(hosts, h.Name)
		}
	}
	slices.Sort(hosts)
	found := slices.DeleteFunc(inv.Shared(hosts), func(d inventory.Datastore) bool { return d.URL == "" })
	if len(found) != 1 {
		return ""
	}
	if len(inv.Find(inventory.DatastoreClass, found[0].Name, "")) == 1 {
		return found[0].Name
	}
	return cmp.Or(found[0].Path, found[0].Name)
}
