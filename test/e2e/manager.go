// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// manager is a running controller manager.
type manager struct {
	provider
	log string
	// ended is closed when the process is no more, and then err is how it ended.
	ended chan struct{}
	err   error

	process *os.Process
	health  string
}

// startManager runs a provider's program against an API server; its webhooks are served at a port.
func startManager(p provider, programs, dir string, port int) (*manager, error) {
	log, err := os.Create(filepath.Join(dir, p.name+".log"))
	if err != nil {
		return nil, err
	}
	defer func() { _ = log.Close() }() // the process has its own
	health, err := freePort()
	if err != nil {
		return nil, err
	}
	m := &manager{provider: p, log: log.Name(), ended: make(chan struct{}), health: fmt.Sprintf("127.0.0.1:%d", health)}
	c := exec.Command(filepath.Join(programs, p.program), append([]string{
		"--kubeconfig=" + filepath.Join(dir, "kubeconfig"),
		"--leader-elect=false",
		fmt.Sprintf("--webhook-port=%d", port),
		"--webhook-cert-dir=" + filepath.Join(dir, "certificate"),
		"--health-addr=" + m.health,
		"--diagnostics-address=127.0.0.1:0",
		"--insecure-diagnostics",
	}, p.flags...)...)
	c.Env = append(os.Environ(), "POD_NAMESPACE="+managersNamespace, "POD_NAME="+p.name, "POD_UID="+p.name)
	c.Dir, c.Stdout, c.Stderr = dir, log, log
	if err := c.Start(); err != nil {
		return nil, err
	}
	m.process = c.Process
	go func() { m.err = c.Wait(); close(m.ended) }()
	return m, nil
}

const managersNamespace = "managers"

// ready waits until the webhooks are served.
func (m *manager) ready(ctx context.Context) error {
	return waitFor(ctx, time.Minute, func() error {
		select {
		case <-m.ended:
			return &finalError{fmt.Errorf("the manager %s has ended: %w", m.name, m.err)}
		default:
		}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+m.health+"/readyz", nil)
		if err != nil {
			return err
		}
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			return err
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			return fmt.Errorf("the manager %s is not ready: %s", m.name, response.Status)
		}
		return nil
	})
}

// stop interrupts the manager, and kills it if that is not heard.
func (m *manager) stop() {
	_ = m.process.Signal(os.Interrupt)
	select {
	case <-m.ended:
	case <-time.After(10 * time.Second):
		_ = m.process.Kill()
		<-m.ended
	}
}

// tail is the end of the manager's log, of lines that hold a text.
func (m *manager) tail(n int, about string) []byte {
	all, err := os.ReadFile(m.log)
	if err != nil {
		return []byte(err.Error())
	}
	var lines [][]byte
	for line := range bytes.Lines(all) {
		if bytes.Contains(line, []byte(about)) {
			lines = append(lines, line)
		}
	}
	return bytes.Join(lines[max(0, len(lines)-n):], nil)
}

// freePort finds a port that nobody listens on now.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port, nil
}
