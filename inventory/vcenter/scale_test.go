// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"runtime"
	"testing"

	"github.com/vmware/govmomi/find"
	"github.com/vmware/govmomi/object"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/session"
	"github.com/vmware/govmomi/vapi/rest"
	"github.com/vmware/govmomi/vapi/tags"
	"github.com/vmware/govmomi/view"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/soap"

	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// large is set where fleets of 5,000 hosts shall be tried; building one takes most of the time.
var large = os.Getenv("VSPREAD_LARGE") != ""

// TestRequests holds what the package promises: requests grow by pages and batches, not with the inventory.
func TestRequests(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ hosts, most int }{{10, 20}, {100, 20}, {1000, 40}, {5000, 60}} {
		if c.hosts > 1000 && !large || c.hosts > 100 && testing.Short() {
			continue
		}
		t.Run(fmt.Sprint(c.hosts), func(t *testing.T) {
			l := start(t, simulated.Options{Build: simulated.Fleet(c.hosts)})
			inv := l.collect(t, vcenter.Scope{})
			if len(inv.Hosts) != c.hosts || len(inv.Datastores) != c.hosts+5 || len(inv.Templates) != 200 || len(inv.Gaps) != 0 {
				t.Errorf("%d hosts, %d datastores, %d templates, gaps %v", len(inv.Hosts), len(inv.Datastores), len(inv.Templates), inv.Gaps)
			}
			for _, h := range inv.Hosts {
				if h.Tags["row"] == "" || h.Tags["rack"] == "" || h.Cluster == "" || h.CPUs != 4 {
					t.Fatalf("incomplete: %+v", h)
				}
			}
			distinct := l.count("InventoryServiceTag", "InventoryServiceCategory")
			all := l.count()
			t.Logf("%d hosts: %d requests, %d of them for distinct tags and categories", c.hosts, all, distinct)
			if all-distinct > c.most {
				t.Errorf("%d requests without those for tags, want at most %d: %v", all-distinct, c.most, l.requests)
			}
			if c.hosts == 100 {
				// However much was lost, it is asked for in pages.
				for i := range inv.Hosts {
					inv.Hosts[i].ID, inv.Datastores[i].ID = fmt.Sprint("host-lost-", i), fmt.Sprint("datastore-lost-", i)
				}
				l.reading(t, vcenter.Scope{}, inv)
				if more := l.count() - 2*all; more != 1 {
					t.Errorf("%d requests to look for 200 lost objects", more)
				}
			}
			if distinct != 22 {
				t.Errorf("%d requests for 20 tags and 2 categories", distinct)
			}
			if len(inv.StoragePolicies) != 1 || len(inv.StoragePolicies[0].Datastores) != 5 {
				t.Errorf("storage policies %+v", inv.StoragePolicies)
			}
		})
	}
}

// BenchmarkCollect reads fleets in bulk, and beside it object by object as tools do that are slow.
func BenchmarkCollect(b *testing.B) {
	for _, hosts := range []int{10, 100, 1000, 5000} {
		if hosts > 1000 && !large {
			continue
		}
		l := start(b, simulated.Options{Build: simulated.Fleet(hosts)})
		measure := func(name string, f func()) {
			b.Run(fmt.Sprintf("%s/%d", name, hosts), func(b *testing.B) {
				before := l.count()
				b.ReportAllocs()
				for b.Loop() {
					f()
				}
				b.ReportMetric(float64(l.count()-before)/float64(b.N), "requests/op")
				var m runtime.MemStats
				runtime.ReadMemStats(&m)
				b.ReportMetric(float64(m.HeapInuse)/(1<<20), "MiB-heap-of-both")
			})
		}
		measure("bulk", func() { l.collect(b, vcenter.Scope{}) })
		if hosts <= 1000 {
			measure("each", func() { objectByObject(b, l) })
		}
	}
}

// objectByObject asks for each host, datastore and template: for its properties, its path and its tags.
func objectByObject(b *testing.B, l *lab) {
	ctx := context.Background()
	must := func(err error) {
		if err != nil {
			b.Fatal(err)
		}
	}
	user := url.UserPassword(simulated.Username, simulated.Password)
	c, err := vim25.NewClient(ctx, soap.NewClient(&l.URL, true))
	must(err)
	m := session.NewManager(c)
	must(m.Login(ctx, user))
	defer func() { _ = m.Logout(ctx) }()
	r := rest.NewClient(c)
	must(r.Login(ctx, user))
	defer func() { _ = r.Logout(ctx) }()
	v, err := view.NewManager(c).CreateContainerView(ctx, c.ServiceContent.RootFolder, []string{"HostSystem", "Datastore", "VirtualMachine"}, true)
	must(err)
	defer func() { _ = v.Destroy(ctx) }()
	refs, err := v.Find(ctx, []string{"HostSystem", "Datastore", "VirtualMachine"}, property.Match{"name": "*"})
	must(err)
	for _, ref := range refs {
		var e mo.ManagedEntity
		must(object.NewCommon(c, ref).Properties(ctx, ref, []string{"name", "parent"}, &e))
		_, err := find.InventoryPath(ctx, c, ref)
		must(err)
		_, err = tags.NewManager(r).GetAttachedTags(ctx, ref)
		must(err)
	}
}
