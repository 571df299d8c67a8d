// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
)

// edit is a template that has another spec under the same name.
type edit struct {
	after  *object.Object
	fields []field
	// harms tells that machines run that were made from it and stay as they are.
	harms bool
}

// edits are the templates that were edited under their name.
type edits map[object.Key]*edit

// editsOf finds the templates that were edited under their name.
func editsOf(before, after reading) edits {
	out := edits{}
	for _, is := range after.Objects.All() {
		if !isTemplate(is) {
			continue
		}
		if was := before.Objects.Get(is.Key()); was != nil {
			if d := differences(before.spec(was), after.spec(is), "spec", "template", "spec"); len(d) > 0 {
				out[is.Key()] = &edit{after: is, fields: d}
			}
		}
	}
	return out
}

// note says of a pool whose template was edited that this does nothing to its machines.
func (e *edit) note(p *Pool) {
	name := e.after.Ref.Kind + " " + e.after.Ref.Name
	p.Changes = append(p.Changes, NoEffect)
	p.Reasons = append(p.Reasons, Reason{Object: name, Field: e.fields[0].name(), Text: name + " is edited under the same name, which replaces no machine"})
}

// stale notes templates that were edited under the name by which the group knows them.
func (all edits) stale(p *Pool, before, after *group) {
	for _, r := range []reference{after.rolling.infrastructure, after.rolling.bootstrap} {
		e := all[after.keyOf(r)]
		if e == nil || r != before.rolling.infrastructure && r != before.rolling.bootstrap || !before.mayHave() {
			continue
		}
		if p.Has(Replace) && r.group != infrastructureGroup {
			continue // the new machines get it
		}
		e.harms = true
		e.note(p)
	}
}

// report reports them.
func (all edits) report(diags *diag.List, after reading) {
	for k, e := range all {
		if !all.isReported(k) {
			continue
		}
		fields := named(e.fields)
		for i, f := range fields {
			fields[i] = strings.TrimPrefix(f, "spec.template.spec.")
		}
		if len(fields) > 3 {
			fields = append(fields[:3], "…")
		}
		message := "is edited under the same name (%s), so machines that run stay as they are, and only later ones differ"
		if isVSphere(e.after) {
			message = "is edited under the same name (%s); CAPV refuses that, and Cluster API would replace no machine"
		}
		diags.Errorf(diag.TemplateEdited, diag.At(e.after.Ref, e.fields[0].name()), message, strings.Join(fields, ", ")).
			WithHint("%s", renaming(e.after, after))
	}
}

// renaming says how a template is edited so that machines follow.
func renaming(template *object.Object, in reading) string {
	for _, o := range in.Objects.Referrers(template) {
		if g := in.groups[o.Key()]; g != nil && g.Ref.Kind != machineDeployment {
			return "give the template a new name and name it in " + o.Ref.Kind + " " + o.Ref.Name
		}
	}
	return "give the template a new name and name it in the MachineDeployment; vspread does so by itself"
}

// isReported tells whether the edit of a template is an error.
func (all edits) isReported(k object.Key) bool {
	e := all[k]
	return e != nil && (e.harms || k.Group == infrastructureGroup)
}
