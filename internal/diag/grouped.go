// SPDX-License-Identifier: Apache-2.0

package diag

import (
	"strings"
)

const (
	// fewestInGroup is how many diagnostics must say the same to become one line. Fewer are easier to read one by one.
	fewestInGroup = 4
	// namesOfGroup is how many of its objects the line names.
	namesOfGroup = 3
)

// Group is one diagnostic, or several that say the same of different objects, which are printed as one line.
type Group []*Diagnostic

// wording is what the diagnostics of a group have in common.
type wording struct {
	severity      Severity
	code          Code
	object, field string
	message, hint string
	// line is the one within the field's text, where the message says it.
	line int
}

// Grouped puts together the diagnostics that differ only in the object they are about, where at least four do. A message that names its
// own object says the same as one that names another object in the same place. The groups have the order of their first
// diagnostics; the rest of the list stays as it is.
func (l List) Grouped() []Group {
	type named struct {
		wording int
		label   string
	}
	// What is said twice of one object, in two places, is said of many objects in each of these places.
	type slot struct{ wording, repetition int }
	wordings, repetitions, members := map[wording]int{}, map[named]int{}, map[slot]Group{}
	slots := make([]slot, len(l))
	for i, d := range l {
		w := d.wording()
		if _, ok := wordings[w]; !ok {
			wordings[w] = len(wordings)
		}
		n := named{wordings[w], d.label()}
		slots[i] = slot{n.wording, repetitions[n]}
		repetitions[n]++
		members[slots[i]] = append(members[slots[i]], d)
	}
	var out []Group
	for i, d := range l {
		switch group := members[slots[i]]; {
		case group == nil: // it stands with its first
		case len(group) < fewestInGroup:
			out = append(out, Group{d})
		default:
			out = append(out, group)
			members[slots[i]] = nil
		}
	}
	return out
}

// Apart gives each diagnostic as a group of its own.
func (l List) Apart() []Group {
	var out []Group
	for _, d := range l {
		out = append(out, Group{d})
	}
	return out
}

// String is the one complete line that goes to a terminal: the words and the place of the first, and whom else they are about.
func (g Group) String() string {
	first := g[0]
	if len(g) == 1 {
		return first.String()
	}
	var names []string
	for _, d := range g[:min(namesOfGroup, len(g))] {
		names = append(names, d.label())
	}
	about := strings.Join(names, ", ")
	if more := len(g) - len(names); more > 0 {
		about += " and " + Count(more, "other", "others")
	}
	if first.isForOne() {
		return first.line(first.place(), Cut(first.Object.String(), longestWord)+" for Clusters "+about)
	}
	if first.Object.Name == "" {
		return first.line(about, Cut(first.Object.String(), longestWord))
	}
	return first.line(first.place(), strings.TrimSpace(Cut(first.Object.Kind, longestWord)+" "+about))
}

// isForOne tells whether the diagnostic is about what one object, such as a ClusterSpread, means for one of its Clusters.
func (d *Diagnostic) isForOne() bool {
	f := d.For
	return f.Name != "" && (d.Object.Kind != f.Kind || d.Object.Name != f.Name || d.Object.Namespace != f.Namespace) && f.isNamedIn(d.Message+" "+d.Hint)
}

// isNamedIn tells whether a text has the object's name as a word.
func (r Ref) isNamedIn(text string) bool { return r.without(text) != text }

// label tells a diagnostic from the others of its group: the name of its object, or else its place; of one object, the Cluster.
func (d *Diagnostic) label() string {
	o := d.Object
	if d.isForOne() {
		o = d.For
	}
	switch {
	case o.Name == "":
		return d.place()
	case o.Namespace != "":
		return Cut(o.Namespace+"/"+o.Name, longestWord)
	default:
		return Cut(o.Name, longestWord)
	}
}

func (d *Diagnostic) wording() wording {
	w := wording{severity: d.Severity, code: d.Code, object: d.Object.Kind, field: d.Field, message: d.Object.without(d.Message), hint: d.Object.without(d.Hint)}
	if d.Object.Name == "" {
		w.object = d.Object.String()
	}
	if d.isForOne() {
		w.object = d.Object.String() + "\x00" + d.Object.File
		w.message, w.hint = d.For.without(d.Message), d.For.without(d.Hint)
	}
	if d.Position.Line == 0 {
		w.line = d.InText.Line
	}
	return w
}

// without puts signs in the place of the object's name and namespace, wherever they stand as words. Texts of two objects are equal
// without their names only when each becomes the other by exchanging the names.
func (r Ref) without(text string) string {
	name, namespace := r.Name, r.Namespace
	if !isWord(name) {
		name = ""
	}
	if !isWord(namespace) {
		namespace = ""
	}
	isIn := func(word string) bool { return word != "" && strings.Contains(text, word) }
	if !isIn("\x00") && !isIn(name) && !isIn(namespace) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); {
		isName := startsWithWord(text, i, name)
		isNamespace := startsWithWord(text, i, namespace)
		switch {
		case isName && (!isNamespace || len(name) >= len(namespace)):
			b.WriteString("\x00n")
			i += len(name)
		case isNamespace:
			b.WriteString("\x00s")
			i += len(namespace)
		case text[i] == 0:
			b.WriteString("\x00\x00") // so that nobody's text is taken for a sign
			i++
		default:
			b.WriteByte(text[i])
			i++
		}
	}
	return b.String()
}

// isWord tells whether a name can be recognised in a sentence: a number may count something there.
func isWord(name string) bool {
	return len(name) <= longestName && strings.ContainsFunc(name, func(r rune) bool { return r < '0' || r > '9' })
}

// startsWithWord tells whether a word stands in a text at a place, and not as a part of a longer one.
func startsWithWord(text string, at int, word string) bool {
	if word == "" || !strings.HasPrefix(text[at:], word) {
		return false
	}
	end := at + len(word)
	return (at == 0 || class(text[at-1]) == other || class(text[at]) == other) &&
		(end == len(text) || class(text[end]) == other || class(text[end-1]) == other)
}
