package crd

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	jsonpatch "github.com/evanphx/json-patch/v5"
	admissionv1 "k8s.io/api/admission/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/rest"
	infrav1beta1 "sigs.k8s.io/cluster-api-provider-vsphere/api/govmomi/v1beta1"
	infrav1 "sigs.k8s.io/cluster-api-provider-vsphere/api/govmomi/v1beta2"
	capv "sigs.k8s.io/cluster-api-provider-vsphere/webhooks"
	addonsv1beta1 "sigs.k8s.io/cluster-api/api/addons/v1beta1"
	addonsv1 "sigs.k8s.io/cluster-api/api/addons/v1beta2"
	bootstrapv1beta1 "sigs.k8s.io/cluster-api/api/bootstrap/kubeadm/v1beta1"
	bootstrapv1 "sigs.k8s.io/cluster-api/api/bootstrap/kubeadm/v1beta2"
	controlplanev1beta1 "sigs.k8s.io/cluster-api/api/controlplane/kubeadm/v1beta1"
	controlplanev1 "sigs.k8s.io/cluster-api/api/controlplane/kubeadm/v1beta2"
	clusterv1beta1 "sigs.k8s.io/cluster-api/api/core/v1beta1"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	bootstrap "sigs.k8s.io/cluster-api/bootstrap/kubeadm/webhooks"
	controlplane "sigs.k8s.io/cluster-api/controlplane/kubeadm/webhooks"
	core "sigs.k8s.io/cluster-api/webhooks"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/conversion"
	"sigs.k8s.io/controller-runtime/pkg/webhook"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	webhookconversion "sigs.k8s.io/controller-runtime/pkg/webhook/conversion"
)

const (
	mutating   = "mutate"
	validating = "validate"
)

// providers are the types and webhooks of Cluster API and CAPV.
type providers struct {
	scheme   *runtime.Scheme
	webhooks map[string]*admission.Webhook // by path
}

func newProviders() (*providers, error) {
	p := &providers{scheme: runtime.NewScheme(), webhooks: map[string]*admission.Webhook{}}
	for _, add := range []func(*runtime.Scheme) error{
		clusterv1beta1.AddToScheme, clusterv1.AddToScheme,
		addonsv1beta1.AddToScheme, addonsv1.AddToScheme,
		bootstrapv1beta1.AddToScheme, bootstrapv1.AddToScheme,
		controlplanev1beta1.AddToScheme, controlplanev1.AddToScheme,
		infrav1beta1.AddToScheme, infrav1.AddToScheme,
	} {
		if err := add(p.scheme); err != nil {
			return nil, err
		}
	}
	for _, hook := range []interface{ SetupWebhookWithManager(ctrl.Manager) error }{
		&core.Cluster{Client: emptyCluster{}}, &core.ClusterClass{Client: emptyCluster{}},
		&core.Machine{}, &core.MachineDeployment{}, &core.MachineSet{}, &core.MachinePool{},
		&core.MachineDrainRule{}, &core.MachineHealthCheck{},
		&core.ClusterResourceSet{}, &core.ClusterResourceSetBinding{},
		&bootstrap.KubeadmConfig{}, &bootstrap.KubeadmConfigTemplate{},
		&controlplane.KubeadmControlPlane{}, &controlplane.KubeadmControlPlaneTemplate{},
		&capv.VSphereClusterTemplate{}, &capv.VSphereDeploymentZone{}, &capv.VSphereFailureDomain{},
		&capv.VSphereMachine{}, &capv.VSphereMachineTemplate{}, &capv.VSphereVM{},
	} {
		if err := hook.SetupWebhookWithManager(&recorder{providers: p}); err != nil {
			return nil, fmt.Errorf("set up %T: %w", hook, err)
		}
	}
	// Reading v1beta1 rebuilds a reference's version from the contract labels of its CRD; all say v1beta2 here.
	newest := func(gk schema.GroupKind) (string, error) {
		return gk.WithVersion("v1beta2").GroupVersion().String(), nil
	}
	clusterv1beta1.SetAPIVersionGetter(newest)
	controlplanev1beta1.SetAPIVersionGetter(newest)
	return p, nil
}

// emptyCluster is where the webhooks look for a ClusterClass, in vain.
type emptyCluster struct{ client.Reader }

func (emptyCluster) Get(_ context.Context, key client.ObjectKey, _ client.Object, _ ...client.GetOption) error {
	return apierrors.NewNotFound(schema.GroupResource{}, key.Name)
}

