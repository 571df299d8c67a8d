// SPDX-License-Identifier: Apache-2.0

// Package codec reads and writes YAML the way people do. Decode turns what was written by hand into
// Go structs and reports every unknown field, duplicate key and wrong type at once, each with its path,
// line and a suggestion. Encode turns Go values into nodes as a person would write them.
//
// Both take and give values: nodes, text and structs. The YAML libraries stop at the first problem, or pass misspelt fields silently; a misspelt
// `drian: true` must not be one of those.
package codec

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/tree"
)

// Problem is one thing wrong with the text.
type Problem struct {
	Code diag.Code
	// Path is the field, like workers[0].machine.template.
	Path string
	// Position is within the text that the node was parsed from.
	diag.Position
	Message, Hint string
	// Value is the scalar that is wrong, as it is written.
	Value string
	// Meant is the path of the field that a misspelt one most likely stands for.
	Meant string
}

// Decode fills the struct that out points to from a mapping node. Fields are matched by their json
// tags; null is the same as absent. Supported are the types that configuration is made of: structs,
// slices, maps of strings, strings, integers, booleans, pointers to them, and scalars that unmarshal themselves.
func Decode(node *yaml.Node, path string, out any) []Problem {
	d := decoder{}
	if node != nil {
		d.value(node, path, reflect.ValueOf(out).Elem())
	}
	return d.problems
}

// DecodeApplied is Decode for a part of an object that is applied as it is written: to an API server a plain yes is true, and no text.
func DecodeApplied(node *yaml.Node, path string, out any) []Problem {
	d := decoder{isApplied: true}
	if node != nil {
		d.value(node, path, reflect.ValueOf(out).Elem())
	}
	return d.problems
}

type decoder struct {
	problems  []Problem
	isApplied bool
}

// mostProblems is how many problems are told one by one.
const mostProblems = 1000

func (d *decoder) add(code diag.Code, node *yaml.Node, path, hint, format string, args ...any) {
	if len(d.problems) == mostProblems {
		code, path, hint, format, args = diag.InvalidYAML, "", "", "there are more problems, which are not listed", nil
	}
	if len(d.problems) > mostProblems {
		return
	}
	d.problems = append(d.problems, Problem{Code: code, Path: path, Position: diag.Position{Line: node.Line, Column: node.Column}, Message: fmt.Sprintf(format, args...), Hint: hint, Value: node.Value})
}

func (d *decoder) value(node *yaml.Node, path string, out reflect.Value) {
	if node.Kind == yaml.DocumentNode && len(node.Content) == 1 {
		node = node.Content[0]
	}
	if node.Kind == yaml.AliasNode {
		d.add(diag.WrongType, node, path, "write the value out", "a YAML alias (*%s) is not accepted here", node.Value)
		return
	}
	if node.Kind == yaml.ScalarNode && node.ShortTag() == yaml.NodeTagNull {
		return
	}
	if own, ok := out.Addr().Interface().(json.Unmarshaler); ok && out.Kind() != reflect.Pointer {
		d.own(node, path, own)
		return
	}
	if out.Kind() == reflect.Pointer {
		fresh := reflect.New(out.Type().Elem())
		before := len(d.problems)
		d.value(node, path, fresh.Elem())
		if len(d.problems) == before {
			out.Set(fresh)
		}
		return
	}
	switch out.Kind() {
	case reflect.Struct:
		d.structure(node, path, out)
	case reflect.Slice:
		if d.wrongKind(node, yaml.SequenceNode, path, "a list") {
			return
		}
		// Always a list of its own: nothing of the node is shared with the result.
		list := reflect.MakeSlice(out.Type(), len(node.Content), len(node.Content))
		for i, element := range node.Content {
			d.value(element, fmt.Sprintf("%s[%d]", path, i), list.Index(i))
		}
		out.Set(list)
	case reflect.Map:
		d.stringMap(node, path, out)
	default:
		d.scalar(node, path, out)
	}
}

