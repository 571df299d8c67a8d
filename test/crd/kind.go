package crd

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/objectmeta"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apiextensions-apiserver/pkg/registry/customresource"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"
	"sigs.k8s.io/yaml"
)

// crdFolders are where the modules that go.mod names keep their CRDs.
var crdFolders = map[string][]string{
	"sigs.k8s.io/cluster-api": {
		"config/crd/bases",
		"bootstrap/kubeadm/config/crd/bases",
		"controlplane/kubeadm/config/crd/bases",
	},
	"sigs.k8s.io/cluster-api-provider-vsphere": {"config/default/crd/bases"},
}

// kind is a custom resource kind with its served versions.
type kind struct {
	namespaced bool
	storage    string
	versions   map[string]*version
}

// version is a served version of a kind.
type version struct {
	schema    *structuralschema.Structural
	hasStatus bool
	strategy  interface { // the API server's own rules for a custom resource
		Validate(context.Context, runtime.Object) field.ErrorList
	}
}

func (k *kind) served() []string { return slices.Sorted(maps.Keys(k.versions)) }

// moduleDir is where the module cache has a module of go.mod.
func moduleDir(module string) (string, error) {
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", module).Output()
	if err != nil {
		return "", fmt.Errorf("find module %s: %w", module, err)
	}
	return strings.TrimSpace(string(dir)), nil
}

// loadKinds reads the CRDs of the groups that wanted accepts.
func loadKinds(wanted func(group string) bool) (map[schema.GroupKind]*kind, error) {
	kinds := map[schema.GroupKind]*kind{}
	for module, folders := range crdFolders {
		dir, err := moduleDir(module)
		if err != nil {
			return nil, err
		}
		for _, folder := range folders {
			files, err := filepath.Glob(filepath.Join(dir, folder, "*.yaml"))
			if err != nil || len(files) == 0 {
				return nil, fmt.Errorf("no CRDs in %s of module %s: %w", folder, module, err)
			}
			for _, file := range files {
				crd, err := readCRD(file)
				if err != nil {
					return nil, fmt.Errorf("CRD %s: %w", filepath.Base(file), err)
				}
				if !wanted(crd.Spec.Group) {
					continue
				}
				gk := schema.GroupKind{Group: crd.Spec.Group, Kind: crd.Spec.Names.Kind}
				if kinds[gk], err = newKind(gk, crd); err != nil {
					return nil, fmt.Errorf("CRD %s: %w", filepath.Base(file), err)
				}
			}
		}
	}
	return kinds, nil
}

func readCRD(file string) (*apiextensions.CustomResourceDefinition, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	external, internal := &apiextensionsv1.CustomResourceDefinition{}, &apiextensions.CustomResourceDefinition{}
	if err := yaml.Unmarshal(text, external); err != nil {
		return nil, err
	}
	return internal, apiextensionsv1.Convert_v1_CustomResourceDefinition_To_apiextensions_CustomResourceDefinition(external, internal, nil)
}

func newKind(gk schema.GroupKind, crd *apiextensions.CustomResourceDefinition) (*kind, error) {
	k := &kind{namespaced: crd.Spec.Scope == apiextensions.NamespaceScoped, versions: map[string]*version{}}
	for _, v := range crd.Spec.Versions {
		if v.Storage {
			k.storage = v.Name
		}
		if !v.Served {
			continue
		}
		properties, err := apiextensions.GetSchemaForVersion(crd, v.Name)
		if err != nil {
			return nil, err
		}
		structural, err := structuralschema.NewStructural(properties.OpenAPIV3Schema)
		if err != nil {
			return nil, err
		}
		validator, _, err := validation.NewSchemaValidator(properties.OpenAPIV3Schema)
		if err != nil {
			return nil, err
		}
		subresources, err := apiextensions.GetSubresourcesForVersion(crd, v.Name)
		if err != nil {
			return nil, err
		}
		if subresources == nil {
			subresources = &apiextensions.CustomResourceSubresources{}
		}
		k.versions[v.Name] = &version{
			schema:    structural,
			hasStatus: subresources.Status != nil,
			strategy: customresource.NewStrategy(nil, k.namespaced, gk.WithVersion(v.Name),
				validator, nil, structural, subresources.Status, subresources.Scale, nil),
		}
	}
	return k, nil
}

// prune reports and removes what the schema does not know, as fieldValidation=Strict does.
func (v *version) prune(object *unstructured.Unstructured) error {
	meta, found, unknown, err := objectmeta.GetObjectMetaWithOptions(object.Object, objectmeta.ObjectMetaOptions{ReturnUnknownFieldPaths: true})
	if err != nil {
		return err
	}
	unknown = append(unknown, pruning.PruneWithOptions(object.Object, v.schema, true,
		structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})...)
	defaulting.PruneNonNullableNullsWithoutDefaults(object.Object, v.schema)
	invalid, more := objectmeta.CoerceWithOptions(nil, object.Object, v.schema, false,
		objectmeta.CoerceOptions{ReturnUnknownFieldPaths: true})
	var errs []error
	for _, path := range append(unknown, more...) {
		errs = append(errs, fmt.Errorf("%s: unknown field", path))
	}
	if invalid != nil {
		errs = append(errs, invalid)
	}
	if found {
		if err := objectmeta.SetObjectMeta(object.Object, meta); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func (v *version) applyDefaults(object *unstructured.Unstructured) {
	defaulting.Default(object.Object, v.schema)
}

// validate applies OpenAPI schema, list types, object metadata and CEL rules.
func (v *version) validate(object *unstructured.Unstructured) error {
	return join(v.strategy.Validate(context.Background(), object))
}
