// SPDX-License-Identifier: Apache-2.0

package verify

import (
	"errors"
	"strings"
	"text/template"
	"text/template/parse"
)

// What Cluster API and CAPV do to names (Cluster API's internal/topology/names, CAPV's pkg/util/template.go and
// pkg/services/vimmachine.go).
const (
	maxName      = 63
	randomLength = 5
	maxWindows   = 15
)

// random stands for the characters of a name that are chosen at random. No name has capital letters, so it is found
// again in what a template makes of it, and is as long as what it stands for.
var random = strings.Repeat(anyCharacter, randomLength)

const anyCharacter = "X"

// naming is how the machines of a MachineDeployment and their virtual machines get their names; the templates may be empty.
type naming struct {
	cluster, deployment string
	// machine is the MachineDeployment's template, vm the VSphereMachineTemplate's.
	machine, vm string
	windows     bool
}

// patterns gives the names of the Machines and of their virtual machines, with random characters in their places.
func (n naming) patterns() (machine, vm string, err error) {
	if machine, err = machinePattern(n.machine, n.cluster, "machineSet", n.deployment+"-"+random); err != nil {
		return "", "", err
	}
	if vm, err = vmPattern(n.vm, machine); err != nil {
		return "", "", err
	}
	if n.windows && len(machine) > maxWindows {
		if len(vm) < 9 {
			return "", "", errors.New("it gives names that are too short for Windows")
		}
		vm = strings.TrimSuffix(vm[:9], "-") + "-" + vm[len(vm)-randomLength:]
	}
	return machine, vm, nil
}

// machinePattern gives the names of the Machines of an object of some kind, which its template knows by that word.
func machinePattern(text, cluster, kind, name string) (string, error) {
	machine, err := execute(text, name+"-"+random, map[string]any{
		"cluster": map[string]any{"name": cluster}, kind: map[string]any{"name": name}, "random": random,
	})
	if err == nil && len(machine) > maxName {
		machine = machine[:maxName-randomLength] + random
	}
	return machine, err
}

// vmPattern gives the names of the virtual machines of Machines.
func vmPattern(text, machine string) (string, error) {
	vm, err := execute(text, machine, map[string]any{"machine": map[string]any{"name": machine}})
	return vm[:min(len(vm), maxName)], err
}

// functions are those that CAPV gives to its templates; Cluster API gives none to its.
var functions = template.FuncMap{
	"trimSuffix": func(suffix, s string) string { return strings.TrimSuffix(s, suffix) },
	"trunc": func(n int, s string) string {
		switch {
		case n < 0 && len(s)+n > 0:
			return s[len(s)+n:]
		case n >= 0 && len(s) > n:
			return s[:n]
		}
		return s
	},
}

// execute fills in a template of text and values; an empty one gives the default.
func execute(text, otherwise string, data map[string]any) (string, error) {
	if text == "" {
		return otherwise, nil
	}
	t, err := template.New("name").Funcs(functions).Option("missingkey=error").Parse(text)
	if err != nil {
		return "", errors.New("it is no template that Cluster API reads")
	}
	if t.Tree == nil || t.Root == nil {
		return "", errors.New("it is empty")
	}
	for _, node := range t.Root.Nodes {
		switch n := node.(type) {
		case *parse.TextNode:
			if hasCapitals(string(n.Text)) {
				return "", errors.New("it has capital letters, which no name may have")
			}
		case *parse.ActionNode:
			if !isPlain(n.Pipe) {
				return "", errors.New("it has more than text, values, trunc and trimSuffix")
			}
		default:
			return "", errors.New("it has more than text, values, trunc and trimSuffix")
		}
	}
	var b strings.Builder
	if err := t.Execute(&b, data); err != nil {
		return "", errors.New("it has values that are not there")
	}
	return b.String(), nil
}

// isPlain tells whether a pipeline only takes and cuts values: other functions may make anything of a name.
func isPlain(pipe *parse.PipeNode) bool {
	for _, command := range pipe.Cmds {
		for _, arg := range command.Args {
			switch a := arg.(type) {
			case *parse.IdentifierNode:
				if functions[a.Ident] == nil {
					return false
				}
			case *parse.StringNode:
				if hasCapitals(a.Text) {
					return false
				}
			case *parse.PipeNode:
				if !isPlain(a) {
					return false
				}
			}
		}
	}
	return true
}

func hasCapitals(s string) bool { return strings.ToLower(s) != s }

// matches tells whether a name has a pattern's characters, and lower case letters or digits where that has random ones.
func matches(pattern, name string) bool {
	if len(pattern) != len(name) {
		return false
	}
	for i := range len(name) {
		c := name[i]
		isRandom := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		if pattern[i] != c && (pattern[i] != anyCharacter[0] || !isRandom) {
			return false
		}
	}
	return true
}