// own reads a scalar that knows its own forms, such as a number or a percentage, and may say what it expects.
func (d *decoder) own(node *yaml.Node, path string, out json.Unmarshaler) {
	text, _ := json.Marshal(node.Value)
	tag := node.ShortTag()
	if tag == yaml.NodeTagInt || tag == yaml.NodeTagFloat {
		text = []byte(node.Value)
	}
	isScalar := node.Kind == yaml.ScalarNode && (tag == yaml.NodeTagInt || tag == yaml.NodeTagFloat || tag == yaml.NodeTagString)
	if !isScalar || out.UnmarshalJSON(text) != nil {
		expected := "a number or a text"
		if own, ok := out.(interface{ Expected() string }); ok {
			expected = own.Expected()
		}
		d.add(diag.WrongType, node, path, variableHint(node), "must be %s, not %s", expected, describe(node))
	}
}

func (d *decoder) structure(node *yaml.Node, path string, out reflect.Value) {
	if d.wrongKind(node, yaml.MappingNode, path, "a mapping") {
		return
	}
	fields, names := fieldsOf(out.Type())
	d.eachPair(node, path, func(key string, keyNode, value *yaml.Node) {
		index, ok := fields[key]
		if !ok {
			hint := "known are " + diag.Choices(names)
			if s := diag.Suggest(key, names); s != "" {
				hint = fmt.Sprintf("did you mean %q?", s)
			}
			d.add(diag.UnknownField, keyNode, join(path, key), hint, "unknown field %q", key)
			if s := diag.Suggest(key, names); s != "" {
				d.problems[len(d.problems)-1].Meant = join(path, s)
			}
			return
		}
		d.value(value, join(path, key), out.FieldByIndex(index))
	})
}

func (d *decoder) stringMap(node *yaml.Node, path string, out reflect.Value) {
	if d.wrongKind(node, yaml.MappingNode, path, "a mapping") {
		return
	}
	m := reflect.MakeMapWithSize(out.Type(), len(node.Content)/2)
	d.eachPair(node, path, func(key string, _, value *yaml.Node) {
		element := reflect.New(out.Type().Elem()).Elem()
		d.value(value, join(path, key), element)
		m.SetMapIndex(reflect.ValueOf(key), element)
	})
	out.Set(m)
}

// eachPair visits the entries of a mapping and reports keys that are no text or stand twice.
func (d *decoder) eachPair(node *yaml.Node, path string, visit func(key string, keyNode, value *yaml.Node)) {
	seen := make(map[string]bool, len(node.Content)/2)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if key.Kind != yaml.ScalarNode {
			d.add(diag.WrongType, key, path, "", "a key must be a word")
			continue
		}
		if seen[key.Value] {
			d.add(diag.DuplicateKey, key, join(path, key.Value), "keep one of the two", "%q stands twice", key.Value)
			continue
		}
		seen[key.Value] = true
		visit(key.Value, key, node.Content[i+1])
	}
}

func (d *decoder) scalar(node *yaml.Node, path string, out reflect.Value) {
	switch out.Kind() {
	case reflect.String:
		if node.Kind == yaml.ScalarNode && d.isText(node) {
			if enum, ok := out.Interface().(interface{ Allowed() []string }); ok && node.Value != "" && !slices.Contains(enum.Allowed(), node.Value) {
				d.add(diag.InvalidValue, node, path, oneOf(node.Value, enum.Allowed()), "%q is none of the values that there are", node.Value)
				return
			}
			out.SetString(node.Value)
			return
		}
		d.noString(node, path)
	case reflect.Bool:
		if value, ok := tree.Bool(node); d.isApplied && ok {
			out.SetBool(value)
			return
		}
		if isTrue := strings.EqualFold(node.Value, "true"); node.Kind == yaml.ScalarNode && node.ShortTag() == yaml.NodeTagBool &&
			(isTrue || strings.EqualFold(node.Value, "false")) {
			out.SetBool(isTrue)
			return
		}
		d.add(diag.WrongType, node, path, variableHint(node), "must be true or false, not %s", describe(node))
	case reflect.Int, reflect.Int32, reflect.Int64:
		if node.Kind == yaml.ScalarNode && node.ShortTag() == yaml.NodeTagInt {
			n, err := strconv.ParseInt(node.Value, 0, 64)
			if err == nil && !out.OverflowInt(n) && n <= math.MaxInt32 && n >= math.MinInt32 {
				out.SetInt(n)
				return
			}
			d.add(diag.WrongType, node, path, "", "%s is not a number that fits here", node.Value)
			return
		}
		d.add(diag.WrongType, node, path, cmp.Or(variableHint(node), numberHint(node, path)), "must be a whole number, not %s", describe(node))
	default:
		panic(fmt.Sprintf("codec: unsupported type %s at %s", out.Type(), path))
	}
}

