// SPDX-License-Identifier: Apache-2.0

// Package diag holds what vspread has to say about an input: diagnostics with a severity, a stable
// code, the object and field they are about, a message and a hint how to fix it.
//
// Whatever a user can fix is a Diagnostic; they are collected in a List, all of them, and only the
// edges decide what a List with errors means (nothing is written, exit status 1).
package diag

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Severity orders diagnostics; an Error stops everything.
type Severity int

// The severities. The zero value is none of them, so that one forgotten shows.
const (
	Info Severity = iota + 1
	Warning
	Error
)

// String gives the word that KRM results use.
func (s Severity) String() string {
	switch s {
	case Info:
		return "info"
	case Warning:
		return "warning"
	case Error:
		return "error"
	}
	return fmt.Sprintf("severity(%d)", int(s))
}

// Ref names an object and, where known, the file it came from.
type Ref struct {
	APIVersion, Kind, Namespace, Name string
	// File is the path relative to the package.
	File string
}

// String gives "Kind namespace/name".
func (r Ref) String() string {
	switch {
	case r.Kind == "" && r.Name == "":
		return ""
	case r.Namespace != "":
		return r.Kind + " " + r.Namespace + "/" + r.Name
	}
	return strings.TrimSpace(r.Kind + " " + r.Name)
}

// Where is a place in an object; an empty Field is the whole object.
type Where struct {
	Object Ref
	Field  string
}

// At starts a Where.
func At(object Ref, field string) Where { return Where{Object: object, Field: field} }

// Dot goes down to a field, given as "machine.template".
func (w Where) Dot(field string) Where {
	if w.Field != "" {
		field = w.Field + "." + field
	}
	return Where{w.Object, field}
}

// Index goes down to an element of a list.
func (w Where) Index(i int) Where {
	return Where{w.Object, fmt.Sprintf("%s[%d]", w.Field, i)}
}

// Position is a place in a text as an editor counts, from 1; the zero value is none.
type Position struct{ Line, Column int }

// Diagnostic is one thing a user can fix or should know.
type Diagnostic struct {
	Severity Severity
	Code     Code
	Where
	// Position is where the field is in the object's file. Who reads files sets it last of all, for nothing else needs it:
	// the same input says the same wherever its objects are kept.
	Position Position
	// InText is a position within the text that the field holds, as of an inventory in its ConfigMap.
	InText  Position
	Message string
	Hint    string
	// For is the Cluster in whose turn it was found, where the object is for several. Nobody is told but of whom the same is said.
	For Ref
}

// WithHint sets the hint: what to do about it.
func (d *Diagnostic) WithHint(format string, args ...any) {
	d.Hint = fmt.Sprintf(format, args...)
}

// String is the one complete line that goes to a terminal.
func (d *Diagnostic) String() string { return d.line(d.place(), Cut(d.Object.String(), longestWord)) }

// place is where the diagnostic stands in its file, as far as that is known.
func (d *Diagnostic) place() string {
	file := Cut(d.Object.File, longestWord)
	if p := d.Position; p.Line > 0 {
		// Objects without a file and with a position were read from a stream.
		return fmt.Sprintf("%s:%d:%d", cmp.Or(file, "stdin"), p.Line, p.Column)
	}
	return file
}

// line writes the diagnostic with these words for where it stands and for its object.
func (d *Diagnostic) line(place, object string) string {
	var b strings.Builder
	b.WriteString(d.Severity.String() + ": ")
	if place != "" {
		b.WriteString(place + ": ")
	}
	field := Cut(d.Field, longestWord)
	if object != "" {
		b.WriteString(object)
		if field != "" {
			b.WriteString(" " + field)
		}
		b.WriteString(": ")
	} else if field != "" {
		b.WriteString(field + ": ")
	}
	b.WriteString(d.Text())
	b.WriteString(" [" + string(d.Code) + "]")
	// One line, whatever a name or a parser's message holds. Its parts are short already.
	return Exact(b.String())
}

// Text is the message with its hint, and with the line within a text where no position says it.
func (d *Diagnostic) Text() string {
	text := Printable(d.Message)
	if d.InText.Line > 0 && d.Position.Line == 0 {
		text += fmt.Sprintf(" (line %d of the text)", d.InText.Line)
	}
	if d.Hint != "" {
		text += "; " + Printable(d.Hint)
	}
	return text
}

// List collects diagnostics. The zero value is ready for use.
type List []*Diagnostic