// recorder is a manager, and its webhook server, that only takes down which webhooks are registered. Every method that
// is not written here is nil on purpose: a webhook that began to need it should be noticed.
type recorder struct {
	ctrl.Manager
	providers *providers
}

func (r *recorder) GetConfig() *rest.Config                          { return nil }
func (r *recorder) GetScheme() *runtime.Scheme                       { return r.providers.scheme }
func (r *recorder) GetWebhookServer() webhook.Server                 { return recorderServer{providers: r.providers} }
func (r *recorder) GetConverterRegistry() webhookconversion.Registry { return nil }

type recorderServer struct {
	webhook.Server
	providers *providers
}

func (s recorderServer) WebhookMux() *http.ServeMux { return nil }

func (s recorderServer) Register(path string, handler http.Handler) {
	if hook, ok := handler.(*admission.Webhook); ok {
		s.providers.webhooks[path] = hook
	}
}

// webhookPath is controller-runtime's convention, which the providers' webhook configurations follow.
func webhookPath(verb string, gvk schema.GroupVersionKind) string {
	return fmt.Sprintf("/%s-%s-%s-%s", verb, strings.ReplaceAll(gvk.Group, ".", "-"), gvk.Version, strings.ToLower(gvk.Kind))
}

// admit asks the mutating or validating webhook of the object's kind, if there is one.
func (p *providers) admit(verb string, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	return p.update(verb, nil, object)
}

// update does the same for an object that takes the place of another one, which is nil for a new object.
func (p *providers) update(verb string, old, object *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	gvk := object.GroupVersionKind()
	hook, ok := p.webhooks[webhookPath(verb, gvk)]
	if !ok {
		return object, nil
	}
	raw, err := object.MarshalJSON()
	if err != nil {
		return nil, err
	}
	request := admissionv1.AdmissionRequest{
		Kind:      metav1.GroupVersionKind(gvk),
		Namespace: object.GetNamespace(),
		Name:      object.GetName(),
		Operation: admissionv1.Create,
		Object:    runtime.RawExtension{Raw: raw},
	}
	if old != nil {
		request.Operation = admissionv1.Update
		if request.OldObject.Raw, err = old.MarshalJSON(); err != nil {
			return nil, err
		}
	}
	response := hook.Handle(context.Background(), admission.Request{AdmissionRequest: request})
	if !response.Allowed {
		return nil, errors.New(response.Result.Message)
	}
	if len(response.Patch) == 0 {
		return object, nil
	}
	patch, err := jsonpatch.DecodePatch(response.Patch)
	if err != nil {
		return nil, err
	}
	if raw, err = patch.Apply(raw); err != nil {
		return nil, err
	}
	mutated := &unstructured.Unstructured{}
	return mutated, mutated.UnmarshalJSON(raw)
}

// convert does what the providers' conversion webhooks do, and what an API server does with the answer.
func (p *providers) convert(object *unstructured.Unstructured, version string) (*unstructured.Unstructured, error) {
	gvk := object.GroupVersionKind()
	if gvk.Version == version {
		return object.DeepCopy(), nil
	}
	from, err := p.scheme.New(gvk)
	if err != nil {
		return nil, err
	}
	to, err := p.scheme.New(gvk.GroupKind().WithVersion(version))
	if err != nil {
		return nil, err
	}
	raw, err := object.MarshalJSON()
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(raw, from); err != nil {
		return nil, err
	}
	if hub, ok := to.(conversion.Hub); ok {
		err = from.(conversion.Convertible).ConvertTo(hub)
	} else {
		err = to.(conversion.Convertible).ConvertFrom(from.(conversion.Hub))
	}
	if err != nil {
		return nil, err
	}
	to.GetObjectKind().SetGroupVersionKind(gvk.GroupKind().WithVersion(version))
	if raw, err = json.Marshal(to); err != nil {
		return nil, err
	}
	converted := &unstructured.Unstructured{}
	if err := converted.UnmarshalJSON(raw); err != nil {
		return nil, err
	}
	// A conversion may change labels and annotations and no other metadata.
	labels, annotations := converted.GetLabels(), converted.GetAnnotations()
	converted.Object["metadata"] = object.DeepCopy().Object["metadata"]
	converted.SetLabels(labels)
	converted.SetAnnotations(annotations)
	return converted, nil
}
