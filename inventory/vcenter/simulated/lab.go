// SPDX-License-Identifier: Apache-2.0

// Package simulated is a vCenter to try things on: the home lab of the documentation, or a fleet of
// any size, in govmomi's simulator.
//
// What the simulator does differently from a vCenter, and what would matter to us, is mended in this
// package and nowhere else, each mend with its reason beside it: the view of datastores (view.go),
// placement (placement.go), storage policies (policies.go), and what a host or network lacks
// (builder.go).
package simulated

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"

	"github.com/vmware/govmomi/property"
	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25"
	"github.com/vmware/govmomi/vim25/mo"
	"github.com/vmware/govmomi/vim25/types"
	// The tag service registers itself.
	_ "github.com/vmware/govmomi/vapi/simulator"
)

// The user of every lab.
const (
	Username = "administrator@vsphere.local"
	Password = "home/lab#1"
)

// The identity of every lab, the same on all machines.
const (
	Version    = "8.0.3"
	InstanceID = "6f2f0c1e-5a3b-4d5e-9c1a-0000000000ab"
)

// Options say which vCenter to start.
type Options struct {
	// Listen is the address to serve on; empty is a free port of the loopback interface.
	Listen string
	// Build makes the inventory: HomeLab, a Fleet, or one's own. Default: HomeLab.
	Build func(*Builder)
	// InstanceID tells vCenters apart; empty is InstanceID.
	InstanceID string
	// Certificate is served instead of the lab's own.
	Certificate *tls.Certificate
	// Middleware stands before every request once the lab is built, to count or to break them.
	Middleware func(http.Handler) http.Handler
}

// Lab is a running vCenter.
type Lab struct {
	// URL has no user in it.
	URL url.URL
	// Model is the simulator's, for what this package does not offer.
	Model *simulator.Model

	server *simulator.Server
	facts  *facts
}

// building guards Start: the simulator's packages change variables of theirs while a model is built.
var building sync.Mutex

// Start builds a vCenter and serves it until Close.
func Start(o Options) (lab *Lab, err error) {
	building.Lock()
	defer building.Unlock()
	if o.Build == nil {
		o.Build = HomeLab
	}
	certificate := o.Certificate
	if certificate == nil {
		own, err := newCertificate()
		if err != nil {
			return nil, err
		}
		certificate = &own
	}

	model := simulator.VPX()
	model.Datacenter, model.Portgroup, model.Host, model.Cluster, model.Datastore, model.Machine = 0, 0, 0, 0, 0, 0
	if err := model.Create(); err != nil {
		return nil, err
	}
	lab = &Lab{Model: model}
	defer func() {
		// The builder panics: a lab that cannot be built is a mistake in the program.
		if p := recover(); p != nil {
			err = fmt.Errorf("the lab cannot be built: %v", p)
		}
		if err != nil {
			lab.Close()
			lab = nil
		}
	}()

	service := model.Service
	instance := service.Context.Map.Get(types.ManagedObjectReference{Type: "ServiceInstance", Value: "ServiceInstance"}).(*simulator.ServiceInstance)
	// The simulator says 6.5 and draws a new instance id for each start.
	instance.Content.About.Version = Version
	instance.Content.About.ApiVersion = Version
	instance.Content.About.InstanceUuid = cmp.Or(o.InstanceID, InstanceID)

	b := newBuilder(model)
	lab.facts = b.facts
	o.Build(b)
	b.finish()
	service.Context.Map.Handler = place
	showFacts(service.Context.Map)

	service.RegisterEndpoints = true
	service.TLS = &tls.Config{Certificates: []tls.Certificate{*certificate}}
	service.Listen = &url.URL{Host: o.Listen, User: url.UserPassword(Username, Password)}
	lab.server = service.NewServer()
	lab.URL = *lab.server.URL
	lab.URL.User = nil
	registerPolicies(service, b.policies)

	// The simulator offers no place for middleware, so it is put around the handler of its server.
	var handler atomic.Pointer[http.Handler]
	inner := lab.server.Config.Handler
	handler.Store(&inner)
	lab.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*handler.Load()).ServeHTTP(w, r) })
	if err := b.attachTags(context.Background(), lab.server.URL); err != nil {
		return lab, err
	}
	if o.Middleware != nil {
		outer := o.Middleware(inner)
		handler.Store(&outer)
	}
	return lab, nil
}

// Close stops the vCenter and removes its files.
func (l *Lab) Close() {
	if l.server != nil {
		l.server.CloseClientConnections()
		l.server.Close()
	}
	l.Model.Remove()
}

// Certificate is the PEM text of the served certificate.
func (l *Lab) Certificate() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.server.Certificate().Raw})
}

// Show changes what clients are shown of an object, or hides it by returning false, as from a user without the right to see it;
// nil shows all.
func (l *Lab) Show(filter func(types.ObjectContent) (types.ObjectContent, bool)) {
	l.facts.mu.Lock()
	defer l.facts.mu.Unlock()
	l.facts.filter = filter
}

// Sessions counts those who are logged in.
func (l *Lab) Sessions() (int, error) {
	ctx := context.Background()
	c, err := vim25.NewClient(ctx, l.Model.Service)
	if err != nil {
		return 0, err
	}
	var m mo.SessionManager
	err = property.DefaultCollector(c).RetrieveOne(ctx, *c.ServiceContent.SessionManager, []string{"sessionList"}, &m)
	return len(m.SessionList), err
}

// Remove takes objects away, with all that refers to them, as if they had been removed from vCenter.
func (l *Lab) Remove(refs ...types.ManagedObjectReference) {
	l.facts.mu.Lock()
	defer l.facts.mu.Unlock()
	lost := maps.Clone(l.facts.lost)
	if lost == nil {
		lost = map[types.ManagedObjectReference]bool{}
	}
	for _, r := range refs {
		lost[r] = true
	}
	l.facts.lost = lost
}

// Find gives the object of a type with that name.
func (l *Lab) Find(kind, name string) types.ManagedObjectReference {
	for _, e := range l.Model.Map().All(kind) {
		if nameOf(e) == name {
			return e.Reference()
		}
	}
	panic("the lab has no " + kind + " " + name)
}

// Update changes properties of an object as vCenter would.
func (l *Lab) Update(ref types.ManagedObjectReference, changes ...types.PropertyChange) {
	reg := l.Model.Map()
	reg.AtomicUpdate(l.Model.Service.Context, reg.Get(ref), changes)
}
