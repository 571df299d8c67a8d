// SPDX-License-Identifier: Apache-2.0

package v1alpha1

import (
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/vspread/vspread/internal/diag"
)

// The bounds of numbers, the same as in the schema.
const (
	// MaxReplicas bounds a group.
	MaxReplicas     = 100000
	maxPoolReplicas = 1000
	maxWeight       = 1000
	maxNameLength   = 40
	maxSalt         = 63
	maxSeconds      = 1 << 30
	minCPUs         = 2 // CAPV v1beta2's schema refuses fewer
)

// versionHint is what leads on from 1.35, v1.35 and the like.
const versionHint = "write it like v1.35.4, with the patch version"

var versionPattern = regexp.MustCompile(`^v?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)([-+][0-9A-Za-z.+_-]*)?$`)

// Validate reports everything that is wrong with the spec by itself. It expects the defaults set.
func (s *ClusterSpread) Validate(root diag.Where) diag.List {
	v := validator{}
	at := root.Dot("spec")
	v.oneOf(at.Dot("apiVersions.core"), string(s.Spec.APIVersions.Core), string(CoreV1Beta1), string(CoreV1Beta2))
	v.oneOf(at.Dot("apiVersions.infrastructure"), string(s.Spec.APIVersions.Infrastructure),
		string(InfrastructureV1Beta1), string(InfrastructureV1Beta2))
	v.oneOf(at.Dot("references"), string(s.Spec.References), string(ReferencesPaths), string(ReferencesNames))
	if len(s.Spec.Workers) == 0 {
		v.Errorf(diag.MissingField, at.Dot("workers"), "is missing").
			WithHint("write at least one worker group, for example - {name: md, replicas: 3}")
	}
	bySeed := map[string]int{}
	for i, g := range s.Spec.Workers {
		if g.Seed == "" || g.Replicas != nil || g.PerDatastore != nil || g.Autoscaling != nil {
			continue
		}
		if j, ok := bySeed[g.Seed]; ok {
			v.Errorf(diag.ReplicasConflict, at.Dot("workers").Index(i).Dot("replicas"), "is missing, and workers[%d] takes the number of seed %s already", j, g.Seed).
				WithHint("say how many machines each group has")
		}
		bySeed[g.Seed] = i
	}
	first := map[string]int{}
	for i, g := range s.Spec.Workers {
		v.group(at.Dot("workers").Index(i), g)
		if j, ok := first[g.Name]; ok && g.Name != "" {
			v.Errorf(diag.InvalidValue, at.Dot("workers").Index(i).Dot("name"), "%q is the name of workers[%d] as well", g.Name, j).
				WithHint("worker groups need names of their own")
			continue
		}
		first[g.Name] = i
	}
	v.adoptions(at.Dot("workers"), s.Spec.Workers)
	v.selector(at, s.Spec)
	if s.Spec.HealthCheck != nil {
		v.healthCheck(at.Dot("healthCheck"), *s.Spec.HealthCheck)
	}
	if s.Spec.Storage != nil {
		v.storage(at.Dot("storage"), *s.Spec.Storage)
	}
	v.capacity(at.Dot("capacity"), s.Spec.Capacity)
	return v.List
}

type validator struct{ diag.List }

func (v *validator) group(at diag.Where, g WorkerGroup) {
	v.name(at.Dot("name"), g.Name, true)
	v.amount(at, g)
	v.rollout(at.Dot("rollout"), g.Rollout, g.Seed != "")
	v.deletion(at.Dot("deletion"), g.Deletion)
	v.globs(at.Dot("datastores.include"), g.Datastores.Include)
	v.globs(at.Dot("datastores.exclude"), g.Datastores.Exclude)
	for _, category := range slices.Sorted(maps.Keys(g.Datastores.Tags)) {
		if len(g.Datastores.Tags[category]) == 0 {
			v.Errorf(diag.InvalidValue, at.Dot("datastores.tags").Dot(category), "lists no tag").WithHint("write %s: [TAG], or take it out", category)
		}
	}
	v.spread(at.Dot("spread"), g)
	v.machine(at.Dot("machine"), g.Machine)
	v.labels(at.Dot("labels"), g.Labels)
	v.version(at.Dot("version"), g.Version)
	first := map[string]int{}
	for i, o := range g.Overrides {
		if o.Weight != nil && o.Replicas == nil && g.PerDatastore != nil {
			v.Errorf(diag.ReplicasConflict, at.Dot("overrides").Index(i).Dot("weight"), "means nothing beside perDatastore").
				WithHint("set replicas in the override for another number on this datastore")
		}
		v.override(at.Dot("overrides").Index(i), o)
		if j, ok := first[o.Datastore]; ok && o.Datastore != "" {
			v.Errorf(diag.InvalidValue, at.Dot("overrides").Index(i).Dot("datastore"), "%q is that of overrides[%d] as well", o.Datastore, j).
				WithHint("write one override for a datastore")
			continue
		}
		first[o.Datastore] = i
	}
}

