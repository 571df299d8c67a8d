// SPDX-License-Identifier: Apache-2.0

package site_test

import (
	"testing"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/inventory"
)

func TestFootprint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, machine string
		template      *inventory.Template
		storageMiB    int
		isPartial     bool
	}{
		{"disk and swap", "{cloneMode: fullClone, memoryMiB: 4096, diskGiB: 40}", nil, 40960 + 4096, false},
		{"the template's disk", "{cloneMode: fullClone, memoryMiB: 4096}", withSnapshot(false, 20), 20480 + 4096, false},
		{"no disk that is known", "{cloneMode: fullClone, memoryMiB: 4096}", nil, 4096, true},
		{"all disks", "{cloneMode: fullClone, memoryMiB: 1024, diskGiB: 40, additionalDisksGiB: [5], dataDisks: [{name: a, sizeGiB: 7}]}", nil, 52*1024 + 1024, false},
		{"CAPV's memory", "{cloneMode: fullClone, diskGiB: 1}", nil, 1024 + 2048, false},
		{"a linked clone", "{cloneMode: linkedClone, memoryMiB: 1024, diskGiB: 40, additionalDisksGiB: [5], dataDisks: [{name: a, sizeGiB: 7}]}", withSnapshot(true, 20), 7*1024 + 1024, false},
		{"perhaps a linked clone", "{memoryMiB: 1024, diskGiB: 40}", nil, 1024, true},
		{"a part is reserved", "{cloneMode: fullClone, memoryMiB: 4096, diskGiB: 1, resources: {requests: {memory: 1Gi}}}", nil, 1024 + 3072, false},
		{"all is reserved", "{cloneMode: fullClone, memoryMiB: 4096, diskGiB: 1, resources: {requests: {memory: 4Gi}}}", nil, 1024, false},
		{"more is reserved", "{cloneMode: fullClone, memoryMiB: 4096, diskGiB: 1, resources: {requests: {memory: 1000Gi}}}", nil, 1024, false},
		{"no MiB is reserved", "{cloneMode: fullClone, memoryMiB: 4096, diskGiB: 1, resources: {requests: {memory: 1023Ki}}}", nil, 1024 + 4096, false},
		{"no reservation", "{cloneMode: fullClone, memoryMiB: 4096, diskGiB: 1, resources: {requests: {memory: much}}}", nil, 1024 + 4096, false},
		{"devices", "{cloneMode: fullClone, memoryMiB: 4096, diskGiB: 1, pciDevices: [{deviceId: 1}]}", nil, 1024, false},
		{"more than any datastore has", "{cloneMode: fullClone, memoryMiB: 1024, diskGiB: 16777216, dataDisks: [{name: a, sizeGiB: 16777216}]}", nil, 1 << 34, false},
		{"variables", "{cloneMode: fullClone, memoryMiB: '${MEMORY}', diskGiB: 1}", nil, 1024, true},
	} {
		m := site.Made{Machine: yaml.MustParse(c.machine).YNode(), Template: c.template}
		got, size := m.Footprint(), m.Size()
		if want := (site.Footprint{CPUs: size.CPUs, MemoryMiB: size.MemoryMiB, StorageMiB: c.storageMiB, IsPartial: c.isPartial}); got != want {
			t.Errorf("%s: %+v, want %+v", c.name, got, want)
		}
	}
}

func TestSurge(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		o              string
		machines, want int
	}{
		{"{spec: {}}", 3, 1},
		{"{spec: {}}", 0, 0},
		{"{spec: {rollout: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2}}}}}", 5, 2},
		{"{spec: {rollout: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 2}}}}}", 1, 1},
		{"{spec: {rollout: {strategy: {rollingUpdate: {maxSurge: 0, maxUnavailable: 1}}}}}", 5, 0},
		{"{spec: {rollout: {strategy: {rollingUpdate: {maxSurge: 25%}}}}}", 4, 1},
		{"{spec: {rollout: {strategy: {rollingUpdate: {maxSurge: 25%}}}}}", 5, 2},
		{"{spec: {rollout: {strategy: {rollingUpdate: {maxSurge: 100%}}}}}", 5, 5},
		{"{spec: {rollout: {strategy: {rollingUpdate: {maxSurge: 0%}}}}}", 5, 0},
		{"{spec: {rollout: {strategy: {rollingUpdate: {maxSurge: '${SURGE}'}}}}}", 5, 1},
		{"{spec: {rollout: {strategy: {type: OnDelete}}}}", 5, 0},
		{"{spec: {strategy: {rollingUpdate: {maxSurge: 3}}}}", 5, 3},
		{"{spec: {strategy: {type: OnDelete}}}", 5, 0},
		{"{spec: {rolloutStrategy: {rollingUpdate: {maxSurge: 0}}}}", 3, 0},
	} {
		if got := site.Surge(yaml.MustParse(c.o).YNode(), c.machines); got != c.want {
			t.Errorf("%s with %d machines: %d, want %d", c.o, c.machines, got, c.want)
		}
	}
}
