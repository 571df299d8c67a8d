// SPDX-License-Identifier: Apache-2.0

package e2e

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/sets"
	clusterv1 "sigs.k8s.io/cluster-api/api/core/v1beta2"
)

// plan is what vspread says a commit will do to machines.
type plan struct {
	Pools []plannedPool `json:"pools"`
}

type plannedPool struct {
	Kind     string `json:"kind"`
	Name     string `json:"name"`
	WaitsFor string `json:"waitsFor"`
	Machines struct {
		Created       int `json:"created"`
		Replaced      int `json:"replaced"`
		Removed       int `json:"removed"`
		MayBeCreated  int `json:"mayBeCreated"`
		MayBeReplaced int `json:"mayBeReplaced"`
		MayBeRemoved  int `json:"mayBeRemoved"`
		Peak          int `json:"peak"`
	} `json:"machines"`
	After *struct {
		Autoscaler *struct{} `json:"autoscaler"`
	} `json:"after"`
}

// plan compares the repository with what was applied last; nil if nothing was.
func (r *Repository) plan(ctx context.Context) (*plan, error) {
	if _, err := os.Stat(r.applied); err != nil {
		return nil, nil
	}
	text, err := r.output(ctx, "plan", "--from", r.applied, "--to", ".", "-o", "json")
	if err != nil {
		return nil, err
	}
	p := &plan{}
	return p, json.Unmarshal(text, p)
}

// check compares the plan with what happened. Of a pool that it does not speak of, nothing may have.
func (p *plan) check(before, after *State, peak map[string]int) error {
	if p == nil {
		return nil
	}
	planned := map[string]plannedPool{}
	names := sets.New[string]()
	for _, pool := range p.Pools {
		if pool.Kind == "MachineDeployment" {
			planned[pool.Name] = pool
			names.Insert(pool.Name)
		}
	}
	for _, s := range []*State{before, after} {
		for _, d := range s.Deployments {
			names.Insert(d.Name)
		}
	}
	var errs []error
	for _, name := range sets.List(names) {
		pool, had, has := planned[name], uids(before.of(name)), uids(after.of(name))
		left, came := had.Difference(has).Len(), has.Difference(had).Len()
		m := pool.Machines
		if pool.WaitsFor == "deletion" {
			m.Replaced, m.MayBeReplaced = 0, 0 // nobody deletes any here
		}
		most := m.Replaced + m.MayBeReplaced
		leaves := left >= m.Replaced+m.Removed && left <= most+m.Removed+m.MayBeRemoved
		comes := came >= m.Replaced+m.Created && came <= most+m.Created+m.MayBeCreated
		if pool.After != nil && pool.After.Autoscaler != nil {
			comes = came >= m.Replaced+m.Created // what the autoscaler itself adds meanwhile is not the commit's
		}
		if !leaves || !comes {
			errs = append(errs, fmt.Errorf("vspread plan says of %s: %d created, %d replaced, %d removed, and perhaps %d, %d and %d more; %d came and %d left", name,
				m.Created, m.Replaced, m.Removed, m.MayBeCreated, m.MayBeReplaced, m.MayBeRemoved, came, left))
		}
		if pool.After != nil && pool.After.Autoscaler != nil {
			continue
		}
		if m.Peak > 0 && peak[name] > m.Peak {
			errs = append(errs, fmt.Errorf("vspread plan says that %s has at most %d machines meanwhile; it had %d", name, m.Peak, peak[name]))
		}
	}
	return errors.Join(errs...)
}

func uids(machines []clusterv1.Machine) sets.Set[types.UID] {
	found := sets.New[types.UID]()
	for _, m := range machines {
		found.Insert(m.UID)
	}
	return found
}
