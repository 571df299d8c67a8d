// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"testing"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
)

// TestDifferences reads back what a server may answer.
func TestDifferences(t *testing.T) {
	t.Parallel()
	const sent = `{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "1"}, "list": [{"a": 1}]}`
	for got, want := range map[string]string{
		sent: "[]",
		`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a", "uid": "u"}, "data": {"x": "1"}, "list": [{"a": 1, "b": 2}]}`: "[]",
		`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "2"}, "list": [{"a": 1}]}`:                     "[ConfigMap a: .data.x: 1 became 2]",
		`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "list": [{"a": 1}]}`:                                         "[ConfigMap a: .data is not there]",
		`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "1"}, "list": [{"a": 1}, {"a": 2}]}`:           "[ConfigMap a: .list: [map[a:1]] became [map[a:1] map[a:2]]]",
		`{"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": {"x": "1"}, "list": [{"a": 3}]}`:                     "[ConfigMap a: .list[0].a: 1 became 3]",
	} {
		a, b := decoded(t, sent), decoded(t, got)
		if found := fmt.Sprint(differences(a, "", a.Object, b.Object)); found != want {
			t.Errorf("%s\nwant %s", found, want)
		}
	}
}

// TestUnexpected holds drift that is known to what is said of it.
func TestUnexpected(t *testing.T) {
	t.Parallel()
	found := []Drift{{"Cluster a", ".spec.infrastructureRef.apiVersion", ": v1beta1 became v1beta2"}}
	for _, c := range []struct {
		known []string
		want  string
	}{
		{[]string{"infrastructureRef.apiVersion"}, "<nil>"},
		{nil, "Cluster a: .spec.infrastructureRef.apiVersion: v1beta1 became v1beta2"},
		{[]string{"infrastructureRef.apiVersion", "spec.version"}, "spec.version is said to drift, and nowhere does"},
	} {
		if got := fmt.Sprint(unexpected(found, c.known)); got != c.want {
			t.Errorf("%v: %s", c.known, got)
		}
	}
}

func decoded(t *testing.T, json string) *unstructured.Unstructured {
	t.Helper()
	o := &unstructured.Unstructured{}
	if err := o.UnmarshalJSON([]byte(json)); err != nil {
		t.Fatal(err)
	}
	return o
}
