// SPDX-License-Identifier: Apache-2.0

// Package v1alpha1 is the configuration that people write for vspread: the ClusterSpread, its shorter
// form as a ConfigMap of options, their defaults and their validation.
//
// +groupName=vspread.dev
// +versionName=v1alpha1
package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

const (
	// Group is the API group.
	Group = "vspread.dev"
	// APIVersion is the group and version.
	APIVersion = Group + "/v1alpha1"
	// ClusterSpreadKind is the kind for a cluster's workers and storage.
	ClusterSpreadKind = "ClusterSpread"
)

// ClusterSpread says how the workers of one Cluster API cluster are spread over the local datastores
// of its ESXi hosts, and where its volumes live. It is configuration for vspread and applied nowhere,
// so it carries the annotation config.kubernetes.io/local-config: "true".
// +kubebuilder:resource:path=clusterspreads,scope=Namespaced
type ClusterSpread struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec ClusterSpreadSpec `json:"spec"`
}

// ClusterSpreadSpec is what is wanted.
type ClusterSpreadSpec struct {
	// cluster is the name of the Cluster, or namespace/name. The default is the only Cluster of the
	// input.
	// +optional
	Cluster string `json:"cluster,omitempty"`
	// clusterSelector chooses Clusters by their labels, instead of cluster: a fleet, each of whose
	// Clusters gets the same workers and storage.
	// +optional
	ClusterSelector *metav1.LabelSelector `json:"clusterSelector,omitempty"`
	// inventory is the name of the inventory's ConfigMap. The default is the only one of the input.
	// +optional
	Inventory string `json:"inventory,omitempty"`
	// apiVersions chooses the versions of the objects that are written.
	// +optional
	APIVersions APIVersions `json:"apiVersions,omitempty"`
	// references is how vSphere objects are written into the output: by full inventory paths where
	// the inventory knows them (the default), or by names.
	// +optional
	// +kubebuilder:default=paths
	References References `json:"references,omitempty"`
	// workers are the groups of machines of one shape.
	// +kubebuilder:validation:MinItems=1
	Workers []WorkerGroup `json:"workers"`
	// healthCheck, even as {}, adds one MachineHealthCheck over the machines of all pools.
	// +optional
	HealthCheck *HealthCheck `json:"healthCheck,omitempty"`
	// storage is the StorageClass on the shared datastore. Without it there is one when exactly one
	// shared datastore of the inventory has a url.
	// +optional
	Storage *Storage `json:"storage,omitempty"`
	// capacity says how machines are compared with what hosts and datastores have.
	// +optional
	Capacity Capacity `json:"capacity,omitempty"`
}

// APIVersions are versions of API groups.
type APIVersions struct {
	// core is the version of Cluster API's own groups. Write v1beta1 only for Cluster API 1.10 and
	// older: newer ones answer with other references than were written, so a deployer that compares
	// sees a difference for ever.
	// +optional
	// +kubebuilder:default=v1beta2
	Core CoreVersion `json:"core,omitempty"`
	// infrastructure is the version of infrastructure.cluster.x-k8s.io: v1beta2 needs Cluster API
	// Provider vSphere 1.16, older ones serve v1beta1. The default is that of the VSphere objects in
	// the input, else v1beta2.
	// +optional
	Infrastructure InfrastructureVersion `json:"infrastructure,omitempty"`
}

// CoreVersion is a version of Cluster API's groups.
// +kubebuilder:validation:Enum=v1beta1;v1beta2
type CoreVersion string

// InfrastructureVersion is a version of CAPV's group.
// +kubebuilder:validation:Enum=v1beta1;v1beta2
type InfrastructureVersion string

// The versions.
const (
	CoreV1Beta1           CoreVersion           = "v1beta1"
	CoreV1Beta2           CoreVersion           = "v1beta2"
	InfrastructureV1Beta1 InfrastructureVersion = "v1beta1"
	InfrastructureV1Beta2 InfrastructureVersion = "v1beta2"
)

