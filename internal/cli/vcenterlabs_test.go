// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bytes"
	"io"
	"net/http"
	"os"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// labs are what `start` can start.
var labs = map[string]func(*simulated.Builder){
	"sites":         func(b *simulated.Builder) { twoSites(b) },
	"contradicting": contradicting,
	"stock":         stock,
}

// twoSites are two datacenters in which everything has equal names, but for the hosts: two in a compute cluster, one alone and one
// alone in a folder. It gives the hosts and datacenters by their names.
func twoSites(b *simulated.Builder) map[string]simulated.Ref {
	refs := map[string]simulated.Ref{}
	for _, site := range []string{"east", "west"} {
		dc := b.Datacenter(site)
		refs[site] = dc
		cluster := b.Cluster(dc, site+"-cluster", true)
		a, c := b.Host(cluster, "a."+site, ""), b.Host(cluster, "b."+site, "")
		alone, edge := b.Standalone(dc, "alone."+site), b.Standalone(b.HostFolder(dc, "Edge"), "edge."+site)
		all := []simulated.Ref{a, c, alone, edge}
		for i, name := range []string{"a", "b", "alone", "edge"} {
			refs[name+"."+site] = all[i]
		}
		url := func(n string) string { return "ds:///vmfs/volumes/" + site + "-" + n + "/" }
		disk := b.Datastore(dc, simulated.Datastore{Name: "disk", URL: url("disk"), Capacity: 100, FreeGiB: 50, Hosts: all[:1]})
		nas := b.Datastore(dc, simulated.Datastore{Name: "nas", URL: url("nas"), Type: "NFS", Capacity: 100, FreeGiB: 50, Hosts: all})
		b.Datastore(dc, simulated.Datastore{Name: "edge-" + site, URL: url("edge"), Capacity: 100, FreeGiB: 50, Hosts: all[3:]})
		b.Datastore(dc, simulated.Datastore{Name: "member", URL: url("member"), Type: "NFS", Capacity: 100, FreeGiB: 50, Hosts: all, Pod: b.DatastoreCluster(dc, "pod")})
		b.Policy("on-"+site, "5a3b0000-0000-0000-0000-00000000000"+map[string]string{"east": "1", "west": "2"}[site], nas)
		for name, on := range map[string]simulated.Ref{"on-disk": disk, "on-nas": nas} {
			b.Machine(simulated.Machine{Name: name, Folder: b.Folder(dc, name), Pool: cluster, Host: a, Datastore: on, DiskGiB: 7, GuestOS: "ubuntu64Guest", Template: true})
		}
	}
	return refs
}

// contradicting are the two sites with a LUN in each that lists one host, and that all hosts of the site say they mount.
func contradicting(b *simulated.Builder) {
	refs := twoSites(b)
	for _, site := range []string{"east", "west"} {
		lun := b.Datastore(refs[site], simulated.Datastore{Name: "lun", URL: "ds:///vmfs/volumes/" + site + "-lun/", Capacity: 100, FreeGiB: 50, Hosts: []simulated.Ref{refs["a."+site]}})
		for _, h := range []string{"b.", "alone.", "edge."} {
			b.Claim(lun, refs[h+site])
		}
	}
}

// stock is a vCenter as govmomi's simulator makes it, whose datastores have directories as urls.
func stock(b *simulated.Builder) {
	dc := b.Datacenter("DC0")
	c := b.Cluster(dc, "C0", true)
	for _, n := range []string{"0", "1"} {
		b.Datastore(dc, simulated.Datastore{Name: "LocalDS_" + n, URL: "/tmp/govcsim-DC0-LocalDS_" + n, Capacity: 100, FreeGiB: 50, Hosts: []simulated.Ref{b.Host(c, "H"+n, "")}})
	}
}

// strange are servers that `start` can start and that answer otherwise than a vCenter.
var strange = map[string]http.HandlerFunc{
	"empty": func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		_, _ = io.WriteString(w, `<Envelope xmlns="http://schemas.xmlsoap.org/soap/envelope/"><Body></Body></Envelope>`)
	},
	"endless": func(w http.ResponseWriter, _ *http.Request) {
		for spaces := bytes.Repeat([]byte(" "), 1<<20); ; {
			if _, err := w.Write(spaces); err != nil {
				return
			}
		}
	},
	"elsewhere": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "https://elsewhere.lab.local"+r.URL.Path, http.StatusPermanentRedirect)
	},
}

// startOther starts another lab for the rest of a script.
func startOther(ts *testscript.TestScript, args []string) {
	options := simulated.Options{Build: labs[args[0]], InstanceID: args[0]}
	if answer := strange[args[0]]; answer != nil {
		options.Middleware = func(http.Handler) http.Handler { return answer }
	} else if options.Build == nil {
		ts.Fatalf("there is no lab %q", args[0])
	}
	lab, err := simulated.Start(options)
	ts.Check(err)
	ts.Defer(lab.Close)
	ts.Check(os.WriteFile(ts.MkAbs("lab.pem"), lab.Certificate(), 0o600))
	ts.Setenv("GOVC_URL", lab.URL.String())
}
