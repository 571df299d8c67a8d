// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// Drift is a field that does not stay as it was applied.
type Drift struct{ object, field, text string }

func (d Drift) String() string { return d.object + ": " + d.field + d.text }

// Drift reads every applied object back, in the version it was written in, and tells which fields of ours are different:
// what Argo CD shows as OutOfSync. It also applies each again without effect, as Flux does to find out whether
// something was changed, and tells what would be.
func (g *GitOps) Drift(ctx context.Context) ([]Drift, error) {
	var found []Drift
	for _, object := range g.applied {
		live := &unstructured.Unstructured{}
		live.SetGroupVersionKind(object.GroupVersionKind())
		if err := g.client.Get(ctx, client.ObjectKeyFromObject(object), live); err != nil {
			return nil, err
		}
		found = append(found, differences(object, "", object.Object, live.Object)...)
		again := object.DeepCopy()
		if err := g.client.Apply(ctx, client.ApplyConfigurationFromUnstructured(again), append(applyOptions, client.DryRunAll)...); err != nil {
			return nil, err
		}
		if again.GetUID() != live.GetUID() {
			return nil, fmt.Errorf("%s: the answer to applying it again is another object", id(object))
		}
		for _, o := range []*unstructured.Unstructured{live, again} {
			o.SetManagedFields(nil)
			o.SetResourceVersion("")
			delete(o.Object, "status")
		}
		found = append(found, differences(object, "", live.Object, again.Object)...)
		for _, d := range differences(object, "", again.Object, live.Object) {
			if d.text == absent {
				d.text = " would come with applying it again"
				found = append(found, d)
			}
		}
	}
	return found, nil
}

// unexpected compares drift with the fields that are known not to stay: the ends of their paths, each of which must occur.
func unexpected(found []Drift, known []string) error {
	var errs []error
	seen := map[string]bool{}
	for _, d := range found {
		i := slices.IndexFunc(known, func(end string) bool { return strings.HasSuffix(d.field, "."+end) })
		if i < 0 {
			errs = append(errs, fmt.Errorf("%s", d))
			continue
		}
		seen[known[i]] = true
	}
	for _, end := range known {
		if !seen[end] {
			errs = append(errs, fmt.Errorf("%s is said to drift, and nowhere does", end))
		}
	}
	return errors.Join(errs...)
}

const absent = " is not there"

// differences names the paths at which got is not want. What got has besides is not looked at, but in lists.
func differences(object *unstructured.Unstructured, path string, want, got any) []Drift {
	wantMap, ok := want.(map[string]any)
	gotMap, ok2 := got.(map[string]any)
	if ok && ok2 {
		var found []Drift
		for _, key := range slices.Sorted(maps.Keys(wantMap)) {
			value, there := gotMap[key]
			if !there {
				found = append(found, Drift{id(object), path + "." + key, absent})
				continue
			}
			found = append(found, differences(object, path+"."+key, wantMap[key], value)...)
		}
		return found
	}
	wantList, ok := want.([]any)
	gotList, ok2 := got.([]any)
	if ok && ok2 && len(wantList) == len(gotList) {
		var found []Drift
		for i := range wantList {
			found = append(found, differences(object, fmt.Sprintf("%s[%d]", path, i), wantList[i], gotList[i])...)
		}
		return found
	}
	if reflect.DeepEqual(want, got) {
		return nil
	}
	return []Drift{{id(object), path, fmt.Sprintf(": %v became %v", want, got)}}
}
