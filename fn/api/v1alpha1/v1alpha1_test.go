// SPDX-License-Identifier: Apache-2.0

package v1alpha1_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"k8s.io/kube-openapi/pkg/validation/strfmt"
	"k8s.io/kube-openapi/pkg/validation/validate"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	sigsyaml "sigs.k8s.io/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/internal/diag"
)

func schema(t *testing.T) *spec.Schema {
	t.Helper()
	var crd struct {
		Spec struct {
			Versions []struct {
				Schema struct {
					OpenAPIV3Schema spec.Schema `json:"openAPIV3Schema"`
				} `json:"schema"`
			} `json:"versions"`
		} `json:"spec"`
	}
	if err := sigsyaml.Unmarshal(v1alpha1.Schema(), &crd); err != nil {
		t.Fatal(err)
	}
	return &crd.Spec.Versions[0].Schema.OpenAPIV3Schema
}

// TestSchemaHasTheFieldsOfTheTypes fails when `make generate` was forgotten.
func TestSchemaHasTheFieldsOfTheTypes(t *testing.T) {
	t.Parallel()
	compareFields(t, "spec", reflect.TypeFor[v1alpha1.ClusterSpreadSpec](), schema(t).Properties["spec"])
}

func compareFields(t *testing.T, path string, typ reflect.Type, s spec.Schema) {
	t.Helper()
	for typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if typ == reflect.TypeFor[intstr.IntOrString]() {
		if s.Extensions["x-kubernetes-int-or-string"] != true {
			t.Errorf("%s takes no percentage", path)
		}
		return
	}
	if typ == reflect.TypeFor[v1alpha1.Ratio]() {
		if !s.Type.Contains("number") {
			t.Errorf("%s takes no number", path)
		}
		return
	}
	switch typ.Kind() {
	case reflect.Slice:
		compareFields(t, path+"[]", typ.Elem(), *s.Items.Schema)
	case reflect.Struct:
		var inType []string
		for _, f := range reflect.VisibleFields(typ) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			inType = append(inType, name)
			p, ok := s.Properties[name]
			if !ok {
				t.Errorf("%s.%s is not in the schema", path, name)
				continue
			}
			if p.Description == "" {
				t.Errorf("%s.%s has no description", path, name)
			}
			compareFields(t, path+"."+name, f.Type, p)
		}
		slices.Sort(inType)
		if d := cmp.Diff(inType, slices.Sorted(maps.Keys(s.Properties))); d != "" {
			t.Errorf("%s (-type +schema):\n%s", path, d)
		}
	}
}

