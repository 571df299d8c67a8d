// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/methods"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"

	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// sessions counts what is logged in to the lab.
func (l *lab) sessions(t testing.TB) int {
	t.Helper()
	n, err := l.Sessions()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// end ends all sessions, as an administrator can.
func (l *lab) end(t testing.TB) {
	ctx := context.Background()
	c, err := vim25.NewClient(ctx, l.Model.Service)
	if err != nil {
		t.Error(err)
		return
	}
	var m mo.SessionManager
	if err := property.DefaultCollector(c).RetrieveOne(ctx, *c.ServiceContent.SessionManager, []string{"sessionList"}, &m); err != nil {
		t.Error(err)
		return
	}
	for _, s := range m.SessionList {
		if _, err := methods.TerminateSession(ctx, c, &types.TerminateSession{This: *c.ServiceContent.SessionManager, SessionId: []string{s.Key}}); err != nil {
			t.Error(err)
		}
	}
}

// on breaks the first n requests (all, if n is negative) that contain the word in their path or body.
func on(word string, n int, act func(w http.ResponseWriter, r *http.Request, next http.Handler)) func(http.ResponseWriter, *http.Request, http.Handler) bool {
	var count atomic.Int64
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return false
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		if !strings.Contains(r.URL.String(), word) && !bytes.Contains(body, []byte("<"+word+" ")) {
			return false
		}
		if n >= 0 && count.Add(1) > int64(n) {
			return false
		}
		act(w, r, next)
		return true
	}
}

func code(c int) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) { w.WriteHeader(c) }
}

func html(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	_, _ = io.WriteString(w, "<html><body>Welcome</body></html>")
}

// reset breaks the connection without an answer.
func reset(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// truncate breaks the connection in the middle of the answer, which the server has made.
func truncate(w http.ResponseWriter, r *http.Request, next http.Handler) {
	b := &buffer{header: http.Header{}}
	next.ServeHTTP(b, r)
	w.Header().Set("Content-Length", "1000000")
	_, _ = w.Write(b.Bytes()[:b.Len()/2])
	reset(w, r, next)
}

type buffer struct {
	bytes.Buffer
	header http.Header
}

func (b *buffer) Header() http.Header { return b.header }
func (b *buffer) WriteHeader(int)     {}

func slowly(d time.Duration) func(http.ResponseWriter, *http.Request, http.Handler) {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		time.Sleep(d)
		next.ServeHTTP(w, r)
	}
}

func rule(method string, skip, count int, f types.BaseMethodFault) *simulator.FaultInjectionRule {
	return &simulator.FaultInjectionRule{MethodName: method, ObjectType: "*", ObjectName: "*", Probability: 1, Enabled: true,
		FaultType: simulator.FaultTypeCustom, Fault: f, Message: "as asked", SkipCount: skip, MaxCount: count}
}

// missing moves a property into the set of those that could not be read.
func missing(kind, name, path string, f types.BaseMethodFault) func(types.ObjectContent) (types.ObjectContent, bool) {
	return func(o types.ObjectContent) (types.ObjectContent, bool) {
		if o.Obj.Type != kind {
			return o, true
		}
		matched := name == ""
		for _, p := range o.PropSet {
			matched = matched || p.Name == "name" && p.Val == name
		}
		if !matched {
			return o, true
		}
		var kept []types.DynamicProperty
		for _, p := range o.PropSet {
			if p.Name == path {
				o.MissingSet = append(o.MissingSet, types.MissingProperty{Path: path, Fault: types.LocalizedMethodFault{Fault: f}})
			} else {
				kept = append(kept, p)
			}
		}
		o.PropSet = kept
		return o, true
	}
}

