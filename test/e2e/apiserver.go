// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"time"

	"k8s.io/client-go/kubernetes/scheme"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// APIServer is an etcd and a kube-apiserver of its own, without a kubelet or any controller of Kubernetes.
type APIServer struct {
	client.WithWatch
	// KubeConfig is for an administrator.
	KubeConfig []byte

	environment *envtest.Environment
}

// startAPIServer takes the programs from a directory.
func startAPIServer(programs string) (*APIServer, error) {
	s := &APIServer{environment: &envtest.Environment{
		BinaryAssetsDirectory:    programs,
		ControlPlaneStartTimeout: 2 * time.Minute,
		// It would wait for the managers' watches to end; it is killed instead, and nothing in it is kept.
		ControlPlaneStopTimeout: time.Second,
	}}
	config, err := s.environment.Start()
	if err != nil {
		return nil, fmt.Errorf("an API server does not start: %w", err)
	}
	// A test that waits polls.
	config.QPS, config.Burst = 200, 400
	s.KubeConfig = s.environment.KubeConfig
	if s.WithWatch, err = client.NewWithWatch(config, client.Options{Scheme: scheme.Scheme}); err != nil {
		return nil, fmt.Errorf("no client for an API server: %w", err)
	}
	return s, clusterv1.AddToScheme(s.Scheme())
}

// Stop ends both programs and removes their files.
func (s *APIServer) Stop() {
	_ = s.environment.Stop() // it is an error when one has to be killed
}