// noString reports a value of another type where a text belongs. That of an object which is applied is not repeated: it may be a
// password without quotes.
func (d *decoder) noString(node *yaml.Node, path string) {
	isScalar := node.Kind == yaml.ScalarNode
	switch {
	case !isScalar:
		d.add(diag.WrongType, node, path, "", "must be a string, not %s", describe(node))
	case !d.isApplied || node.ShortTag() == yaml.NodeTagBool:
		d.add(diag.WrongType, node, path, fmt.Sprintf("put quotes around it: %q", node.Value), "must be a string, not %s", describe(node))
	case node.ShortTag() == yaml.NodeTagInt || node.ShortTag() == yaml.NodeTagFloat:
		d.add(diag.WrongType, node, path, "put quotes around it", "must be a string, not a number")
	default:
		d.add(diag.WrongType, node, path, "put quotes around it", "must be a string, and without quotes it is none to an API server")
	}
}

// isText tells whether a scalar is a text to who reads it.
func (d *decoder) isText(scalar *yaml.Node) bool {
	if !d.isApplied {
		return scalar.ShortTag() == yaml.NodeTagString
	}
	sent, ok := tree.Sent(scalar)
	return ok && sent[0] == '"'
}

func (d *decoder) wrongKind(node *yaml.Node, want yaml.Kind, path, what string) bool {
	if node.Kind == want {
		return false
	}
	d.add(diag.WrongType, node, path, variableHint(node), "must be %s, not %s", what, describe(node))
	return true
}

// oneOf is the hint for a value that is none of an enumeration.
func oneOf(value string, allowed []string) string {
	if s := diag.Suggest(value, allowed); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	return "write one of " + diag.Choices(allowed)
}

// variableHint recognises what clusterctl and envsubst would have filled in.
func variableHint(node *yaml.Node) string {
	if node.Kind == yaml.ScalarNode && strings.Contains(node.Value, "${") {
		return "fill in variables before vspread runs, for example with `clusterctl generate yaml`"
	}
	return ""
}

func describe(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	value := node.Value
	if len(value) > 40 {
		value = value[:40] + "…"
	}
	switch node.ShortTag() {
	case yaml.NodeTagString:
		return fmt.Sprintf("the text %q", value)
	case yaml.NodeTagInt, yaml.NodeTagFloat:
		return "the number " + value
	case yaml.NodeTagBool:
		return "the boolean " + value
	}
	return fmt.Sprintf("%q", value)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// fields are those of a struct by their json names.
type fields struct {
	index map[string][]int
	names []string
}

// known remembers the fields of types, which are the same at all times: a large inventory has hundreds of thousands of entries.
var known sync.Map

// fieldsOf maps json names to field indices, through embedded structs tagged `json:",inline"`.
func fieldsOf(t reflect.Type) (map[string][]int, []string) {
	if f, ok := known.Load(t); ok {
		return f.(fields).index, f.(fields).names
	}
	f := fields{index: map[string][]int{}}
	for _, field := range reflect.VisibleFields(t) {
		tag, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		if field.Anonymous || tag == "" || tag == "-" {
			continue
		}
		f.index[tag] = field.Index
		f.names = append(f.names, tag)
	}
	known.Store(t, f)
	return f.index, f.names
}
