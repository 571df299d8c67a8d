// SPDX-License-Identifier: Apache-2.0

package scaffold

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

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

// OwnSpread finds the ClusterSpread that the manifests bring along, or none: it says more than one that is made for them would.
func OwnSpread(set *object.Set) (*object.Object, diag.List) {
	var diags diag.List
	var own *object.Object
	for _, o := range set.All() {
		switch {
		case !o.IsSpread():
		case own != nil:
			diags.Errorf(diag.DuplicateSpread, diag.At(o.Ref, ""), "is the second ClusterSpread of the input").
				WithHint("put all worker groups of a Cluster into one ClusterSpread")
		default:
			own = o
		}
	}
	return own, diags
}

// RunByKustomize says in a ClusterSpread, where it does not say it already, how kustomize runs vspread for it.
func RunByKustomize(spread *yaml.RNode) {
	tree.Fill(spread.YNode(), &yaml.Node{Kind: yaml.ScalarNode, Tag: yaml.NodeTagString, Style: yaml.LiteralStyle, Value: "exec:\n  path: vspread\n"},
		"metadata", "annotations", Function)
}

// Function is the annotation by which kustomize knows how to run a function.
const Function = "config.kubernetes.io/function"

// Manifests gives the objects that a repository keeps, by their files, and lists these in the order of the objects. Objects that are
// in the repository already stay in their files, which inPlace gives. The inventory and the ClusterSpread have files of their own.
func Manifests(items []*yaml.RNode, inPlace func(*object.Object) string) (byFile map[string][]*yaml.RNode, files []string) {
	byFile = map[string][]*yaml.RNode{}
	for _, n := range items {
		o := object.New(n.YNode(), 0)
		if o.IsInventory() || o.IsSpread() {
			continue
		}
		file := inPlace(o)
		if file == "" {
			if file = o.Place; file == "" || isMadeHere(file) || !isManifest(file) {
				file = "cluster.yaml"
			}
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

// isManifest tells whether tools read a file by its name, and none takes the name for something else: to kustomize, one of several
// lines is an object.
func isManifest(file string) bool {
	return slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(path.Ext(file))) && !strings.ContainsFunc(file, unicode.IsControl)
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