// References is a way to write vSphere objects.
// +kubebuilder:validation:Enum=paths;names
type References string

// The ways.
const (
	ReferencesPaths References = "paths"
	ReferencesNames References = "names"
)

// WorkerGroup is a number of machines of one shape, spread over local datastores: one pool on each.
type WorkerGroup struct {
	// name is a part of the pools' names, <cluster>-<name>-<datastore>.
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	// +kubebuilder:validation:MaxLength=40
	Name string `json:"name"`
	// replicas is the number of machines in all. The default is that of the seed.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=100000
	Replicas *int `json:"replicas,omitempty"`
	// perDatastore is the number of machines on each datastore, instead of replicas.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	PerDatastore *int `json:"perDatastore,omitempty"`
	// autoscaling leaves the number of machines to the cluster autoscaler, instead of replicas.
	// +optional
	Autoscaling *Autoscaling `json:"autoscaling,omitempty"`
	// datastores selects among the local datastores. The default is all of them.
	// +optional
	Datastores DatastoreSelector `json:"datastores,omitempty"`
	// spread is how the machines are divided among hosts and datastores. The default is evenly among
	// hosts, then evenly among the datastores of each.
	// +optional
	Spread Spread `json:"spread,omitempty"`
	// machine is the shape of the machines. What is missing comes from the seed, then from the
	// control plane's VSphereMachineTemplate, then from the only candidate in the inventory.
	// +optional
	Machine Machine `json:"machine,omitempty"`
	// seed is the name of a MachineDeployment of yours that the pools are copied from, with its
	// VSphereMachineTemplate and its bootstrap template of any kind. It is not applied any more.
	// +optional
	Seed string `json:"seed,omitempty"`
	// version is the Kubernetes version. The default is that of the seed, then of the control plane.
	// +optional
	Version string `json:"version,omitempty"`
	// rollout is how machines are replaced.
	// +optional
	Rollout Rollout `json:"rollout,omitempty"`
	// deletion is how machines are taken away.
	// +optional
	Deletion Deletion `json:"deletion,omitempty"`
	// labels are put on the Machines; Cluster API carries those of node.cluster.x-k8s.io,
	// node-role.kubernetes.io and node-restriction.kubernetes.io on to the Nodes.
	// +optional
	Labels map[string]string `json:"labels,omitempty"`
	// overrides are exceptions for single datastores.
	// +optional
	Overrides []Override `json:"overrides,omitempty"`
}

// DatastoreSelector chooses among the local datastores of the inventory by globs over their names,
// or over their inventory paths when a glob has a slash, by tags and by compute cluster. All that is said must be true.
type DatastoreSelector struct {
	// include lists what is wanted; empty is everything.
	// +optional
	Include []string `json:"include,omitempty"`
	// exclude lists what is not wanted after all.
	// +optional
	Exclude []string `json:"exclude,omitempty"`
	// tags lists, by category, tags of which a datastore needs one: its own of that category, else those that it
	// inherits from its host, the compute cluster, the datacenter or its datastore cluster.
	// +optional
	Tags map[string][]string `json:"tags,omitempty"`
	// computeCluster is the name or inventory path of the compute cluster that the hosts are in.
	// +optional
	ComputeCluster string `json:"computeCluster,omitempty"`
}

