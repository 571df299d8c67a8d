// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"
)

// Scenario is a folder: scenario.yaml, and a folder for each commit.
type Scenario struct {
	// Name is the folder's, and that of the cluster and of its namespace.
	Name string `json:"-"`
	// About says what the scenario shows.
	About string `json:"about"`
	// KeepOutput renders every commit into the same directory, as one does who commits what vspread writes. Otherwise
	// each is rendered without sight of the one before, as kustomize does it.
	KeepOutput bool `json:"keepOutput"`
	// Want is true after every commit that does not say otherwise.
	Want    Want     `json:"want"`
	Commits []Commit `json:"-"`
}

// Commit is a folder NUMBER-WHAT: commit.yaml, and files that are laid over those of the commit before; an empty one
// takes its forerunner away.
type Commit struct {
	Name string `json:"-"`
	dir  string
	// Why is the commit's message.
	Why string `json:"why"`
	// Lose are hosts that vCenter loses before the commit is made.
	Lose []string `json:"lose"`
	// Autoscaler are numbers of machines that the cluster autoscaler sets before the commit is made, by pool.
	Autoscaler map[string]int32 `json:"autoscaler"`
	// Run are vspread's commands before the refresh, in the repository.
	Run []string `json:"run"`
	// Plain applies the files as they are: what was there before vspread.
	Plain bool `json:"plain"`
	// Refused are the words of vspread's refusal, if it must refuse; then nothing may change.
	Refused []string `json:"refused"`
	Want    Want     `json:"want"`
}

// Want is what must be true when all has come to rest.
type Want struct {
	// Each is true of the machines of every pool that does not say otherwise.
	Each Machine `json:"each"`
	// Pools are all the MachineDeployments of the cluster.
	Pools map[string]Pool `json:"pools"`
	// OtherTemplates are the VSphereMachineTemplates of no pool: that of the control plane, and those of pools that were.
	OtherTemplates int `json:"otherTemplates"`
	// ControlPlane is its machine, which always stays.
	ControlPlane Machine `json:"controlPlane"`
	// StorageClasses are those of the workload cluster, each with the url of its datastore.
	StorageClasses map[string]string `json:"storageClasses"`
	// Drift are the ends of the paths of the fields that do not stay as they were applied.
	Drift []string `json:"drift"`
}

// or fills in what a commit does not say.
func (w Want) or(other Want) Want {
	w.Each, w.ControlPlane = w.Each.or(other.Each), w.ControlPlane.or(other.ControlPlane)
	if w.OtherTemplates == 0 {
		w.OtherTemplates = other.OtherTemplates
	}
	if w.StorageClasses == nil {
		w.StorageClasses = other.StorageClasses
	}
	return w
}

// Pool is a MachineDeployment and its machines.
type Pool struct {
	Machines int `json:"machines"`
	// Kept are those of its machines that it had already when the commit came; all others are new.
	Kept int `json:"kept"`
	// Peak is the largest number of machines that it may have meanwhile; 0 says nothing.
	Peak int `json:"peak"`
	// Templates are the VSphereMachineTemplates of the pool in the cluster, those of earlier commits among them.
	Templates int `json:"templates"`
	Machine   `json:",inline"`
}

// Machine is what was asked of vCenter for a machine, and where it came to be.
type Machine struct {
	Datastore    string   `json:"datastore"`
	Host         string   `json:"host"`
	Template     string   `json:"template"`
	Folder       string   `json:"folder"`
	ResourcePool string   `json:"resourcePool"`
	Networks     []string `json:"networks"`
	NumCPUs      int      `json:"numCPUs"`
	MemoryMiB    int64    `json:"memoryMiB"`
	DiskGiB      int64    `json:"diskGiB"`
	// NodeLabels arrive at the Node.
	NodeLabels map[string]string `json:"nodeLabels"`
}

// or fills in what a pool does not say.
func (m Machine) or(each Machine) Machine {
	for _, f := range []struct{ own, other *string }{
		{&m.Datastore, &each.Datastore}, {&m.Host, &each.Host}, {&m.Template, &each.Template}, {&m.Folder, &each.Folder}, {&m.ResourcePool, &each.ResourcePool},
	} {
		if *f.own == "" {
			*f.own = *f.other
		}
	}
	if m.Networks == nil {
		m.Networks = each.Networks
	}
	if m.NumCPUs == 0 {
		m.NumCPUs = each.NumCPUs
	}
	if m.MemoryMiB == 0 {
		m.MemoryMiB = each.MemoryMiB
	}
	if m.DiskGiB == 0 {
		m.DiskGiB = each.DiskGiB
	}
	if m.NodeLabels == nil {
		m.NodeLabels = each.NodeLabels
	}
	return m
}

// loadScenarios reads all folders in a directory that hold a scenario.yaml. What they have in common is in want.yaml.
func loadScenarios(dir string) ([]Scenario, error) {
	var common Want
	if err := readYAML(filepath.Join(dir, "want.yaml"), &common); err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(dir, "*", "scenario.yaml"))
	if err != nil {
		return nil, err
	}
	var scenarios []Scenario
	for _, file := range files {
		s := Scenario{Name: filepath.Base(filepath.Dir(file))}
		if err := readYAML(file, &s); err != nil {
			return nil, err
		}
		commits, err := filepath.Glob(filepath.Join(dir, s.Name, "*", "commit.yaml"))
		if err != nil {
			return nil, err
		}
		slices.Sort(commits)
		for _, file := range commits {
			c := Commit{dir: filepath.Dir(file), Name: filepath.Base(filepath.Dir(file))}
			if err := readYAML(file, &c); err != nil {
				return nil, err
			}
			c.Want = c.Want.or(s.Want.or(common))
			s.Commits = append(s.Commits, c)
		}
		if len(s.Commits) == 0 {
			return nil, fmt.Errorf("the scenario %s has no commit", s.Name)
		}
		scenarios = append(scenarios, s)
	}
	return scenarios, nil
}

func readYAML(file string, into any) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalStrict(text, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// poolOf is the pool whose name a machine's begins with, the longest if there are several.
func poolOf[T any](pools map[string]T, machine string) string {
	best := ""
	for name := range pools {
		if strings.HasPrefix(machine, name+"-") && len(name) > len(best) {
			best = name
		}
	}
	return best
}
