package crd

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	utilconversion "sigs.k8s.io/cluster-api/util/conversion"
)

// Drift lists what a GET shows otherwise than it was written: what a GitOps tool may report for ever.
func (o *Object) Drift() []string {
	if o.Read == nil {
		return []string{"the defaults of this kind are not known here"}
	}
	read := o.Read.DeepCopy()
	// Every conversion to an older version adds this annotation, which nobody can write by hand.
	annotations := read.GetAnnotations()
	delete(annotations, utilconversion.DataAnnotation)
	read.SetAnnotations(annotations)
	// Who writes the autoscaler's limits leaves the replicas to it, and they are never equal for long.
	if _, written, _ := unstructured.NestedFieldNoCopy(o.Sent.Object, "spec", "replicas"); !written && annotations[clusterv1.AutoscalerMinSizeAnnotation] != "" {
		unstructured.RemoveNestedField(read.Object, "spec", "replicas")
	}
	return differences("", o.Sent.Object, read.Object)
}

// differences compares decoded values and names the paths at which got is not want. An empty object that was added says
// nothing (a conversion adds spec.template.metadata) and is passed over.
func differences(path string, want, got any) []string {
	wantMap, wantIsMap := want.(map[string]any)
	gotMap, gotIsMap := got.(map[string]any)
	if (wantIsMap || want == nil) && gotIsMap || wantIsMap && len(wantMap) > 0 && got == nil {
		keys := map[string]any{}
		maps.Copy(keys, wantMap)
		maps.Copy(keys, gotMap)
		var found []string
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			found = append(found, differences(path+"."+key, wantMap[key], gotMap[key])...)
		}
		return found
	}
	wantList, wantIsList := want.([]any)
	gotList, gotIsList := got.([]any)
	if wantIsList && gotIsList && len(wantList) == len(gotList) {
		var found []string
		for i := range wantList {
			found = append(found, differences(fmt.Sprintf("%s[%d]", path, i), wantList[i], gotList[i])...)
		}
		return found
	}
	path = strings.TrimPrefix(path, ".")
	switch {
	case reflect.DeepEqual(want, got):
		return nil
	case want == nil:
		return []string{fmt.Sprintf("%s: added %v", path, got)}
	case got == nil:
		return []string{fmt.Sprintf("%s: removed %v", path, want)}
	}
	return []string{fmt.Sprintf("%s: %v became %v", path, want, got)}
}
