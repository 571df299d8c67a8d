// SPDX-License-Identifier: Apache-2.0

package argocd

import (
	"context"

	"path/filepath"
	"slices"
	"testing"

	log "github.com/sirupsen/logrus"
	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	structuralschema "k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/yaml"

	"github.com/argoproj/argo-cd/v3/applicationset/controllers/template"
	"github.com/argoproj/argo-cd/v3/applicationset/generators"
	"github.com/argoproj/argo-cd/v3/applicationset/services"
	"github.com/argoproj/argo-cd/v3/applicationset/utils"
	"github.com/argoproj/argo-cd/v3/pkg/apis/application/v1alpha1"
)

// TestFleetIsAccepted holds what would be applied to the CRDs of Argo CD: no unknown field, no invalid value.
func TestFleetIsAccepted(t *testing.T) {
	for file, crd := range map[string]string{"applicationset.yaml": "applicationset-crd.yaml", "hydrated.yaml": "application-crd.yaml"} {
		var object map[string]any
		if err := yaml.UnmarshalStrict(read(t, filepath.Join(example, "fleet", file)), &object); err != nil {
			t.Fatal(err)
		}
		var definition apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(read(t, filepath.Join(manifests, "crds", crd)), &definition); err != nil {
			t.Fatal(err)
		}
		var schema apiextensions.JSONSchemaProps
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(definition.Spec.Versions[0].Schema.OpenAPIV3Schema, &schema, nil); err != nil {
			t.Fatal(err)
		}
		validator, _, err := validation.NewSchemaValidator(&schema)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range validation.ValidateCustomResource(nil, object, validator) {
			t.Errorf("%s: %v", file, e)
		}
		structural, err := structuralschema.NewStructural(&schema)
		if err != nil {
			t.Fatal(err)
		}
		unknown := pruning.PruneWithOptions(object, structural, true, structuralschema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true})
		if len(unknown) > 0 {
			t.Errorf("%s: unknown fields %q", file, unknown)
		}
	}
}

// workTree answers for the git repository.
type workTree struct {
	services.Repos
	root string
}

func (w workTree) GetDirectories(context.Context, string, string, string, bool, *v1alpha1.SourceIntegrity) ([]string, error) {
	all, err := filepath.Glob(filepath.Join(w.root, "*", "*"))
	for i := range all {
		all[i], _ = filepath.Rel(w.root, all[i])
	}
	return all, err
}

// TestOneApplicationForEachCluster makes the Applications by Argo CD's generator, and renders each by its plugin.
func TestOneApplicationForEachCluster(t *testing.T) {
	var set v1alpha1.ApplicationSet
	if err := yaml.UnmarshalStrict(read(t, filepath.Join(example, "fleet", "applicationset.yaml")), &set); err != nil {
		t.Fatal(err)
	}
	root := repository(t)
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	project := &v1alpha1.AppProject{ObjectMeta: metav1.ObjectMeta{Name: set.Spec.Template.Spec.Project, Namespace: "argocd"}}
	cluster := fake.NewClientBuilder().WithScheme(scheme).WithObjects(project).Build()
	git := map[string]generators.Generator{"Git": generators.NewGitGenerator(workTree{root: root}, "argocd")}
	apps, _, err := template.GenerateApplications(log.NewEntry(log.StandardLogger()), set, git, &utils.Render{}, cluster)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, filepath.Join(example, "plugin", "render"))
	var got []string
	for _, app := range apps {
		got = append(got, app.Name+" "+app.Spec.Source.Path+" "+app.Spec.Destination.Namespace)
		if len(app.Finalizers) > 0 {
			t.Errorf("%s has finalizers %q, so a directory that disappears deletes a cluster", app.Name, app.Finalizers)
		}
		if len(app.Spec.IgnoreDifferences) > 0 {
			t.Errorf("%s ignores differences", app.Name)
		}
		objects, err := generate(t, root, app.Spec.Source.Path, app.Spec.Source.Plugin.Name)
		if err != nil || counts(t, objects)["MachineDeployment"] == 0 {
			t.Errorf("%s: %v %v", app.Name, counts(t, objects), err)
		}
	}
	slices.Sort(got)
	want := []string{"cluster-apple clusters/apple apple", "cluster-banana clusters/banana banana", "cluster-cherry clusters/cherry cherry"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if !set.Spec.SyncPolicy.PreserveResourcesOnDeletion {
		t.Error("a directory that disappears deletes a cluster")
	}
}
