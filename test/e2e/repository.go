// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// Repository is the git repository of a scenario, without git: what a person writes, and what vspread makes of it.
type Repository struct {
	source, rendered string
	// applied is a copy of the source as it was applied last.
	applied string
	// values stand in files as ${NAME}.
	values map[string]string
	// program is vspread, and environment what it needs to reach vCenter.
	program     string
	environment []string
	log         func(string, ...any)
}

// newRepository begins with the files that all scenarios share.
func newRepository(dir, shared, program, cluster string, vcenter *VCenter, log func(string, ...any)) (*Repository, error) {
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	r := &Repository{
		source: filepath.Join(dir, "git"), rendered: filepath.Join(dir, "rendered"), applied: filepath.Join(dir, "applied"), program: program, log: log,
		values: map[string]string{"CLUSTER": cluster, "VCENTER": vcenter.URL.Host, "THUMBPRINT": vcenter.Thumbprint()},
	}
	if err := os.MkdirAll(r.source, 0o700); err != nil {
		return nil, err
	}
	certificate := filepath.Join(dir, "vcenter.pem")
	if err := os.WriteFile(certificate, vcenter.Certificate(), 0o600); err != nil {
		return nil, err
	}
	r.environment = append(os.Environ(), "GOVC_URL=https://"+vcenter.URL.Host, "GOVC_USERNAME="+simulated.Username,
		"GOVC_PASSWORD="+simulated.Password, "GOVC_TLS_CA_CERTS="+certificate)
	return r, r.lay(shared)
}

// lay copies files over those that are there. An empty file takes its forerunner away.
func (r *Repository) lay(dir string) error {
	return filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || entry.Name() == "commit.yaml" {
			return err
		}
		content, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, file)
		if err != nil {
			return err
		}
		to := filepath.Join(r.source, rel)
		if len(content) == 0 {
			return os.Remove(to)
		}
		var unknown []string
		content = []byte(os.Expand(string(content), func(name string) string {
			value, ok := r.values[name]
			if !ok {
				unknown = append(unknown, name)
			}
			return value
		}))
		if len(unknown) > 0 {
			return fmt.Errorf("%s: nobody knows ${%s}", file, strings.Join(unknown, "}, ${"))
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
			return err
		}
		return os.WriteFile(to, content, 0o600)
	})
}

// refusalError is a run of vspread that ended with the exit status for a wrong input.
type refusalError struct{ stderr string }

func (e *refusalError) Error() string { return "vspread refuses:\n" + e.stderr }

// remember takes the source as applied.
func (r *Repository) remember() error {
	if err := os.RemoveAll(r.applied); err != nil {
		return err
	}
	return os.CopyFS(r.applied, os.DirFS(r.source))
}

// vspread runs the program in the repository.
func (r *Repository) vspread(ctx context.Context, arguments ...string) error {
	_, err := r.output(ctx, arguments...)
	return err
}

// output runs the program and gives what it writes to stdout.
func (r *Repository) output(ctx context.Context, arguments ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	c := exec.CommandContext(ctx, r.program, arguments...)
	var stdout, stderr bytes.Buffer
	c.Dir, c.Env, c.Stdout, c.Stderr = r.source, r.environment, &stdout, &stderr
	err := c.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == 1 {
		return nil, &refusalError{stderr.String()}
	}
	if err != nil {
		return nil, fmt.Errorf("vspread %s: %w\n%s", strings.Join(arguments, " "), err, stderr.String())
	}
	if stderr.Len() > 0 {
		r.log("vspread %s says:\n%s", strings.Join(arguments, " "), stderr.String())
	}
	return stdout.Bytes(), nil
}

// commit makes a commit and gives the objects that come out of it.
func (r *Repository) commit(ctx context.Context, c Commit, keepOutput bool) ([]*unstructured.Unstructured, error) {
	if err := r.lay(c.dir); err != nil {
		return nil, err
	}
	for _, line := range c.Run {
		if err := r.vspread(ctx, strings.Fields(line)...); err != nil {
			return nil, err
		}
	}
	if c.Plain {
		return readDirectory(r.source)
	}
	if err := r.vspread(ctx, "inventory", "refresh", "-f", "inventory.yaml", "--name", "homelab"); err != nil {
		return nil, err
	}
	if !keepOutput {
		if err := os.RemoveAll(r.rendered); err != nil {
			return nil, err
		}
	}
	if err := r.vspread(ctx, "render", ".", "-o", r.rendered); err != nil {
		return nil, err
	}
	return readDirectory(r.rendered)
}

// readDirectory reads all objects of a directory.
func readDirectory(dir string) ([]*unstructured.Unstructured, error) {
	var objects []*unstructured.Unstructured
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(file) != ".yaml" {
			return err
		}
		read, err := readObjects(file)
		objects = append(objects, read...)
		return err
	})
	return objects, err
}
