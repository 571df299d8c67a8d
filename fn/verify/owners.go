// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"strings"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// unreadable is a template for names that is not understood.
type unreadable struct {
	at diag.Where
	// why says what is wrong with it, like what it would have to look.
	why  error
	like string
}

// namesOf gives the names of the Machines of a MachineDeployment and of their virtual machines. The template may be nil.
func namesOf(md, machine *object.Object, cluster string) (machineName, vmName string, problem *unreadable) {
	own, ownField := templateIn(md, "spec", "machineNaming", "machineNamingStrategy")
	n := naming{cluster: cluster, deployment: md.Ref.Name, machine: own}
	if _, _, err := n.patterns(); err != nil {
		return "", "", &unreadable{diag.At(md.Ref, ownField), err, "{{ .machineSet.name }}, {{ .cluster.name }} and {{ .random }}"}
	}
	field := ""
	if machine != nil {
		n.vm, field = templateIn(machine, "spec.template.spec", "naming", "namingStrategy")
		n.windows = tree.String(machine.Node, "spec", "template", "spec", "os") == "Windows"
	}
	machineName, vmName, err := n.patterns()
	if err != nil {
		return "", "", &unreadable{diag.At(machine.Ref, field), err, "{{ .machine.name }}"}
	}
	return machineName, vmName, nil
}

// templateIn finds a template for names in one of several fields, as versions call it.
func templateIn(o *object.Object, path string, fields ...string) (text, field string) {
	for _, f := range fields {
		field = path + "." + f + ".template"
		if text = tree.String(o.Node, strings.Split(field, ".")...); text != "" {
			return text, field
		}
	}
	return "", path + "." + fields[0]
}

// otherNames gives the names of the virtual machines of an object that is no pool: a control plane, or what the user runs next to
// the pools; empty is none. An error is a template that is not understood.
func otherNames(o *object.Object, git *object.Set, cluster string) (string, error) {
	switch {
	case o.Group() == object.ControlPlaneGroup && tree.Get(o.Node, "spec") != nil && !strings.HasSuffix(o.Ref.Kind, "Template"):
		return controlPlaneNames(o, git, cluster)
	case o.Group() != object.CoreGroup || o.Owner() != "":
	case o.Ref.Kind == "Machine":
		return o.Ref.Name, nil
	case o.Ref.Kind == "MachineSet":
		return o.Ref.Name + "-" + random, nil
	case o.Ref.Kind == "MachineDeployment" && o.Annotation(object.AdoptedAnnotation) == "":
		t, _ := git.Follow(o, "spec", "template", "spec", "infrastructureRef")
		_, vm, problem := namesOf(o, t, cluster)
		if problem != nil {
			return "", problem.why
		}
		return vm, nil
	}
	return "", nil
}

// controlPlaneNames gives the names of a control plane's machines: its own, or by kubeadm's template for them and CAPV's.
func controlPlaneNames(cp *object.Object, git *object.Set, cluster string) (string, error) {
	text, _ := templateIn(cp, "spec", "machineNaming", "machineNamingStrategy")
	machine, err := machinePattern(text, cluster, "kubeadmControlPlane", cp.Ref.Name)
	for _, path := range [][]string{{"spec", "machineTemplate", "spec", "infrastructureRef"}, {"spec", "machineTemplate", "infrastructureRef"}} {
		if t, _ := git.Follow(cp, path...); t != nil && err == nil {
			vm, _ := templateIn(t, "spec.template.spec", "naming", "namingStrategy")
			machine, err = vmPattern(vm, machine)
		}
	}
	return machine, err
}
