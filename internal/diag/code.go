// SPDX-License-Identifier: Apache-2.0

package diag

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Code names a kind of diagnostic. Codes are stable: scripts may match on them.
type Code string

// The codes. Each has its page in codes.md.
const (
	// The input as a whole.
	InvalidYAML           Code = "InvalidYAML"
	InputTooLarge         Code = "InputTooLarge"
	TooManyAliases        Code = "TooManyAliases"
	DuplicateObject       Code = "DuplicateObject"
	Internal              Code = "Internal"
	UnknownFunctionConfig Code = "UnknownFunctionConfig"
	FunctionConfigUnread  Code = "FunctionConfigUnread"

	// What was written by hand: ClusterSpread, options, inventory.
	UnsupportedVersion Code = "UnsupportedVersion"
	UnknownField       Code = "UnknownField"
	DuplicateKey       Code = "DuplicateKey"
	WrongType          Code = "WrongType"
	MissingField       Code = "MissingField"
	InvalidValue       Code = "InvalidValue"
	NotLocalConfig     Code = "NotLocalConfig"
	NoSpread           Code = "NoSpread"
	DuplicateSpread    Code = "DuplicateSpread"

	// The Cluster and what it refers to.
	NoCluster                  Code = "NoCluster"
	AmbiguousCluster           Code = "AmbiguousCluster"
	ClusterNotChosen           Code = "ClusterNotChosen"
	MixedAPIVersions           Code = "MixedAPIVersions"
	MissingVersion             Code = "MissingVersion"
	BootstrapNeedsSeed         Code = "BootstrapNeedsSeed"
	OtherInfrastructure        Code = "OtherInfrastructure"
	UnclaimedMachineDeployment Code = "UnclaimedMachineDeployment"
	UnclaimedWorkers           Code = "UnclaimedWorkers"
	Paused                     Code = "Paused"
	SelectsNothing             Code = "SelectsNothing"
	SeedNotFound               Code = "SeedNotFound"
	SeedReplaced               Code = "SeedReplaced"
	SeedConverted              Code = "SeedConverted"
	AdoptionNotFound           Code = "AdoptionNotFound"
	AdoptionReplaces           Code = "AdoptionReplaces"
	CoreV1Beta1                Code = "CoreV1Beta1"

	// The inventory.
	NoInventory           Code = "NoInventory"
	AmbiguousInventory    Code = "AmbiguousInventory"
	InventoryUnused       Code = "InventoryUnused"
	InconsistentInventory Code = "InconsistentInventory"
	HostUnavailable       Code = "HostUnavailable"
	EqualNames            Code = "EqualNames"
	InventoryGap          Code = "InventoryGap"
	Disagreement          Code = "Disagreement"
	RefreshLoss           Code = "RefreshLoss"
	OtherVCenter          Code = "OtherVCenter"
	DRSOff                Code = "DRSOff"
	TemplateOnOneHost     Code = "TemplateOnOneHost"
	DatastoreUnused       Code = "DatastoreUnused"

	// Choosing datastores and spreading over them.
	NoLocalDatastore  Code = "NoLocalDatastore"
	UnknownDatastore  Code = "UnknownDatastore"
	NotLocal          Code = "NotLocal"
	UnknownTag        Code = "UnknownTag"
	SelectorUnused    Code = "SelectorUnused"
	NoActiveDatastore Code = "NoActiveDatastore"
	ReplicasConflict  Code = "ReplicasConflict"
	HostsFull         Code = "HostsFull"
	WeightUnused      Code = "WeightUnused"
	WeightUnknown     Code = "WeightUnknown"
	ZoneUnknown       Code = "ZoneUnknown"
	Draining          Code = "Draining"

	// What hosts and datastores have room for.
	MachineTooLarge         Code = "MachineTooLarge"
	HostMemoryOvercommitted Code = "HostMemoryOvercommitted"
	HostCPUOvercommitted    Code = "HostCPUOvercommitted"
	DatastoreTooSmall       Code = "DatastoreTooSmall"
	CapacityUnknown         Code = "CapacityUnknown"

	// The machines.
	MissingMachineValue     Code = "MissingMachineValue"
	AmbiguousReference      Code = "AmbiguousReference"
	UnknownReference        Code = "UnknownReference"
	DefaultResourcePool     Code = "DefaultResourcePool"
	LinkedCloneOutOfReach   Code = "LinkedCloneOutOfReach"
	FieldIgnored            Code = "FieldIgnored"
	VersionSkew             Code = "VersionSkew"
	TemplateVersion         Code = "TemplateVersion"
	TemplateLost            Code = "TemplateLost"
	HealthCheckHost         Code = "HealthCheckHost"
	FailureDomainDropped    Code = "FailureDomainDropped"
	AutoscalerBoundsDropped Code = "AutoscalerBoundsDropped"

	// The objects written.
	NameTooLong       Code = "NameTooLong"
	DuplicatePoolName Code = "DuplicatePoolName"
	ObjectInTheWay    Code = "ObjectInTheWay"
	OwnerAbsent       Code = "OwnerAbsent"
	NotInInput        Code = "NotInInput"
	PoolRemoved       Code = "PoolRemoved"
	SpreadRemoved     Code = "SpreadRemoved"
	OutOfDate         Code = "OutOfDate"
	NotListed         Code = "NotListed"
	SecretInManifests Code = "SecretInManifests"
	Leftover          Code = "Leftover"

	// Git against vCenter.
	MachineElsewhere     Code = "MachineElsewhere"
	MachineUnknown       Code = "MachineUnknown"
	MachineAmbiguous     Code = "MachineAmbiguous"
	MachinesUnrecognised Code = "MachinesUnrecognised"
	MachineCount         Code = "MachineCount"
	TemplateUnused       Code = "TemplateUnused"
	InventoryStale       Code = "InventoryStale"

	// A change in git, before it is applied.
	ReplicasUnknown     Code = "ReplicasUnknown"
	PauseUnknown        Code = "PauseUnknown"
	TemplateEdited      Code = "TemplateEdited"
	TemplateRemoved     Code = "TemplateRemoved"
	FieldImmutable      Code = "FieldImmutable"
	ClusterRemoved      Code = "ClusterRemoved"
	EmptySide           Code = "EmptySide"
	KustomizationNotRun Code = "KustomizationNotRun"
	GuardMissing        Code = "GuardMissing"
	SpreadNotRun        Code = "SpreadNotRun"

	// Storage.
	NotShared             Code = "NotShared"
	SharedUndecided       Code = "SharedUndecided"
	StorageClassImmutable Code = "StorageClassImmutable"
	StorageDirect         Code = "StorageDirect"
	DefaultStorageClass   Code = "DefaultStorageClass"
)

//go:embed codes.md
var pages string

// Page is what `vspread explain` says about a code.
type Page struct {
	Code Code
	// Text is Markdown: what it means, why it matters, how to mend it.
	Text string
}

// Pages gives all pages in the order of codes.md.
var Pages = sync.OnceValue(func() []Page {
	var out []Page
	for i, section := range strings.Split("\n"+pages, "\n## ") {
		if i == 0 {
			continue // the introduction
		}
		title, text, _ := strings.Cut(section, "\n")
		out = append(out, Page{Code(strings.TrimSpace(title)), strings.TrimSpace(text)})
	}
	return out
})

// Explain finds the page of a code, in any case.
func Explain(code string) (Page, bool) {
	i := slices.IndexFunc(Pages(), func(p Page) bool { return strings.EqualFold(string(p.Code), code) })
	if i < 0 {
		return Page{}, false
	}
	return Pages()[i], true
}
