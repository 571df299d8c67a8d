// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

type labKey struct{}

// TestVCenter runs the scripts in testdata/vcenter, each with a simulated home lab of its own in the
// variables of govc. Their own command `lab` changes it:
//
//	lab maintenance HOST      put a host into maintenance
//	lab lose HOST             take it away with its datastores, as a repair would
//	lab hide HOST             take away the right to see it
//	lab volume MACHINE        attach a volume of the shared datastore
//	lab unread MACHINE        take away the right to read where it is
//	lab inaccessible DATASTORE  show neither size nor url of it, for the moment
//
// and `start` starts another one in its place, of those in vcenterlabs_test.go.
func TestVCenter(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(examples)
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/vcenter",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(e *testscript.Env) error {
			lab, err := startLab(e)
			e.Values[labKey{}] = lab
			e.Setenv("EXAMPLES", root)
			return err
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": positive("exits STATUS COMMAND...", 2, exits),
			"lines": positive("lines stdout|stderr|FILE N", 2, lines),
			"start": positive("start LAB", 1, startOther),
			"lab":   positive("lab maintenance|lose|hide|volume|unread|inaccessible NAME", 2, changeLab),
		},
	})
}

// startLab starts the vCenter of labWithMachines for a script, which finds it by the variables of govc.
func startLab(e *testscript.Env) (*simulated.Lab, error) {
	lab, err := simulated.Start(simulated.Options{Build: labWithMachines})
	if err != nil {
		return nil, err
	}
	e.Defer(lab.Close)
	certificate := filepath.Join(e.WorkDir, "lab.pem")
	e.Setenv("GOVC_URL", lab.URL.String())
	e.Setenv("GOVC_USERNAME", simulated.Username)
	e.Setenv("GOVC_PASSWORD", simulated.Password)
	e.Setenv("GOVC_TLS_CA_CERTS", certificate)
	return lab, os.WriteFile(certificate, lab.Certificate(), 0o600)
}

// labWithMachines is the home lab with the machines that cluster apple has when all went well, one of them
// moved, and one that git does not know.
func labWithMachines(b *simulated.Builder) {
	refs := simulated.HomeLabPlaces(b)
	for _, m := range []struct {
		name            string
		host, datastore int
	}{
		{"apple-md-datastore00-abcde-11111", 0, 0}, {"apple-md-datastore00-abcde-22222", 0, 0},
		{"apple-md-datastore01-abcde-33333", 1, 1}, {"apple-md-datastore01-abcde-44444", 2, 2},
		{"apple-md-old-abcde-55555", 0, 0},
	} {
		b.Machine(simulated.Machine{
			Name: m.name, Folder: refs.Folder, Pool: refs.Pool, Host: refs.Hosts[m.host], Datastore: refs.Local[m.datastore],
			DiskGiB: 20, GuestOS: "vmwarePhoton64Guest",
		})
	}
}

func changeLab(ts *testscript.TestScript, args []string) {
	lab := ts.Value(labKey{}).(*simulated.Lab)
	switch args[0] {
	case "maintenance":
		lab.Update(lab.Find("HostSystem", args[1]), types.PropertyChange{Name: "runtime.inMaintenanceMode", Val: true})
	case "lose":
		ts.Check(lab.Lose(args[1]))
	case "hide":
		hidden := lab.Find("HostSystem", args[1])
		lab.Show(func(o types.ObjectContent) (types.ObjectContent, bool) { return o, o.Obj != hidden })
	case "volume":
		machine, shared := lab.Find("VirtualMachine", args[1]), lab.Find("Datastore", "iscsi-ds-0")
		backing := &types.VirtualDiskFlatVer2BackingInfo{VirtualDeviceFileBackingInfo: types.VirtualDeviceFileBackingInfo{FileName: "[iscsi-ds-0] fcd/volume.vmdk", Datastore: &shared}}
		volume := &types.VirtualDisk{VirtualDevice: types.VirtualDevice{Key: 2001, Backing: backing}, CapacityInBytes: 1 << 30, VDiskId: &types.ID{Id: "volume"}}
		lab.Show(func(o types.ObjectContent) (types.ObjectContent, bool) {
			o.PropSet = slices.Clone(o.PropSet)
			for i := range o.PropSet {
				if v, ok := o.PropSet[i].Val.(types.ArrayOfVirtualDevice); ok && o.Obj == machine {
					v.VirtualDevice = append(slices.Clone(v.VirtualDevice), volume)
					o.PropSet[i].Val = v
				}
			}
			return o, true
		})
	case "inaccessible":
		datastore := lab.Find("Datastore", args[1])
		lab.Show(func(o types.ObjectContent) (types.ObjectContent, bool) {
			for i, p := range o.PropSet {
				if v, ok := p.Val.(types.DatastoreSummary); ok && o.Obj == datastore {
					v.Accessible, v.Url, v.Capacity, v.FreeSpace = false, "", 0, 0
					o.PropSet[i].Val = v
				}
			}
			return o, true
		})
	case "unread":
		machine := lab.Find("VirtualMachine", args[1])
		lab.Show(func(o types.ObjectContent) (types.ObjectContent, bool) {
			if o.Obj != machine {
				return o, true
			}
			var kept []types.DynamicProperty
			for _, p := range o.PropSet {
				if p.Name == "config.files.vmPathName" || p.Name == "config.hardware.device" {
					fault := types.LocalizedMethodFault{Fault: &types.NoPermission{PrivilegeId: "System.Read"}}
					o.MissingSet = append(o.MissingSet, types.MissingProperty{Path: p.Name, Fault: fault})
				} else {
					kept = append(kept, p)
				}
			}
			o.PropSet = kept
			return o, true
		})
	default:
		ts.Fatalf("unknown change %q", args[0])
	}
}