// TestFaults is the table of what may go wrong while reading: into an inventory that remembers everything, and on a first
// reading. Either there is an error and no reading, or what is remembered stays to the byte but for the gap that is named;
// where there is neither, a first reading is as it is without the fault. Nothing secret is ever said, and no session is left.
func TestFaults(t *testing.T) {
	t.Parallel()
	noPermission := &types.NoPermission{PrivilegeId: "System.Read"}
	for name, c := range map[string]struct {
		page    int32
		timeout time.Duration
		arrange func(t *testing.T, l *lab)
		// err and gap are words of what is said.
		err, gap string
	}{
		"soap fault": {err: "answers with the fault NotSupported: as asked", arrange: func(_ *testing.T, l *lab) {
			l.Model.Service.AddFaultRule(rule("CreateContainerView", 0, -1, &types.NotSupported{}))
		}},
		"no permission at all": {err: "lacks the privilege System.Read", arrange: func(_ *testing.T, l *lab) {
			l.Model.Service.AddFaultRule(rule("RetrievePropertiesEx", 0, -1, noPermission))
		}},
		"page 3 fails": {page: 5, err: "answers with the fault NotEnoughLicenses", arrange: func(_ *testing.T, l *lab) {
			l.Model.Service.AddFaultRule(rule("ContinueRetrievePropertiesEx", 1, -1, &types.NotEnoughLicenses{}))
		}},
		"small pages": {page: 5, arrange: func(*testing.T, *lab) {}},
		"slow answer": {timeout: 200 * time.Millisecond, err: "no answer within 200ms", arrange: func(_ *testing.T, l *lab) {
			l.breaks(on("RetrievePropertiesEx", -1, slowly(400*time.Millisecond)))
		}},
		"busy once, 429":     {arrange: broken("RetrievePropertiesEx", 1, code(429))},
		"busy once, 502":     {arrange: broken("RetrievePropertiesEx", 1, code(502))},
		"busy twice, 503":    {arrange: broken("RetrievePropertiesEx", 2, code(503))},
		"busy once, 504":     {arrange: broken("CreateContainerView", 1, code(504))},
		"login busy once":    {arrange: broken("Login", 1, code(503))},
		"busy for ever":      {err: "answers 503 Service Unavailable on /sdk, again and again", arrange: broken("RetrievePropertiesEx", -1, code(503))},
		"login 502":          {err: "answers 502 Bad Gateway on /sdk, again and again", arrange: broken("Login", 1, code(502))},
		"reset once":         {arrange: broken("RetrievePropertiesEx", 1, reset)},
		"reset for ever":     {err: "breaks in the middle", arrange: broken("RetrievePropertiesEx", -1, reset)},
		"truncated once":     {arrange: broken("RetrievePropertiesEx", 1, truncate)},
		"truncated for ever": {err: "breaks in the middle", arrange: broken("RetrievePropertiesEx", -1, truncate)},
		"page lost":          {page: 5, arrange: broken("ContinueRetrievePropertiesEx", 1, truncate)},
		"html":               {err: "not as a vCenter", arrange: broken("RetrieveServiceContent", -1, html)},
		"html later":         {err: "not as a vCenter", arrange: broken("RetrievePropertiesEx", -1, html)},
		"not found":          {err: "answers 404 Not Found on /sdk: check whether GOVC_URL is a vCenter", arrange: broken("RetrieveServiceContent", -1, code(404))},
		"session ended once": {arrange: func(t *testing.T, l *lab) {
			l.breaks(on("CreateContainerView", 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				l.end(t)
				next.ServeHTTP(w, r)
			}))
		}},
		"session ended between pages": {page: 5, arrange: func(t *testing.T, l *lab) {
			l.breaks(on("ContinueRetrievePropertiesEx", 1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				l.end(t)
				next.ServeHTTP(w, r)
			}))
		}},
		"session ended again and again": {err: "the session ends again and again", arrange: func(t *testing.T, l *lab) {
			l.breaks(on("CreateContainerView", -1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				l.end(t)
				next.ServeHTTP(w, r)
			}))
		}},
		"an ended session shows nothing": {err: "the session ends again and again", arrange: func(_ *testing.T, l *lab) {
			l.Show(missing("HostSystem", "", "name", &types.NotAuthenticated{}))
		}},
		"no permission for a property": {gap: "host /Datacenter/host/Cluster/esxi02.lab.local: runtime.connectionState cannot be read: the privilege System.Read is missing",
			arrange: func(_ *testing.T, l *lab) {
				l.Show(missing("HostSystem", "esxi02.lab.local", "runtime.connectionState", noPermission))
			}},
		"no permission for a mount list": {gap: "datastore /Datacenter/datastore/datastore01: host cannot be read",
			arrange: func(_ *testing.T, l *lab) {
				l.Show(missing("Datastore", "datastore01", "host", noPermission))
			}},
		"no permission for a name": {gap: "host host-22: name cannot be read", arrange: func(_ *testing.T, l *lab) {
			l.Show(missing("HostSystem", "esxi02.lab.local", "name", noPermission))
		}},
		"no permission to tell templates": {gap: "virtual machines: 2 cannot be told from templates: the privilege System.Read is missing",
			arrange: func(_ *testing.T, l *lab) { l.Show(missing("VirtualMachine", "", "config.template", noPermission)) }},
		"no permission for a summary": {gap: "datastore /Datacenter/datastore/datastore01: summary cannot be read",
			arrange: func(_ *testing.T, l *lab) { l.Show(missing("Datastore", "datastore01", "summary", noPermission)) }},
		"no permission for what hosts lie in": {gap: "host esxi01.lab.local: parent cannot be read",
			arrange: func(_ *testing.T, l *lab) { l.Show(missing("HostSystem", "", "parent", noPermission)) }},
		"no permission for a cluster": {gap: "cluster /Datacenter/host/Cluster: configurationEx cannot be read",
			arrange: func(_ *testing.T, l *lab) {
				l.Show(missing("ClusterComputeResource", "", "configurationEx", noPermission))
			}},
		"no permission for a port group": {gap: "network /Datacenter/network/Workload: config.defaultPortConfig cannot be read",
			arrange: func(_ *testing.T, l *lab) {
				l.Show(missing("DistributedVirtualPortgroup", "Workload", "config.defaultPortConfig", noPermission))
			}},
		"no permission for the port groups of a host": {gap: "host /Datacenter/host/Cluster/esxi01.lab.local: config.network.portgroup cannot be read",
			arrange: func(_ *testing.T, l *lab) {
				l.Show(missing("HostSystem", "esxi01.lab.local", "config.network.portgroup", noPermission))
			}},
		"no permission for a template's disks": {gap: "config.hardware.device cannot be read",
			arrange: func(_ *testing.T, l *lab) {
				l.Show(missing("VirtualMachine", "", "config.hardware.device", noPermission))
			}},
		"inaccessible templates": {gap: "virtual machines: some show no configuration", arrange: func(_ *testing.T, l *lab) {
			l.Show(unset("VirtualMachine", "config."))
		}},
		"no rights on the root": {gap: "the user lacks System.View, System.Read, StorageProfile.View", arrange: func(_ *testing.T, l *lab) {
			l.Deny("System.View", "System.Read", "StorageProfile.View")
		}},
		"hidden datacenter": {err: "the user sees no datacenter", arrange: hidden("Datacenter", "datacenter-1")},
		"hidden template":   {gap: "virtual machines: 1 of the inventory are out of the user's sight: /Datacenter/vm/tkg/photon-3-kube-v1.21.2", arrange: hidden("VirtualMachine", "vm-71")},
		"hidden network":    {gap: "networks: 1 of the inventory are out of the user's sight: /Datacenter/network/VM Network", arrange: hidden("Network", "network-6")},
		"hidden pool":       {gap: "resource pools: 1 of the inventory are out of the user's sight", arrange: hidden("ResourcePool", "resgroup-52")},
		"hidden host and no mounts": {gap: "hosts: 1 of the inventory are out of the user's sight: esxi02.lab.local", arrange: func(t *testing.T, l *lab) {
			l.Show(func(o types.ObjectContent) (types.ObjectContent, bool) {
				for i, p := range o.PropSet {
					switch v := p.Val.(type) {
					case types.ArrayOfDatastoreHostMount:
						v.DatastoreHostMount = slices.DeleteFunc(slices.Clone(v.DatastoreHostMount), func(m types.DatastoreHostMount) bool { return m.Key.Value == "host-22" })
						o.PropSet[i].Val = v
					case types.ArrayOfManagedObjectReference:
						v.ManagedObjectReference = slices.DeleteFunc(slices.Clone(v.ManagedObjectReference), func(r types.ManagedObjectReference) bool { return r.Value == "host-22" })
						o.PropSet[i].Val = v
					}
				}
				return o, o.Obj.Value != "host-22"
			})
		}},
		"hidden host":                {gap: "datastore /Datacenter/datastore/iscsi-ds-0: 1 of the hosts that mount it are not visible", arrange: hidden("HostSystem", "host-22")},
		"hidden folder":              {gap: "virtual machine photon-3-kube-v1.21.2: the folder group-61 that it lies in is not visible", arrange: hidden("Folder", "group-61")},
		"hidden parent":              {gap: "datastore archive-0: the datastore cluster group-p35 that it lies in is not visible", arrange: hidden("StoragePod", "group-p35")},
		"tags busy once":             {arrange: broken("list-attached-tags-on-objects", 1, code(503))},
		"tags busy for ever":         {err: "answers 503", arrange: broken("list-attached-tags-on-objects", -1, code(503))},
		"tags unauthorised once":     {arrange: broken("list-attached-tags-on-objects", 1, code(401))},
		"tags unauthorised for ever": {err: "answers 401 Unauthorized on /rest", arrange: broken("list-attached-tags-on-objects", -1, code(401))},
		"tags forbidden":             {gap: "tags: the user may not read them", arrange: broken("list-attached-tags-on-objects", -1, code(403))},
		"one tag forbidden":          {gap: "tag urn:vmomi:InventoryServiceTag:00000002", arrange: broken("InventoryServiceTag:00000002", -1, code(403))},
		"no tag service":             {err: "answers 404 Not Found on /rest", arrange: broken("list-attached-tags-on-objects", -1, code(404))},
		"one category forbidden":     {gap: "tag category urn:vmomi:InventoryServiceCategory:", arrange: broken("/tagging/category/id:", -1, code(403))},
		"tags in html":               {err: "not as a vCenter", arrange: broken("/tagging/tag/", -1, html)},
		"rest login refused": {err: "answers 401 Unauthorized on /rest/com/vmware/cis/session", arrange: func(_ *testing.T, l *lab) {
			l.breaks(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
				if r.Method != http.MethodPost {
					return false
				}
				return on("cis/session", -1, code(401))(w, r, next)
			})
		}},
		"policies forbidden": {gap: "storage policies: the privilege StorageProfile.View is missing", arrange: func(_ *testing.T, l *lab) {
			l.Model.Service.AddFaultRule(rule("PbmQueryProfile", 0, -1, &types.NoPermission{PrivilegeId: "StorageProfile.View"}))
		}},
		"policies busy for ever": {err: "answers 503 Service Unavailable on /pbm", arrange: broken("/pbm", -1, code(503))},
		"logout fails":           {arrange: broken("Logout", -1, code(500))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := start(t, simulated.Options{})
			first := l.collect(t, vcenter.Scope{})
			old := l.refresh(t, vcenter.Scope{}, inventory.Inventory{})
			c.arrange(t, l)
			o := l.options.WithPage(c.page)
			if c.timeout != 0 {
				o.Timeout = c.timeout
			}
			reading, err := read(o, old)
			check(t, err, c.err)
			if c.err != "" {
				if len(reading.Seen.Hosts) != 0 {
					t.Error("an inventory comes with the error")
				}
			} else {
				if got := inventory.Format(reading.Seen); c.gap == "" && got != inventory.Format(first) {
					t.Errorf("not the inventory that it is without the fault:\n%s", got)
				}
				updated, err := inventory.Merge(old, reading)
				if err != nil {
					t.Fatal(err)
				}
				if text := strings.Join(updated.Gaps, "\n"); (text == "") != (c.gap == "") || !strings.Contains(text, c.gap) {
					t.Errorf("gaps %q, want %q", text, c.gap)
				}
				updated.Gaps = nil
				if diff := cmp.Diff(inventory.Format(old), inventory.Format(updated)); diff != "" {
					t.Errorf("what is remembered changes:\n%s", diff)
				}
			}
			l.Model.Service.ClearFaultRules()
			if n := l.sessions(t); n != 0 && name != "logout fails" {
				t.Errorf("%d sessions are left", n)
			}
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.opened != l.closed && !strings.HasPrefix(name, "logout fails") {
				t.Errorf("%d REST sessions were opened and %d closed", l.opened, l.closed)
			}
		})
	}
}