func (v *validator) override(at diag.Where, o Override) {
	if o.Datastore == "" {
		v.Errorf(diag.MissingField, at.Dot("datastore"), "is missing").WithHint("name the datastore that this override is for")
	}
	v.name(at.Dot("name"), o.Name, false)
	if o.Adopt != "" {
		if p := validation.IsDNS1123Subdomain(o.Adopt); len(p) > 0 || len(o.Adopt) > validation.DNS1123LabelMaxLength {
			v.Errorf(diag.InvalidValue, at.Dot("adopt"), "%q is no name of a MachineDeployment", o.Adopt)
		}
		if o.Name != "" {
			v.Errorf(diag.InvalidValue, at.Dot("name"), "cannot rename MachineDeployment %s, which is adopted", o.Adopt).
				WithHint("keep one of name and adopt")
		}
	}
	v.between(at.Dot("replicas"), o.Replicas, 0, maxPoolReplicas)
	v.between(at.Dot("weight"), o.Weight, 1, maxWeight)
	if o.Replicas != nil && o.Weight != nil {
		v.Errorf(diag.ReplicasConflict, at, "has both replicas and weight").
			WithHint("a fixed number needs no weight; keep one of the two")
	}
	if o.Drain && o.Replicas != nil && *o.Replicas > 0 {
		v.Errorf(diag.ReplicasConflict, at, "drains the pool and asks for %d replicas", *o.Replicas).
			WithHint("keep one of drain and replicas")
	}
	v.version(at.Dot("version"), o.Version)
	v.machine(at.Dot("machine"), o.Machine)
	v.labels(at.Dot("labels"), o.Labels)
}

func (v *validator) version(at diag.Where, version string) {
	if version != "" && !versionPattern.MatchString(version) {
		v.Errorf(diag.InvalidValue, at, "%q is no Kubernetes version", version).WithHint(versionHint)
	}
}

// adoptions refuses a MachineDeployment that would be two pools, or whose share would be the total it comes from.
func (v *validator) adoptions(at diag.Where, groups []WorkerGroup) {
	first := map[string]diag.Where{}
	for i, g := range groups {
		for j, o := range g.Overrides {
			here := at.Index(i).Dot("overrides").Index(j).Dot("adopt")
			if other, ok := first[o.Adopt]; ok && o.Adopt != "" {
				v.Errorf(diag.InvalidValue, here, "MachineDeployment %s is adopted by %s as well", o.Adopt, other.Field).
					WithHint("it can be one pool only")
				continue
			}
			first[o.Adopt] = here
		}
	}
	for i, g := range groups {
		if _, adopted := first[g.Seed]; adopted && g.Seed != "" && g.Replicas == nil && g.PerDatastore == nil && g.Autoscaling == nil {
			v.Errorf(diag.MissingField, at.Index(i).Dot("replicas"), "is missing: seed %s is adopted, so its replicas become the share of one pool", g.Seed).
				WithHint("say how many machines the group has in all")
		}
	}
}

func (v *validator) selector(at diag.Where, s ClusterSpreadSpec) {
	if s.ClusterSelector == nil {
		return
	}
	if s.Cluster != "" {
		v.Errorf(diag.InvalidValue, at.Dot("clusterSelector"), "stands beside cluster").WithHint("keep one of the two")
	}
	if _, err := metav1.LabelSelectorAsSelector(s.ClusterSelector); err != nil {
		v.Errorf(diag.InvalidValue, at.Dot("clusterSelector"), "is no label selector: %s", err)
	}
}