// TestSchemaAgreesWithValidate holds the two judges to one verdict, where a schema can judge.
func TestSchemaAgreesWithValidate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		spec string
		want bool
	}{
		{"workers: [{name: md, replicas: 5}]", true},
		{"workers: [{name: md, perDatastore: 1}]\nreferences: names\napiVersions: {core: v1beta2, infrastructure: v1beta1}", true},
		{"workers: [{name: md, replicas: 0, labels: {a.b/c: d}, overrides: [{datastore: d, weight: 3, name: x}]}]\nstorage: {class: a.b, delivery: Direct}", true},
		{"workers: [{name: md, autoscaling: {min: 0, max: 3}, rollout: {maxSurge: 25%, maxUnavailable: 1, after: '2026-11-20T22:00:00Z'}, deletion: {order: Oldest, nodeDrainTimeoutSeconds: 0}}]\nhealthCheck: {}", true},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, version: v1.35.4, machine: {salt: again}}]}]", true},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {check: Error, memoryOvercommit: 1.5, cpuOvercommit: 8, reserve: {memoryMiB: 0, diskPercent: 0}}", true},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {check: 'Off', memoryOvercommit: 0.1, cpuOvercommit: 100}", true},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {check: Maybe}", false},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {memoryOvercommit: 0}", false},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {memoryOvercommit: '1.5'}", false},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {cpuOvercommit: 101}", false},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {cpuOvercommit: -4}", false},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {reserve: {memoryMiB: -1}}", false},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {reserve: {diskPercent: 100}}", false},
		{"workers: [{name: md, replicas: 1, spread: {levels: [host, datastore], maxPerHost: 2}}]", true},
		{"workers: [{name: md, replicas: 1, spread: {levels: [datastore]}}]", true},
		{"workers: [{name: md, replicas: 1, datastores: {tags: {disk: [nvme, ssd]}, computeCluster: Cluster}}]", true},
		{"workers: [{name: md, replicas: 1, datastores: {tags: [nvme]}}]", false},
		{"workers: [{name: md, replicas: 1, spread: {weightBy: capacity}}]", true},
		{"workers: [{name: md, replicas: 1, spread: {levels: [zone, host, datastore], zoneTag: rack}}]", true},
		{"workers: [{name: md, replicas: 1, spread: {weightBy: free}}]", false},
		{"workers: [{name: md, replicas: 1, spread: {levels: []}}]", false},
		{"workers: [{name: md, replicas: 1, spread: {levels: [rack]}}]", false},
		{"workers: [{name: md, replicas: 1, spread: {maxPerHost: 0}}]", false},
		{"workers: [{name: md, autoscaling: {min: -1, max: 3}}]", false},
		{"workers: [{name: md, autoscaling: {min: 1, max: 0}}]", false},
		{"workers: [{name: md, replicas: 1, rollout: {strategy: Recreate}}]", false},
		{"workers: [{name: md, replicas: 1, rollout: {after: tomorrow}}]", false},
		{"workers: [{name: md, replicas: 1, deletion: {order: Best}}]", false},
		{"workers: [{name: md, replicas: 1, deletion: {nodeDrainTimeoutSeconds: -1}}]", false},
		{"workers: [{name: md, replicas: 1}]\nhealthCheck: {maxUnhealthy: 0}", false},
		{"workers: [{name: md, replicas: 1}]\nhealthCheck: {nodeStartupTimeoutSeconds: 5}", false},
		{"{}", false},
		{"workers: []", false},
		{"workers: [{replicas: 5}]", false},
		{"workers: [{name: MD, replicas: 5}]", false},
		{"workers: [{name: " + strings.Repeat("x", 41) + ", replicas: 5}]", false},
		{"workers: [{name: md, replicas: -1}]", false},
		{"workers: [{name: md, replicas: 100001}]", false},
		{"workers: [{name: md, replicas: five}]", false},
		{"workers: [{name: md, perDatastore: 1001}]", false},
		{"workers: [{name: md, replicas: 1, machine: {numCPUs: 1}}]", false},
		{"workers: [{name: md, replicas: 1, machine: {memoryMiB: -1}}]", false},
		{"workers: [{name: md, replicas: 1, machine: {cloneMode: thin}}]", false},
		{"workers: [{name: md, replicas: 1, overrides: [{drain: true}]}]", false},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, weight: 0}]}]", false},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, name: 'a b'}]}]", false},
		{"workers: [{name: md, replicas: 1}]\nreferences: ids", false},
		{"workers: [{name: md, replicas: 1}]\napiVersions: {core: v1beta1}", true},
		{"workers: [{name: md, replicas: 1}]\napiVersions: {core: v1alpha4}", false},
		{"workers: [{name: md, replicas: 1}]\nclusterSelector: {matchLabels: {fleet: edge}}", true},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, adopt: apple-md-0}]}]", true},
		{"workers: [{name: md, replicas: 1}]\napiVersions: {infrastructure: v1alpha4}", false},
		{"workers: [{name: md, replicas: 1}]\nstorage: {delivery: Mail}", false},
	}
	s := schema(t)
	for _, tt := range tests {
		text := "apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: x, annotations: {config.kubernetes.io/local-config: 'true'}}\nspec:\n  " + strings.ReplaceAll(tt.spec, "\n", "\n  ") + "\n"
		var value map[string]any
		if err := sigsyaml.Unmarshal([]byte(text), &value); err != nil {
			t.Fatal(err)
		}
		if err := validate.AgainstSchema(s, value, strfmt.Default); (err == nil) != tt.want {
			t.Errorf("the schema says %v to\n%s", err, tt.spec)
		}
		node, err := yaml.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, diags := v1alpha1.Decode(node.YNode(), diag.Ref{}); diags.HasErrors() == tt.want {
			t.Errorf("Validate says %v to\n%s", diags, tt.spec)
		}
	}
}

