// SPDX-License-Identifier: Apache-2.0

package site_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/site"
	"github.com/vspread/vspread/inventory"
)

func withSnapshot(is bool, disk int) *inventory.Template {
	return &inventory.Template{Name: "ubuntu", DiskGiB: disk, Snapshot: &is}
}

// TestIgnored has each field of the table in a combination in which it counts for nothing and in one in which it counts.
func TestIgnored(t *testing.T) {
	t.Parallel()
	zone := site.ReadZones(objects(t, zones))["whole"]
	bare := site.ReadZones(objects(t, zones))["bare"]
	tried := map[string][2]bool{}
	for _, c := range []struct {
		name                           string
		machine, deployment, bootstrap string
		zone                           *site.Zone
		template                       *inventory.Template
		want                           []string
	}{
		{name: "a linked clone", machine: "{cloneMode: linkedClone, diskGiB: 40, additionalDisksGiB: [5]}", template: withSnapshot(true, 20), want: []string{"diskGiB", "additionalDisksGiB"}},
		{name: "a linked clone of the template's size", machine: "{cloneMode: linkedClone, diskGiB: 20}", template: withSnapshot(true, 20)},
		{name: "a linked clone of what is not known", machine: "{cloneMode: linkedClone, diskGiB: 40}", want: []string{"diskGiB"}},
		{name: "CAPV's default, with a snapshot", machine: "{diskGiB: 40, snapshot: s}", template: withSnapshot(true, 20), want: []string{"diskGiB"}},
		{name: "CAPV's default, without one", machine: "{diskGiB: 40, snapshot: s}", template: withSnapshot(false, 20), want: []string{"snapshot"}},
		{name: "CAPV's default, not known", machine: "{diskGiB: 40, additionalDisksGiB: [5], snapshot: s}"},
		{name: "a linked clone without a snapshot", machine: "{cloneMode: linkedClone, diskGiB: 40}", template: withSnapshot(false, 20), want: []string{"cloneMode"}},
		{name: "a mode that is a variable", machine: "{cloneMode: '${MODE}', diskGiB: 40, snapshot: s}", template: withSnapshot(true, 20)},
		{name: "a full clone", machine: "{cloneMode: fullClone, snapshot: s, diskGiB: 40, additionalDisksGiB: [5]}", template: withSnapshot(true, 20), want: []string{"snapshot"}},
		{name: "processors", machine: "{numCPUs: 1}", want: []string{"numCPUs"}},
		{name: "enough processors", machine: "{numCPUs: 2}"},
		{name: "a graphics card", machine: "{pciDevices: [{deviceId: 1}], resources: {requests: {memory: 1Gi, cpu: 1}}}", want: []string{"resources.requests.memory"}},
		{name: "no graphics card", machine: "{resources: {requests: {memory: 1Gi}}}"},
		{
			name:    "DHCP",
			machine: "{network: {devices: [{networkName: a, dhcp4: true, dhcp4Overrides: {useDNS: false}}, {networkName: b, dhcp4Overrides: {useDNS: false}, dhcp6: false, dhcp6Overrides: {useDNS: false}}, {networkName: c, dhcp6: true, dhcp6Overrides: {useDNS: false}}]}}",
			want:    []string{"network.devices.[1].dhcp4Overrides", "network.devices.[1].dhcp6Overrides"},
		},
		{name: "DHCP that is on", machine: "{network: {devices: [{dhcp4: true, dhcp4Overrides: {useDNS: false}, dhcp6: true, dhcp6Overrides: {useDNS: false}}]}}"},
		{name: "what only v1beta1 has", machine: "{failureDomain: x, network: {preferredAPIServerCidr: 10.0.0.0/8}}", want: []string{"network.preferredAPIServerCidr", "failureDomain"}},
		{
			name: "a failure domain", zone: &zone,
			machine: "{server: other, datacenter: a, folder: mine, resourcePool: slow, datastore: disk, storagePolicyName: p, template: t, network: {devices: [{networkName: x}, {networkName: storage}]}}",
			want:    []string{"server", "datacenter", "folder", "resourcePool", "datastore", "network.devices.[0].networkName"},
		},
		{
			name: "a failure domain of the same values", zone: &zone,
			machine: "{server: vc, datacenter: b, folder: workers, resourcePool: fast, datastore: ssd, network: {devices: [{networkName: nodes}, {networkName: storage}, {networkName: third}]}}",
		},
		{
			name: "a failure domain without most values", zone: &bare,
			machine: "{server: vc, datacenter: a, folder: mine, resourcePool: slow, datastore: disk, network: {devices: [{networkName: other, dhcp4Overrides: {useDNS: false}}]}}",
		},
		{name: "OnDelete", deployment: "{rollout: {strategy: {type: OnDelete, rollingUpdate: {maxSurge: 1}}}}", want: []string{"rollout.strategy.rollingUpdate"}},
		{name: "RollingUpdate", deployment: "{replicas: 3, rollout: {strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1}}}}"},
		{name: "what only v1beta1 has, of a MachineDeployment", deployment: "{progressDeadlineSeconds: 600, revisionHistoryLimit: 1}", want: []string{"progressDeadlineSeconds", "revisionHistoryLimit"}},
		{name: "workers", bootstrap: "{joinConfiguration: {nodeRegistration: {name: x}}, clusterConfiguration: {dns: {imageTag: x}}, initConfiguration: {nodeRegistration: {name: x}}}", want: []string{"clusterConfiguration", "initConfiguration"}},
	} {
		m := site.Made{Zone: c.zone, Template: c.template}
		for _, part := range []struct {
			text string
			node **yaml.Node
		}{{c.machine, &m.Machine}, {c.deployment, &m.Deployment}, {c.bootstrap, &m.Bootstrap}} {
			if part.text != "" {
				*part.node = yaml.MustParse(part.text).YNode()
			}
		}
		var got []string
		for _, x := range m.Ignored() {
			got = append(got, strings.Join(x.Path, "."))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, d)
		}
		for _, e := range site.Effects {
			field := e.Field[strings.LastIndexByte(e.Field, '.')+1:]
			text := map[site.Part]string{site.MachinePart: c.machine, site.DeploymentPart: c.deployment, site.BootstrapPart: c.bootstrap}[e.Part]
			if !strings.Contains(text, field+":") {
				continue
			}
			seen := tried[e.Field]
			if slices.ContainsFunc(got, func(g string) bool { return strings.HasSuffix("."+g, "."+field) }) {
				seen[0] = true
			} else {
				seen[1] = true
			}
			tried[e.Field] = seen
		}
	}
	for _, e := range site.Effects {
		isAlways := slices.Contains([]string{"network.preferredAPIServerCidr", "failureDomain", "progressDeadlineSeconds", "revisionHistoryLimit", "clusterConfiguration", "initConfiguration"}, e.Field)
		if seen := tried[e.Field]; !seen[0] || !seen[1] && !isAlways {
			t.Errorf("%s %s is not tried in both ways", e.Part, e.Field)
		}
		if e.Why == "" || e.Source == "" {
			t.Errorf("%s %s has no reason or no source", e.Part, e.Field)
		}
	}
}

