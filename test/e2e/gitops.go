// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"errors"
	"fmt"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// GitOps does with rendered objects what Flux does: apply them on the server's side, and delete what has left git.
type GitOps struct {
	client client.Client
	// applied are the objects of the last commit.
	applied []*unstructured.Unstructured
}

var applyOptions = []client.ApplyOption{client.FieldOwner("gitops"), client.ForceOwnership}

// Apply brings a commit into the cluster. The objects are not changed on the way.
func (g *GitOps) Apply(ctx context.Context, objects []*unstructured.Unstructured) error {
	strict := client.WithFieldValidation(g.client, metav1.FieldValidationStrict)
	var errs []error
	for _, object := range objects {
		if err := strict.Apply(ctx, client.ApplyConfigurationFromUnstructured(object.DeepCopy()), applyOptions...); err != nil {
			errs = append(errs, fmt.Errorf("%s is not accepted: %w", id(object), err))
		}
	}
	// With an error nothing is pruned, nor is what was there forgotten.
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	before := g.applied
	g.applied = objects
	for _, old := range before {
		if slices.ContainsFunc(objects, func(o *unstructured.Unstructured) bool { return id(o) == id(old) }) {
			continue
		}
		if err := g.prune(ctx, old); err != nil {
			return err
		}
	}
	return nil
}

// prune deletes an object, unless it says that it must not be: it may have said so since it was applied.
func (g *GitOps) prune(ctx context.Context, old *unstructured.Unstructured) error {
	const guard = "kustomize.toolkit.fluxcd.io/prune"
	live := &unstructured.Unstructured{}
	live.SetGroupVersionKind(old.GroupVersionKind())
	if err := g.client.Get(ctx, client.ObjectKeyFromObject(old), live); err != nil {
		return client.IgnoreNotFound(err)
	}
	if live.GetAnnotations()[guard] == "disabled" || live.GetLabels()[guard] == "disabled" {
		return nil
	}
	return client.IgnoreNotFound(g.client.Delete(ctx, live, client.PropagationPolicy(metav1.DeletePropagationBackground)))
}