// Machine is the shape and place of virtual machines.
type Machine struct {
	// template is the virtual machine template, by name or inventory path.
	// +optional
	Template string `json:"template,omitempty"`
	// numCPUs is the number of virtual processors, at least 2.
	// +optional
	// +kubebuilder:validation:Minimum=2
	NumCPUs int `json:"numCPUs,omitempty"`
	// memoryMiB is the memory in MiB.
	// +optional
	// +kubebuilder:validation:Minimum=1
	MemoryMiB int `json:"memoryMiB,omitempty"`
	// diskGiB is the size of the first disk in GiB; it cannot be smaller than the template's.
	// +optional
	// +kubebuilder:validation:Minimum=1
	DiskGiB int `json:"diskGiB,omitempty"`
	// folder is the folder for the virtual machines, by name or inventory path. "" is the root folder of the datacenter.
	// +optional
	Folder *string `json:"folder,omitempty"`
	// resourcePool is the resource pool, by name or inventory path. "" is the one that CAPV chooses.
	// +optional
	ResourcePool *string `json:"resourcePool,omitempty"`
	// networks are the networks, by name or inventory path, each a network card with DHCP.
	// +optional
	Networks []string `json:"networks,omitempty"`
	// salt is any text; another one makes another template of the same machine, which replaces the machines.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Salt string `json:"salt,omitempty"`
	// cloneMode is fullClone or linkedClone; a linked clone needs a template with a snapshot on a
	// datastore that the host sees.
	// +optional
	CloneMode CloneMode `json:"cloneMode,omitempty"`
}

// CloneMode is a way to clone.
// +kubebuilder:validation:Enum=fullClone;linkedClone
type CloneMode string

// The ways.
const (
	FullClone   CloneMode = "fullClone"
	LinkedClone CloneMode = "linkedClone"
)

// Override is an exception for one datastore.
type Override struct {
	// datastore is the name or inventory path.
	Datastore string `json:"datastore"`
	// name stands for the datastore in the pool's name, for instance when two datastores of
	// different datacenters have one name.
	// +optional
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	Name string `json:"name,omitempty"`
	// adopt is the name of a MachineDeployment of yours that runs on this datastore: it becomes this
	// pool. It keeps its name, selector and templates, and its machines, until the worker group or this
	// override ask for another shape than its VSphereMachineTemplate has.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Adopt string `json:"adopt,omitempty"`
	// replicas is this datastore's number of machines; the others share the rest.
	// +optional
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	Replicas *int `json:"replicas,omitempty"`
	// weight is this datastore's part relative to the others of its host, which have 1; with
	// spread.levels [datastore], to all others of the group.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	Weight *int `json:"weight,omitempty"`
	// drain keeps the pool with no machines; the others take over its share.
	// +optional
	Drain bool `json:"drain,omitempty"`
	// version overrides the group's Kubernetes version, for upgrading one pool after the other.
	// +optional
	Version string `json:"version,omitempty"`
	// machine overrides values of the group's machine.
	// +optional
	Machine Machine `json:"machine,omitempty"`
	// labels are added to the group's labels.
	// +optional
	Labels map[string]string `json:"labels,omitempty"`
}

// Storage is the StorageClass for the cluster's volumes.
type Storage struct {
	// class is the name of the StorageClass. Volumes are bound to it, so it is yours to choose; the
	// default is the name of the datastore or policy.
	// +optional
	Class string `json:"class,omitempty"`
	// datastore is the shared datastore, by name or inventory path; it is never a pool. The default
	// is the only shared datastore with a url.
	// +optional
	Datastore string `json:"datastore,omitempty"`
	// policy is the name of a storage policy, instead of a datastore.
	// +optional
	Policy string `json:"policy,omitempty"`
	// default makes it the cluster's default StorageClass.
	// +optional
	Default bool `json:"default,omitempty"`
	// delivery is how the StorageClass, which belongs into the workload cluster, gets there: wrapped
	// for Cluster API's ClusterResourceSet (the default), or Direct, as the bare object.
	// +optional
	// +kubebuilder:default=ClusterResourceSet
	Delivery Delivery `json:"delivery,omitempty"`
}

// Delivery is a way into the workload cluster.
// +kubebuilder:validation:Enum=ClusterResourceSet;Direct
type Delivery string

// The ways.
const (
	DeliveryClusterResourceSet Delivery = "ClusterResourceSet"
	DeliveryDirect             Delivery = "Direct"
)
