// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Management is a management cluster: an API server with Cluster API's and CAPV's kinds, webhooks and managers.
type Management struct {
	*APIServer

	managers []*manager
}

// startManagement takes the programs from a directory and keeps logs and certificates in another.
func startManagement(ctx context.Context, programs, dir string) (m *Management, err error) {
	m = &Management{}
	defer func() {
		if err != nil {
			m.Stop()
		}
	}()
	if m.APIServer, err = startAPIServer(programs); err != nil {
		return m, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return m, err
	}
	authority, err := writeServingCertificate(filepath.Join(dir, "certificate"))
	if err != nil {
		return m, err
	}
	if err := os.WriteFile(filepath.Join(dir, "kubeconfig"), m.KubeConfig, 0o600); err != nil {
		return m, err
	}
	if err := m.Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: managersNamespace}}); err != nil {
		return m, err
	}
	ports := map[string]int{}
	for _, p := range providers {
		if ports[p.name], err = freePort(); err != nil {
			return m, err
		}
		if err := p.install(ctx, m, endpoint{ports[p.name], authority}); err != nil {
			return m, fmt.Errorf("the manifests of %s: %w", p.name, err)
		}
	}
	for _, p := range providers {
		running, err := startManager(p, programs, dir, ports[p.name])
		if err != nil {
			return m, fmt.Errorf("start %s: %w", p.program, err)
		}
		m.managers = append(m.managers, running)
	}
	for _, running := range m.managers {
		if err := running.ready(ctx); err != nil {
			return m, fmt.Errorf("%w\n%s", err, running.tail(20, ""))
		}
	}
	return m, nil
}

// Stop ends the managers, then the API server.
func (m *Management) Stop() {
	for _, running := range m.managers {
		running.stop()
	}
	if m.APIServer != nil {
		m.APIServer.Stop()
	}
}

// waitBriefly gives something a little time to end by itself.
func waitBriefly(done <-chan struct{}) {
	select {
	case <-done:
	case <-time.After(3 * time.Second):
	}
}