// A machine is as large as CAPV makes it, whatever its template says; 0 is not known.
func TestSize(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, machine string
		template      *inventory.Template
		want          site.Size
	}{
		{"as it says", "{numCPUs: 4, memoryMiB: 8192, diskGiB: 40, additionalDisksGiB: [5], dataDisks: [{name: a, sizeGiB: 7}]}", withSnapshot(false, 20), site.Size{CPUs: 4, MemoryMiB: 8192, DiskGiB: 40, DisksGiB: 52}},
		{"CAPV's defaults", "{}", nil, site.Size{CPUs: 2, MemoryMiB: 2048}},
		{"the template's disk", "{numCPUs: 1, memoryMiB: 0}", withSnapshot(false, 20), site.Size{CPUs: 2, MemoryMiB: 2048, DiskGiB: 20, DisksGiB: 20}},
		{"a linked clone", "{cloneMode: linkedClone, numCPUs: 2, memoryMiB: 1024, diskGiB: 40, additionalDisksGiB: [5], dataDisks: [{name: a, sizeGiB: 7}]}", withSnapshot(true, 20), site.Size{CPUs: 2, MemoryMiB: 1024, DiskGiB: 20, DisksGiB: 27}},
		{"a linked clone of what is not known", "{cloneMode: linkedClone, diskGiB: 40}", nil, site.Size{CPUs: 2, MemoryMiB: 2048}},
		{"a linked clone that is none", "{cloneMode: linkedClone, diskGiB: 40}", withSnapshot(false, 20), site.Size{CPUs: 2, MemoryMiB: 2048, DiskGiB: 40, DisksGiB: 40}},
		{"variables", "{numCPUs: '${CPUS}', memoryMiB: '${MEMORY}', diskGiB: '${DISK}'}", withSnapshot(false, 20), site.Size{}},
		{"more than there is", "{numCPUs: 99999999, memoryMiB: 99999999999, diskGiB: 99999999}", nil, site.Size{}},
	} {
		m := site.Made{Machine: yaml.MustParse(c.machine).YNode(), Template: c.template}
		if d := cmp.Diff(c.want, m.Size()); d != "" {
			t.Errorf("%s (-want +got)\n%s", c.name, d)
		}
	}
}