// Add appends one and returns it, so that a hint can follow.
func (l *List) Add(s Severity, c Code, at Where, format string, args ...any) *Diagnostic {
	d := &Diagnostic{Severity: s, Code: c, Where: at, Message: fmt.Sprintf(format, args...)}
	*l = append(*l, d)
	return d
}

// Errorf adds an error.
func (l *List) Errorf(c Code, at Where, format string, args ...any) *Diagnostic {
	return l.Add(Error, c, at, format, args...)
}

// Warnf adds a warning.
func (l *List) Warnf(c Code, at Where, format string, args ...any) *Diagnostic {
	return l.Add(Warning, c, at, format, args...)
}

// Infof adds an information.
func (l *List) Infof(c Code, at Where, format string, args ...any) *Diagnostic {
	return l.Add(Info, c, at, format, args...)
}

// Append takes over the diagnostics of others.
func (l *List) Append(others ...*Diagnostic) { *l = append(*l, others...) }

// Panicked adds what is said of a panic: nothing that a user did wrong, and no output either.
func (l *List) Panicked(value any) {
	l.Errorf(Internal, Where{}, "vspread failed: %v", value).
		WithHint("this is a mistake in vspread; please report it with the input")
}

// consequences are the codes of what may only seem to be missing, or to be there twice, when something could
// not be read or does stand twice.
var consequences = []Code{
	NoSpread, NoCluster, NoInventory, AmbiguousCluster, AmbiguousInventory, DuplicateSpread, SeedNotFound, MissingVersion, MissingMachineValue, UnknownReference, BootstrapNeedsSeed,
}

// WithoutConsequences drops what may only follow from such an error.
func (l List) WithoutConsequences() List {
	return slices.DeleteFunc(slices.Clone(l), func(d *Diagnostic) bool {
		return d.Severity == Error && slices.Contains(consequences, d.Code)
	})
}

// FirstOfEachField drops errors about a field of a spec that has been found wrong already: a number that
// is none need not be reported as missing too.
func (l List) FirstOfEachField() List {
	seen := map[Where]bool{}
	return slices.DeleteFunc(slices.Clone(l), func(d *Diagnostic) bool {
		if d.Severity != Error || !strings.HasPrefix(d.Field, "spec.") {
			return false
		}
		wrong := seen[d.Where]
		if slices.Contains([]Code{WrongType, InvalidValue, MissingField, NameTooLong}, d.Code) {
			seen[d.Where] = true
		}
		return wrong
	})
}

// String has a line for each.
func (l List) String() string {
	var b strings.Builder
	for _, d := range l {
		b.WriteString(d.String() + "\n")
	}
	return b.String()
}

// HasErrors tells whether any of them stops the work.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d *Diagnostic) bool { return d.Severity == Error })
}

// Sorted gives the list in its one order, the most severe first, without repetitions:
// kpt shows only the first few lines and newer kpt commits them.
func (l List) Sorted() List {
	out := slices.Clone(l)
	slices.SortStableFunc(out, func(a, b *Diagnostic) int {
		return cmp.Or(
			cmp.Compare(b.Severity, a.Severity),
			cmp.Compare(a.Object.File, b.Object.File),
			cmp.Compare(a.Position.Line, b.Position.Line),
			cmp.Compare(a.Position.Column, b.Position.Column),
			cmp.Compare(a.Object.Kind, b.Object.Kind),
			cmp.Compare(a.Object.Namespace, b.Object.Namespace),
			cmp.Compare(a.Object.Name, b.Object.Name),
			compareFields(a.Field, b.Field),
			cmp.Compare(a.Code, b.Code),
			cmp.Compare(a.Message, b.Message),
			cmp.Compare(a.Hint, b.Hint),
		)
	})
	return slices.CompactFunc(out, (*Diagnostic).saysLike)
}

// saysLike tells whether a diagnostic repeats another one.
func (d *Diagnostic) saysLike(other *Diagnostic) bool {
	x := *other
	x.For = d.For
	return *d == x
}

// compareFields orders spec.workers[2] before spec.workers[10]: runs of digits compare as numbers.
func compareFields(a, b string) int {
	for a != "" && b != "" {
		da, db := digits(a), digits(b)
		if da > 0 && db > 0 {
			if c := cmp.Or(cmp.Compare(da, db), cmp.Compare(a[:da], b[:db])); c != 0 {
				return c
			}
			a, b = a[da:], b[db:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
