// SPDX-License-Identifier: Apache-2.0

package output

import (
	"cmp"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Layout is which object is in which file of an output directory, before and after.
type Layout struct {
	// Diags are what is in the way, and what the user should know of the directory.
	Diags diag.List

	dir           string
	before, after map[string][]*yaml.RNode
	// touched are the files whose objects are not just those that were there.
	touched map[string]bool
}

// Arrange puts objects into the files of a directory: what is wanted, of all that there is, where it was or where it belongs; and
// what else the directory had before, which stays: the user's own objects, and what --only leaves out this time.
func Arrange(dir string, wanted, all, earlier []*yaml.RNode) *Layout {
	l := &Layout{dir: dir, before: map[string][]*yaml.RNode{}, after: map[string][]*yaml.RNode{}, touched: map[string]bool{}}
	toBe, there := l.objects(wanted), l.objects(earlier)
	output, isWanted := map[object.Identity]*object.Object{}, map[object.Identity]bool{}
	everything := l.objects(all)
	for i, id := range object.Identities(everything) {
		output[id] = everything[i]
	}
	ids := object.Identities(toBe)
	for _, id := range ids {
		isWanted[id] = true
	}
	where := map[object.Identity]string{}
	for i, id := range object.Identities(there) {
		n, x, file := earlier[i], there[i], there[i].Place
		l.before[file] = append(l.before[file], n)
		switch {
		case isWanted[id] && l.replaces(output[id], x):
			where[id] = file
		case l.stays(x, output[id], output):
			l.after[file] = append(l.after[file], n)
		default:
			l.touched[file] = true
		}
	}
	for i, n := range wanted {
		x := toBe[i]
		file := cmp.Or(where[ids[i]], x.Place)
		if !filepath.IsLocal(filepath.FromSlash(file)) {
			l.Diags.Errorf(diag.InvalidValue, diag.At(x.Ref, "metadata.annotations"), "places the object outside of %s", l.dir)
			continue
		}
		l.after[file] = append(l.after[file], n)
		l.touched[file] = true
	}
	for _, list := range l.after {
		slices.SortStableFunc(list, func(a, b *yaml.RNode) int { return cmp.Compare(index(a), index(b)) })
	}
	return l
}

// objects takes items apart; what comes from no file goes into one.
func (l *Layout) objects(items []*yaml.RNode) []*object.Object {
	out := make([]*object.Object, len(items))
	for i, n := range items {
		out[i] = object.New(n.YNode(), i)
		out[i].Place = cmp.Or(out[i].Place, "stdin.yaml")
	}
	return out
}

// Files lists the files that the directory will have.
func (l *Layout) Files() []string { return slices.Sorted(maps.Keys(l.after)) }

// at is a file of the directory in messages.
func (l *Layout) at(file string) diag.Where {
	return diag.At(diag.Ref{File: path.Join(filepath.ToSlash(l.dir), file)}, "")
}

// WarnUnlisted reports files that the kustomization of the directory does not lead to.
func (l *Layout) WarnUnlisted(files []string) {
	for _, file := range files {
		l.Diags.Warnf(diag.NotListed, l.at(file), "is not listed in the kustomization of %s, so it is not applied where kustomize reads the directory", l.dir).
			WithHint("list it there, or delete the kustomization: Flux and Argo CD then take every file")
	}
}

// RefuseForeign reports files that would be written again, or removed, with something in them that is no Kubernetes object.
func (l *Layout) RefuseForeign(foreign map[string]bool) {
	for _, file := range slices.Sorted(maps.Keys(foreign)) {
		if l.touched[file] {
			l.Diags.Errorf(diag.ObjectInTheWay, l.at(file), "has something in it that is no Kubernetes object, and would be lost").
				WithHint("move it out of this file, which vspread writes")
		}
	}
}

// replaces tells whether a wanted object may take the place of the one that is there.
func (l *Layout) replaces(wanted, there *object.Object) bool {
	if there.Owner() == "" && wanted.Owner() != "" {
		l.Diags.Errorf(diag.ObjectInTheWay, diag.At(there.Ref, "").Dot("metadata.name"), "is the name of an object that vspread would write for %s", wanted.Owner()).
			WithHint("rename or delete it in %s, or choose another name in the ClusterSpread", l.dir)
	}
	return true
}

// machines writes the replicas of a MachineDeployment, which may not be git's to say.
func machines(replicas, otherwise string) string {
	n, err := strconv.Atoi(replicas)
	if err != nil {
		return otherwise
	}
	return diag.Count(n, "machine", "machines")
}

// stays tells whether an object that is there and not wanted is left alone, and reports what deserves it.
func (l *Layout) stays(there, inOutput *object.Object, output map[object.Identity]*object.Object) bool {
	switch {
	case there.IsLocalConfig():
		return true
	case inOutput == nil && there.Owner() != "":
		if n := tree.String(there.Node, "spec", "replicas"); there.Ref.Kind == "MachineDeployment" && n != "0" {
			l.Diags.Warnf(diag.PoolRemoved, diag.At(there.Ref, ""), "is removed with %s: nothing asks for this pool any more", machines(n, "autoscaled machines")).
				WithHint("%s", removedHint(there, output))
		}
		return false
	case inOutput == nil:
		stays := "it stays"
		if n := tree.String(there.Node, "spec", "replicas"); there.Ref.Kind == "MachineDeployment" && n != "0" {
			stays += " with " + machines(n, "its machines")
		}
		l.Diags.Warnf(diag.NotInInput, diag.At(there.Ref, ""), "is in %s and not in the input; %s", l.dir, stays).
			WithHint("delete it there if it is a leftover")
		return true
	case inOutput.IsLocalConfig():
		// It was copied here while it was still applied; now it is a seed.
		if n := tree.String(there.Node, "spec", "replicas"); there.Ref.Kind == "MachineDeployment" && n != "0" {
			l.Diags.Warnf(diag.SeedReplaced, diag.At(there.Ref, ""), "leaves git with %s, because it is a seed now", machines(n, "its machines")).
				WithHint("to keep them, adopt it in an override for its datastore")
		}
		return false
	}
	return true // --only leaves it out this time
}

func index(n *yaml.RNode) int { return object.New(n.YNode(), 0).Index() }
