// SPDX-License-Identifier: Apache-2.0

// Package fn is the KRM function: a ResourceList in, a ResourceList out.
//
// In comes a Cluster API Cluster with what it refers to, the inventory of a vSphere as a ConfigMap, and a
// ClusterSpread that says how many workers there are. Out goes all of it unchanged, but for a label or
// two, and one MachineDeployment and VSphereMachineTemplate for each local datastore, a bootstrap
// template and a StorageClass.
//
// # The way through
//
//	read.go       bytes to items, and items to objects with their aliases written out
//	config.go     which ClusterSpreads, Clusters and inventories belong together
//	function.go   Transform and Render: all Clusters, all or nothing
//	expanded.go   one Cluster's objects, made and compared side by side with other Clusters'
//	apply.go      what is wanted against what is there, and the changes
//	write.go      where new objects go, and items to bytes
//	results.go    diagnostics as results
//	guard.go      the object by which kustomize notices that the function ran
//
// Run is the whole from bytes to bytes, Transform the part in between. Package krm is the same for programs
// that are built with the kpt functions SDK.
//
// # Words
//
// A pool is one worker group on one datastore. A share is the replicas a pool gets. A seed is an object of
// the user's that pools are copied from. The owner of an object is the Cluster it was written for; what
// has no owner is the user's and is never changed, but for the label that a ClusterResourceSet selects a
// Cluster by, and the mark that hides a seed.
//
// # Promises
//
// The version promises the command line, the configuration and the names of what is written. It does
// not promise this package's API.
package fn