func (v *validator) machine(at diag.Where, m Machine) {
	v.oneOf(at.Dot("cloneMode"), string(m.CloneMode), string(FullClone), string(LinkedClone))
	if m.NumCPUs != 0 && m.NumCPUs < minCPUs {
		v.Errorf(diag.InvalidValue, at.Dot("numCPUs"), "must be at least %d, is %d", minCPUs, m.NumCPUs)
	}
	if m.MemoryMiB < 0 {
		v.Errorf(diag.InvalidValue, at.Dot("memoryMiB"), "must be at least 1, is %d", m.MemoryMiB)
	}
	if m.DiskGiB < 0 {
		v.Errorf(diag.InvalidValue, at.Dot("diskGiB"), "must be at least 1, is %d", m.DiskGiB)
	}
	if len(m.Salt) > maxSalt {
		v.Errorf(diag.InvalidValue, at.Dot("salt"), "has more than %d characters", maxSalt)
	}
	for i, n := range m.Networks {
		if n == "" {
			v.Errorf(diag.InvalidValue, at.Dot("networks").Index(i), "is empty")
		}
	}
}

func (v *validator) storage(at diag.Where, s Storage) {
	v.oneOf(at.Dot("delivery"), string(s.Delivery), string(DeliveryClusterResourceSet), string(DeliveryDirect))
	if s.Datastore != "" && s.Policy != "" {
		v.Errorf(diag.InvalidValue, at, "has both datastore and policy").WithHint("keep one of the two")
	}
	if s.Class != "" {
		if problems := validation.IsDNS1123Subdomain(s.Class); len(problems) > 0 {
			v.Errorf(diag.InvalidValue, at.Dot("class"), "%q is no name for a StorageClass", s.Class).
				WithHint("use lower case letters, digits, '-' and '.'")
		}
	}
}

func (v *validator) name(at diag.Where, name string, required bool) {
	switch {
	case name == "" && required:
		v.Errorf(diag.MissingField, at, "is missing").WithHint("the name becomes a part of the pools' names")
	case name == "":
	case len(validation.IsDNS1123Label(name)) > 0:
		v.Errorf(diag.InvalidValue, at, "%q cannot be a part of a MachineDeployment's name", name).
			WithHint("use lower case letters, digits and '-'")
	case len(name) > maxNameLength:
		v.Errorf(diag.NameTooLong, at, "has %d characters", len(name)).WithHint("keep to %d", maxNameLength)
	}
}

func (v *validator) between(at diag.Where, n *int, low, high int) {
	if n != nil && (*n < low || *n > high) {
		v.Errorf(diag.InvalidValue, at, "must be between %d and %d, is %d", low, high, *n)
		*n = low // so that looking for other mistakes takes no longer
	}
}

func (v *validator) oneOf(at diag.Where, value string, allowed ...string) {
	if value == "" || slices.Contains(allowed, value) {
		return
	}
	d := v.Errorf(diag.InvalidValue, at, "%q is not known", value)
	if s := diag.Suggest(value, allowed); s != "" && len(allowed) > 1 {
		d.WithHint("did you mean %q? known are %s", s, diag.Choices(allowed))
	} else {
		d.WithHint("write %s", strings.Join(allowed, " or "))
	}
}

func (v *validator) globs(at diag.Where, globs []string) {
	for i, g := range globs {
		if _, err := path.Match(g, ""); err != nil || g == "" {
			v.Errorf(diag.InvalidValue, at.Index(i), "%q is no glob", g).
				WithHint("use * for any text, ? for one character and [abc] for a choice; write \\[ for a bracket")
		}
	}
}

// reservedLabels are written by vspread, Cluster API, CAPV or the cloud provider.
var reservedLabels = []string{
	"cluster.x-k8s.io/cluster-name", "cluster.x-k8s.io/deployment-name", "cluster.x-k8s.io/set-name",
	"node.cluster.x-k8s.io/datastore", "node.cluster.x-k8s.io/worker-group", "node.cluster.x-k8s.io/esxi-host",
}

func (v *validator) labels(at diag.Where, labels map[string]string) {
	for _, k := range slices.Sorted(maps.Keys(labels)) {
		if p := validation.IsQualifiedName(k); len(p) > 0 {
			v.Errorf(diag.InvalidValue, at.Dot(k), "is no label name: %s", p[0])
		}
		if p := validation.IsValidLabelValue(labels[k]); len(p) > 0 {
			v.Errorf(diag.InvalidValue, at.Dot(k), "%q is no label value: %s", labels[k], p[0])
		}
		if slices.Contains(reservedLabels, k) || strings.HasPrefix(k, "topology.kubernetes.io/") {
			v.Errorf(diag.InvalidValue, at.Dot(k), "is written by the controllers").WithHint("choose another name")
		}
	}
}