func read(o vcenter.Options, remembered inventory.Inventory) (inventory.Reading, error) {
	ctx := context.Background()
	s, err := vcenter.Connect(ctx, o)
	if err != nil {
		return inventory.Reading{}, err
	}
	reading, err := s.Collect(ctx, vcenter.Scope{}, remembered, nil)
	_ = s.Close()
	return reading, err
}

// check tells whether an error is the one that is meant, fit to be shown.
func check(t *testing.T, err error, words string) {
	t.Helper()
	if words == "" {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	if err == nil {
		t.Fatalf("no error, want %q", words)
	}
	text := err.Error()
	if !strings.Contains(text, words) {
		t.Errorf("%q, want %q", text, words)
	}
	if strings.Contains(text, "\n") {
		t.Errorf("%q is more than one line", text)
	}
	for _, secret := range []string{simulated.Password, "home%2Flab%231", "home", simulated.Username, "administrator"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q tells a secret", text)
		}
	}
}

func broken(word string, n int, act func(http.ResponseWriter, *http.Request, http.Handler)) func(*testing.T, *lab) {
	return func(_ *testing.T, l *lab) { l.breaks(on(word, n, act)) }
}

func hidden(kind, id string) func(*testing.T, *lab) {
	return func(_ *testing.T, l *lab) {
		l.Show(func(o types.ObjectContent) (types.ObjectContent, bool) {
			return o, o.Obj.Type != kind || o.Obj.Value != id
		})
	}
}
