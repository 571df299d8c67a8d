package crd

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	addonsv1 "sigs.k8s.io/cluster-api/api/addons/v1beta2"
	"sigs.k8s.io/yaml"
)

// localConfig marks objects that are configuration of tools and are applied nowhere.
const localConfig = "config.kubernetes.io/local-config"

// CreateAll passes every document of a YAML stream through admission, except local configuration, and then what the
// stream's ClusterResourceSets carry to their clusters. The error joins everything that is wrong.
func (c *Checker) CreateAll(stream []byte) ([]*Object, error) {
	docs, err := split(stream)
	if err != nil {
		return nil, err
	}
	var objects []*Object
	var errs []error
	for _, doc := range docs {
		if object, _ := decode(doc, yaml.YAMLToJSON); object.GetAnnotations()[localConfig] == "true" {
			continue
		}
		created, err := c.Create(doc)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		objects = append(objects, created)
	}
	return objects, errors.Join(append(errs, c.createCarried(objects)...)...)
}

// createCarried checks the objects inside the ConfigMaps and Secrets that the ClusterResourceSets of the stream name.
// A resource that is not in the stream may well be in the cluster already.
func (c *Checker) createCarried(objects []*Object) []error {
	named := map[string]bool{}
	for _, set := range objects {
		if set.Stored.GroupVersionKind() != addonsv1.GroupVersion.WithKind("ClusterResourceSet") {
			continue
		}
		resources, _, _ := unstructured.NestedSlice(set.Stored.Object, "spec", "resources")
		for _, resource := range resources {
			r := resource.(map[string]any)
			named[fmt.Sprintf("%s %s/%s", r["kind"], set.Sent.GetNamespace(), r["name"])] = true
		}
	}
	var errs []error
	for _, carrier := range objects {
		if !named[ID(carrier.Sent)] {
			continue
		}
		if kind, _, _ := unstructured.NestedString(carrier.Sent.Object, "type"); carrier.Sent.GetKind() == "Secret" && kind != string(addonsv1.ClusterResourceSetSecretType) {
			errs = append(errs, fmt.Errorf("%s: type: a ClusterResourceSet takes %s only, not %q", ID(carrier.Sent), addonsv1.ClusterResourceSetSecretType, kind))
		}
		data, _, _ := unstructured.NestedStringMap(carrier.Sent.Object, "data")
		for _, key := range slices.Sorted(maps.Keys(data)) {
			text := data[key]
			if carrier.Sent.GetKind() == "Secret" {
				decoded, _ := base64.StdEncoding.DecodeString(text) // it was decoded before
				text = string(decoded)
			}
			if _, err := c.CreateAll([]byte(text)); err != nil {
				errs = append(errs, prefixEach(fmt.Sprintf("%s: data[%s]", ID(carrier.Sent), key), err))
			}
		}
	}
	return errs
}

// split returns the documents of a YAML stream that hold more than comments.
func split(stream []byte) ([][]byte, error) {
	var docs [][]byte
	reader := utilyaml.NewYAMLReader(bufio.NewReader(bytes.NewReader(stream)))
	for {
		doc, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return nil, err
		}
		for line := range bytes.Lines(doc) {
			if line = bytes.TrimSpace(line); len(line) > 0 && line[0] != '#' && !bytes.Equal(line, []byte("---")) {
				docs = append(docs, doc)
				break
			}
		}
	}
}
