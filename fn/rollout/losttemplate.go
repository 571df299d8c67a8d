// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/inventory"
)

// lost gives a group's template if all datastores that it lies on are gone.
func (s *side) lost(g *group) *lostTemplate {
	t := g.machine.template
	if t == nil {
		return nil
	}
	known, ok := s.losses[t]
	if !ok {
		known = s.lossOf(g, t)
		s.losses[t] = known
	}
	return known
}

func (s *side) lossOf(g *group, t *inventory.Template) *lostTemplate {
	inv := s.inventory(g.cluster)
	if s.directories[inv] == nil {
		s.directories[inv] = inv.Directory()
	}
	lost := s.directories[inv].Lost(*t)
	if len(lost) == 0 {
		return nil
	}
	var names []string
	for _, d := range lost {
		names = append(names, d.Name)
	}
	return &lostTemplate{inventory.Object{Name: t.Name, Path: t.Path, ID: t.ID}.Spelling(), diag.Choices(names)}
}
