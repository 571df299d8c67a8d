// Package crd says what a management cluster answers when an object is created: Cluster API's and CAPV's own
// CustomResourceDefinitions and admission webhooks, run in this process, without a server.
//
// It is a module of its own because CAPV cannot be required beside the main module's version of Cluster API.
//
// An object takes the path it takes through an API server: strict decoding, the defaults of its version, the mutating
// webhooks (which see the storage version), schema validation with CEL rules, the validating webhooks, storage, and the
// way back to the version it was written in. Limits: creates only; feature gates as shipped (no Ignition, no
// ClusterTopology); of the built-in kinds only ConfigMap, Secret and StorageClass are validated, the others just decoded;
// what only a controller or vCenter can know (an unknown datastore) is not seen.
//
//	go test -vet=off ./...
//
// Vetting would first examine the thousand packages beneath, which is a sixth of a cold build.
package crd

import (
	"errors"
	"fmt"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

// Checker holds the CRDs and webhooks of Cluster API (core, kubeadm) and CAPV.
type Checker struct {
	kinds     map[schema.GroupKind]*kind
	providers *providers
}

// Object is an accepted object.
type Object struct {
	// Sent is what was written, with the namespace that kubectl fills in.
	Sent *unstructured.Unstructured
	// Stored is the object in the version that etcd holds.
	Stored *unstructured.Unstructured
	// Read is what a GET in the version of Sent answers, without the fields that only a server sets.
	// It is nil for built-in kinds whose defaults are not known here.
	Read *unstructured.Unstructured
}

// New loads the CRDs and registers the webhooks.
func New() (*Checker, error) {
	providers, err := newProviders()
	if err != nil {
		return nil, err
	}
	kinds, err := loadKinds(providers.scheme.IsGroupRegistered)
	if err != nil {
		return nil, err
	}
	c := &Checker{kinds: kinds, providers: providers}
	return c, c.allWebhooksReachable()
}

// allWebhooksReachable guards against a webhook that would never be called, for want of its CRD or because the
// storage version is no longer the one the webhooks are written for.
func (c *Checker) allWebhooksReachable() error {
	reachable := map[string]bool{}
	for gk, k := range c.kinds {
		reachable[webhookPath(mutating, gk.WithVersion(k.storage))] = true
		reachable[webhookPath(validating, gk.WithVersion(k.storage))] = true
	}
	var errs []error
	for path := range c.providers.webhooks {
		if !reachable[path] {
			errs = append(errs, fmt.Errorf("no CRD's storage version leads to the webhook %s", path))
		}
	}
	return errors.Join(errs...)
}

// Create passes one YAML object through admission. The error joins everything that is wrong with it.
func (c *Checker) Create(doc []byte) (*Object, error) {
	object, err := decode(doc, yaml.YAMLToJSONStrict)
	if err != nil {
		lenient, _ := decode(doc, yaml.YAMLToJSON)
		return nil, fmt.Errorf("%s: %s", ID(lenient), strings.Join(strings.Fields(err.Error()), " "))
	}
	create := c.createCustom
	gvk := object.GroupVersionKind()
	if _, custom := c.kinds[gvk.GroupKind()]; !custom {
		create = createBuiltin
	}
	accepted, err := create(object)
	if err != nil {
		return nil, prefixEach(ID(object), err)
	}
	return accepted, nil
}

func (c *Checker) createCustom(sent *unstructured.Unstructured) (*Object, error) {
	gvk := sent.GroupVersionKind()
	k := c.kinds[gvk.GroupKind()]
	requested, served := k.versions[gvk.Version]
	if !served {
		return nil, fmt.Errorf("apiVersion: %s is not served, only %v", gvk.GroupVersion(), k.served())
	}
	if k.namespaced {
		fillNamespace(sent)
	}
	object := sent.DeepCopy()
	if err := requested.prune(object); err != nil {
		return nil, err
	}
	if requested.hasStatus {
		delete(object.Object, "status") // status is a subresource: a create drops it
	}
	requested.applyDefaults(object)

	mutated, err := c.mutate(object, k.storage)
	if err != nil {
		// The schema usually says it better than a webhook that cannot decode the object.
		return nil, errors.Join(requested.validate(object), err)
	}
	requested.applyDefaults(mutated)
	if err := requested.validate(mutated); err != nil {
		return nil, err
	}
	stored, err := c.providers.convert(mutated, k.storage)
	if err != nil {
		return nil, err
	}
	k.versions[k.storage].applyDefaults(stored)
	if _, err := c.providers.admit(validating, stored); err != nil {
		return nil, err
	}
	read, err := c.providers.convert(stored, gvk.Version)
	if err != nil {
		return nil, err
	}
	delete(read.Object, "status") // a conversion may add an empty one
	return &Object{Sent: sent, Stored: stored, Read: read}, nil
}

// mutate calls the mutating webhook in the storage version and returns the result in the object's own version.
func (c *Checker) mutate(object *unstructured.Unstructured, storage string) (*unstructured.Unstructured, error) {
	hub, err := c.providers.convert(object, storage)
	if err != nil {
		return nil, err
	}
	mutated, err := c.providers.admit(mutating, hub)
	if err != nil || mutated == hub { // unchanged: the conversion, which may lose something, is not kept
		return object, err
	}
	return c.providers.convert(mutated, object.GroupVersionKind().Version)
}

// ID names an object in messages and tells objects of one stream apart, whatever their version.
func ID(object *unstructured.Unstructured) string {
	if object.GetNamespace() == "" {
		return object.GetKind() + " " + object.GetName()
	}
	return object.GetKind() + " " + object.GetNamespace() + "/" + object.GetName()
}

// fillNamespace does what kubectl does.
func fillNamespace(object *unstructured.Unstructured) {
	if object.GetNamespace() == "" {
		object.SetNamespace(metav1.NamespaceDefault)
	}
}

// decode reads YAML as kubectl does: YAML 1.1, so n is false and 1.33 a number.
func decode(doc []byte, toJSON func([]byte) ([]byte, error)) (*unstructured.Unstructured, error) {
	object := &unstructured.Unstructured{}
	text, err := toJSON(doc)
	if err == nil {
		err = object.UnmarshalJSON(text)
	}
	return object, err
}

// prefixEach puts prefix in front of every error that err joins.
func prefixEach(prefix string, err error) error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return fmt.Errorf("%s: %w", prefix, err)
	}
	var errs []error
	for _, e := range joined.Unwrap() {
		errs = append(errs, prefixEach(prefix, e))
	}
	return errors.Join(errs...)
}

// join keeps every error a line of its own.
func join(list field.ErrorList) error {
	var errs []error
	for _, err := range list {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