// What a schema cannot say.
func TestValidate(t *testing.T) {
	t.Parallel()
	tests := []struct{ spec, want string }{
		{"workers: [{name: md}]", "spec.workers[0].replicas MissingField"},
		{"workers: [{name: md, seed: x}]", ""},
		{"workers: [{name: md, replicas: 1, perDatastore: 1}]", "spec.workers[0] ReplicasConflict"},
		{"workers: [{name: md, replicas: 1, autoscaling: {min: 1, max: 2}}]", "spec.workers[0] ReplicasConflict"},
		{"workers: [{name: md, autoscaling: {min: 3, max: 2}}]", "spec.workers[0].autoscaling ReplicasConflict"},
		{"workers: [{name: md, replicas: 1, rollout: {after: '2026-02-31T22:00:00Z'}}]", "spec.workers[0].rollout.after InvalidValue"},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, adopt: " + strings.Repeat("a", 64) + "}]}]", "spec.workers[0].overrides[0].adopt InvalidValue"},
		{"workers: [{name: md, replicas: 1, rollout: {maxSurge: 0}}]", "spec.workers[0].rollout InvalidValue"},
		{"workers: [{name: md, seed: x, rollout: {maxSurge: 0}}]", ""},
		{"workers: [{name: md, seed: x, rollout: {maxSurge: 0, maxUnavailable: 0%}}]", "spec.workers[0].rollout InvalidValue"},
		{"workers: [{name: md, replicas: 1, rollout: {maxSurge: 0%, maxUnavailable: 0}}]", "spec.workers[0].rollout InvalidValue"},
		{"workers: [{name: md, replicas: 1, rollout: {maxSurge: 0, maxUnavailable: 1}}]", ""},
		{"workers: [{name: md, replicas: 1, rollout: {maxSurge: 101%}}]", "spec.workers[0].rollout.maxSurge InvalidValue"},
		{"workers: [{name: md, replicas: 1, rollout: {maxSurge: -1}}]", "spec.workers[0].rollout.maxSurge InvalidValue"},
		{"workers: [{name: md, replicas: 1, rollout: {maxSurge: [1]}}]", "spec.workers[0].rollout.maxSurge WrongType"},
		{"workers: [{name: md, replicas: 1, rollout: {strategy: OnDelete, maxSurge: 1}}]", "spec.workers[0].rollout InvalidValue"},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, version: latest}]}]", "spec.workers[0].overrides[0].version InvalidValue"},
		{"workers: [{name: md, replicas: 1}, {name: md, replicas: 1}]", "spec.workers[1].name InvalidValue"},
		{"workers: [{name: md, replicas: 1, version: 1.35}]", "spec.workers[0].version WrongType"},
		{"workers: [{name: md, replicas: 1, version: v1.35}]", "spec.workers[0].version InvalidValue"},
		{"workers: [{name: md, replicas: 1, version: 1.35.4+vmware.1}]", ""},
		{"workers: [{name: md, replicas: 1, datastores: {include: ['[a']}}]", "spec.workers[0].datastores.include[0] InvalidValue"},
		{"workers: [{name: md, replicas: 1, labels: {node.cluster.x-k8s.io/esxi-host: x}}]", "spec.workers[0].labels.node.cluster.x-k8s.io/esxi-host InvalidValue"},
		{"workers: [{name: md, replicas: 1, labels: {topology.kubernetes.io/zone: x}}]", "spec.workers[0].labels.topology.kubernetes.io/zone InvalidValue"},
		{"workers: [{name: md, replicas: 1, datastores: {tags: {disk: []}}}]", "spec.workers[0].datastores.tags.disk InvalidValue"},
		{"workers: [{name: md, replicas: 1, labels: {a: 'b c'}}]", "spec.workers[0].labels.a InvalidValue"},
		{"workers: [{name: md, replicas: 1, spread: {levels: [datastore, host]}}]", "spec.workers[0].spread.levels InvalidValue"},
		{"workers: [{name: md, replicas: 1, spread: {levels: [datastore], weightBy: memory}}]", "spec.workers[0].spread.weightBy InvalidValue"},
		{"workers: [{name: md, perDatastore: 1, spread: {weightBy: capacity}}]", "spec.workers[0].spread.weightBy ReplicasConflict"},
		{"workers: [{name: md, replicas: 1, spread: {levels: [zone, host, datastore]}}]", "spec.workers[0].spread.zoneTag MissingField"},
		{"workers: [{name: md, replicas: 1, spread: {zoneTag: rack}}]", "spec.workers[0].spread.zoneTag InvalidValue"},
		{"workers: [{name: md, replicas: 1, spread: {levels: [zone, datastore], zoneTag: rack}}]", "spec.workers[0].spread.levels InvalidValue"},
		{"workers: [{name: md, replicas: 1, spread: {levels: [host]}}]", "spec.workers[0].spread.levels InvalidValue"},
		{"workers: [{name: md, replicas: 1, spread: {levels: [datastore], maxPerHost: 1}}]", "spec.workers[0].spread.maxPerHost InvalidValue"},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, replicas: 1, weight: 1}]}]", "spec.workers[0].overrides[0] ReplicasConflict"},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, replicas: 1, drain: true}]}]", "spec.workers[0].overrides[0] ReplicasConflict"},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, adopt: a, name: b}]}]", "spec.workers[0].overrides[0].name InvalidValue"},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, adopt: A}]}]", "spec.workers[0].overrides[0].adopt InvalidValue"},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d, adopt: a}]}, {name: x, replicas: 1, overrides: [{datastore: d, adopt: a}]}]", "spec.workers[1].overrides[0].adopt InvalidValue"},
		{"workers: [{name: md, seed: a, overrides: [{datastore: d, adopt: a}]}]", "spec.workers[0].replicas MissingField"},
		{"cluster: apple\nclusterSelector: {matchLabels: {a: b}}\nworkers: [{name: md, replicas: 1}]", "spec.clusterSelector InvalidValue"},
		{"clusterSelector: {matchExpressions: [{key: a, operator: Like}]}\nworkers: [{name: md, replicas: 1}]", "spec.clusterSelector InvalidValue"},
		{"workers: [{name: md, replicas: 1, overrides: [{datastore: d}, {datastore: d}]}]", "spec.workers[0].overrides[1].datastore InvalidValue"},
		{"workers: [{name: md, replicas: 1}]\nstorage: {datastore: a, policy: b}", "spec.storage InvalidValue"},
		{"workers: [{name: md, replicas: 1}]\nstorage: {class: Shared}", "spec.storage.class InvalidValue"},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {check: warn, memoryOvercommit: 1.2345, reserve: {diskPercent: 100}}", "spec.capacity.memoryOvercommit WrongType, spec.capacity.check InvalidValue, spec.capacity.reserve.diskPercent InvalidValue"},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {memoryOvercommit: .inf, cpuOvercommit: 1e99}", "spec.capacity.memoryOvercommit WrongType, spec.capacity.cpuOvercommit WrongType"},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {cpuOvercommit: [1]}", "spec.capacity.cpuOvercommit WrongType"},
		{"workers: [{name: md, replicas: 1}]\ncapacity: {cpuOvercommit: 0}", "spec.capacity.cpuOvercommit InvalidValue"},
	}
	for _, tt := range tests {
		node, err := yaml.Parse("apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: x, annotations: {config.kubernetes.io/local-config: 'true'}}\nspec:\n  " + strings.ReplaceAll(tt.spec, "\n", "\n  ") + "\n")
		if err != nil {
			t.Fatal(err)
		}
		_, diags := v1alpha1.Decode(node.YNode(), diag.Ref{})
		var got []string
		for _, d := range diags.FirstOfEachField() {
			got = append(got, d.Field+" "+string(d.Code))
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s: %q, want %q", tt.spec, s, tt.want)
		}
	}
}

// A ratio is written as it is read, and what is missing has its default; 0 is an answer.
func TestCapacityDefaults(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ capacity, want string }{
		{"{}", "Warn 1 4 4096 10"},
		{"{check: Off, memoryOvercommit: 1.250, cpuOvercommit: 10, reserve: {memoryMiB: 0}}", "Off 1.25 10 0 10"},
		{"{check: Error, reserve: {diskPercent: 0}}", "Error 1 4 4096 0"},
	} {
		node := yaml.MustParse("apiVersion: vspread.dev/v1alpha1\nkind: ClusterSpread\nmetadata: {name: x}\nspec: {workers: [{name: md, replicas: 1}], capacity: " + tt.capacity + "}\n")
		s, diags := v1alpha1.Decode(node.YNode(), diag.Ref{})
		if diags.HasErrors() {
			t.Fatal(diags)
		}
		c := s.Spec.Capacity
		if got := fmt.Sprint(c.Check, " ", c.MemoryOvercommit, " ", c.CPUOvercommit, " ", *c.Reserve.MemoryMiB, " ", *c.Reserve.DiskPercent); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.capacity, got, tt.want)
		}
	}
}
