// SPDX-License-Identifier: Apache-2.0

package ownership_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/ownership"
)

func existing(t *testing.T, docs ...string) (*object.Set, []*yaml.RNode) {
	t.Helper()
	var all []*object.Object
	var items []*yaml.RNode
	for i, d := range docs {
		n := yaml.MustParse(d)
		items = append(items, n)
		all = append(all, object.New(n.YNode(), i))
	}
	return object.NewSet(all), items
}

func pool(name, owner, rest string) string {
	annotations := ""
	if owner != "" {
		annotations = ", annotations: {vspread.dev/owner: " + owner + "}"
	}
	return "apiVersion: cluster.x-k8s.io/v1beta2\nkind: MachineDeployment\nmetadata: {name: " + name + annotations + "}\n" + rest
}

func TestCompare(t *testing.T) {
	t.Parallel()
	template := "apiVersion: infrastructure.cluster.x-k8s.io/v1beta1\nkind: VSphereMachineTemplate\nmetadata: {name: old, annotations: {vspread.dev/owner: apple}}\nspec: {template: {spec: {}}}\n"
	set, items := existing(t,
		pool("same", "apple", "spec: {b: 1, a: 2}"),
		pool("changed", "apple", "spec: {a: 1}"),
		pool("unwanted", "apple", "spec: {template: {}}"),
		template,
		pool("theirs", "pear", "spec: {}"),
		pool("mine", "", "spec: {}"),
	)
	desired := []object.Desired{}
	for _, d := range []string{
		pool("same", "apple", "spec:\n  a: 2\n  b: 1\n"), pool("changed", "apple", "spec: {a: 2}"), pool("new", "apple", "spec: {}"),
	} {
		desired = append(desired, object.Desired{Node: yaml.MustParse(d)})
	}
	changes, diags := ownership.Compare("apple", desired, set, items)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	if d := cmp.Diff([]int{1}, slices.Sorted(maps.Keys(changes.Replace))); d != "" {
		t.Errorf("replaced:\n%s", d)
	}
	if d := cmp.Diff([]int{2}, slices.Sorted(maps.Keys(changes.Remove))); d != "" {
		t.Errorf("removed:\n%s", d)
	}
	if len(changes.Add) != 1 || changes.Add[0].Node.GetName() != "new" || len(changes.Kept) != 2 {
		t.Errorf("added %v, kept %v", changes.Add, changes.Kept)
	}

	_, diags = ownership.Compare("apple", []object.Desired{
		{Node: yaml.MustParse(pool("theirs", "apple", ""))}, {Node: yaml.MustParse(pool("mine", "apple", ""))},
	}, set, items)
	if len(diags) != 2 || !strings.Contains(diags[0].String(), "belongs to pear") || !strings.Contains(diags[1].String(), "ObjectInTheWay") {
		t.Errorf("got %v", diags)
	}
}

// What the user wrote on our objects lives: metadata, comments and the order of fields.
func TestReplacedKeepsWhatIsTheUsers(t *testing.T) {
	t.Parallel()
	set, items := existing(t, `# the fast disk
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata:
  annotations:
    internal.config.kubernetes.io/path: mine.yaml
    vspread.dev/owner: apple
    team: storage # ours
  name: a
spec:
  replicas: 1 # one is enough
  gone: true
  clusterName: apple
`)
	changes, diags := ownership.Compare("apple", []object.Desired{{Node: yaml.MustParse(`apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata:
  name: a
  annotations:
    vspread.dev/owner: apple
spec:
  clusterName: apple
  replicas: 2
  new: x
`)}}, set, items)
	if len(diags) > 0 {
		t.Fatal(diags)
	}
	want := `# the fast disk
apiVersion: cluster.x-k8s.io/v1beta2
kind: MachineDeployment
metadata:
  annotations:
    internal.config.kubernetes.io/path: mine.yaml
    vspread.dev/owner: apple
    team: storage # ours
  name: a
spec:
  replicas: 2 # one is enough
  clusterName: apple
  new: x
`
	if d := cmp.Diff(want, changes.Replace[0].MustString()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
