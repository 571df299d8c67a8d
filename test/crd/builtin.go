package crd

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	storagev1 "k8s.io/api/storage/v1"
	apivalidation "k8s.io/apimachinery/pkg/api/validation"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	utilvalidation "k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/apimachinery/pkg/util/validation/field"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
)

var builtins = serializer.NewCodecFactory(clientgoscheme.Scheme, serializer.EnableStrict).UniversalDeserializer()

// createBuiltin stands in for the API server's own kinds. Their validation is in k8s.io/kubernetes, which is not to be
// had as a library, so the rules for the kinds that vspread writes are repeated here.
func createBuiltin(sent *unstructured.Unstructured) (*Object, error) {
	raw, err := sent.MarshalJSON()
	if err != nil {
		return nil, err
	}
	typed, _, err := builtins.Decode(raw, nil, nil)
	if err != nil {
		return nil, err
	}
	accepted := &Object{Sent: sent, Stored: sent}
	var errs field.ErrorList
	switch o := typed.(type) {
	case *corev1.ConfigMap:
		fillNamespace(sent)
		errs = append(errs, validateMeta(sent, true)...)
		errs = append(errs, validateKeys("data", o.Data)...)
		errs = append(errs, validateKeys("binaryData", o.BinaryData)...)
		accepted.Read = sent.DeepCopy()
	case *corev1.Secret:
		fillNamespace(sent)
		errs = append(errs, validateMeta(sent, true)...)
		errs = append(errs, validateKeys("data", o.Data)...)
		errs = append(errs, validateKeys("stringData", o.StringData)...)
	case *storagev1.StorageClass:
		errs = append(errs, validateMeta(sent, false)...)
		errs = append(errs, validateStorageClass(o)...)
		accepted.Read = sent.DeepCopy()
		setIfAbsent(accepted.Read, "reclaimPolicy", string(corev1.PersistentVolumeReclaimDelete))
		setIfAbsent(accepted.Read, "volumeBindingMode", string(storagev1.VolumeBindingImmediate))
	default:
		if sent.GetName() == "" {
			errs = append(errs, field.Required(field.NewPath("metadata", "name"), ""))
		}
	}
	return accepted, join(errs)
}

func validateMeta(object *unstructured.Unstructured, namespaced bool) field.ErrorList {
	return apivalidation.ValidateObjectMetaAccessor(object, namespaced, apivalidation.NameIsDNSSubdomain, field.NewPath("metadata"))
}

// validateKeys holds for the data of ConfigMaps and Secrets, which may have 1 MiB in all.
func validateKeys[V ~string | ~[]byte](name string, data map[string]V) field.ErrorList {
	var errs field.ErrorList
	size := 0
	for key, value := range data {
		size += len(value)
		for _, message := range utilvalidation.IsConfigMapKey(key) {
			errs = append(errs, field.Invalid(field.NewPath(name).Key(key), key, message))
		}
	}
	if size > corev1.MaxSecretSize {
		errs = append(errs, field.TooLong(field.NewPath(name), "", corev1.MaxSecretSize))
	}
	return errs
}

func validateStorageClass(class *storagev1.StorageClass) field.ErrorList {
	var errs field.ErrorList
	for _, message := range utilvalidation.IsQualifiedName(class.Provisioner) {
		errs = append(errs, field.Invalid(field.NewPath("provisioner"), class.Provisioner, message))
	}
	errs = append(errs, oneOf("reclaimPolicy", class.ReclaimPolicy,
		corev1.PersistentVolumeReclaimDelete, corev1.PersistentVolumeReclaimRetain)...)
	return append(errs, oneOf("volumeBindingMode", class.VolumeBindingMode,
		storagev1.VolumeBindingImmediate, storagev1.VolumeBindingWaitForFirstConsumer)...)
}

func oneOf[T ~string](name string, value *T, known ...T) field.ErrorList {
	if value == nil || slices.Contains(known, *value) {
		return nil
	}
	return field.ErrorList{field.NotSupported(field.NewPath(name), *value, known)}
}

func setIfAbsent(object *unstructured.Unstructured, name, value string) {
	if _, set := object.Object[name]; !set {
		object.Object[name] = value
	}
}
