// SPDX-License-Identifier: Apache-2.0

package render

import (
	"regexp"
	"strings"
	"sync"
	"unicode"

	"github.com/vspread/vspread/internal/diag"
)

// In Markdown, whatever could act stands in a code span: forges look for links, mentions, issues, commits, emoji and formulas in what is
// shown, after entities and backslashes have been read, and leave code alone.

// These are the most characters of a sentence, of a diagnostic or all reasons of a change, and of the name of a side.
const (
	longestSentence = 1000
	longestMessage  = 2000
	longestSide     = 253
)

// code puts a text into a code span, by a fence that is longer than what is like one in it.
func code(s string) string {
	if s == "" {
		return ""
	}
	longest, run := 0, 0
	for _, r := range s {
		if r != '`' {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	fence := strings.Repeat("`", longest+1)
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") || s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "" {
		s = " " + s + " " // which are taken off again
	}
	return fence + s + fence
}

// nameCell is a name in a cell of a table; what stands for none is no name.
func nameCell(s string) string {
	if s == "-" || s == "(all)" {
		return s
	}
	return code(diag.Name(s))
}

// proseCell is a sentence in a cell of a table, or a dash for none.
func proseCell(s string) string {
	if s == "-" {
		return s
	}
	return prose(s, longestMessage)
}

// prose is a sentence, of at most so many characters: words and numbers as they are, and in code spans whatever else there is, as names
// are, and what the sentence itself has between backticks.
func prose(s string, most int) string {
	s = strings.TrimSpace(diag.Cut(diag.Printable(s), most))
	var out []string
	for s != "" {
		end := endOfUnit(s)
		out = append(out, inline(s[:end], len(out) == 0))
		s = strings.TrimLeft(s[end:], " ")
	}
	return strings.Join(out, " ")
}

// endOfUnit is where the next space is that does not stand between backticks.
func endOfUnit(s string) int {
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case ' ':
			return i
		case '`':
			if n := strings.IndexByte(s[i+1:], '`'); n >= 0 {
				i += n + 1
			}
		}
	}
	return len(s)
}

var (
	// plainWord is compiled when it is first needed: the classes of all letters would cost every start of the program a millisecond.
	plainWord   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pM]+(['’-][\pL\pM]+)*$`) })
	plainNumber = regexp.MustCompile(`^\d{1,6}$|^\d{1,3}\.\d{1,2}$`)
	// commit is what a forge may take for one.
	commit = regexp.MustCompile(`^[0-9a-fA-F]{7,}$`)
)

// inline writes a word of a sentence. At the beginning of a line some numbers and dashes make lists.
func inline(unit string, isFirst bool) string {
	inner := strings.TrimLeft(unit, `("'`)
	before := unit[:len(unit)-len(inner)]
	core := strings.TrimRight(inner, `,.;:)?!"'`)
	after := inner[len(core):]
	switch {
	case commit.MatchString(core):
	case plainNumber.MatchString(core):
		if isFirst && strings.HasPrefix(after, ".") || isFirst && strings.HasPrefix(after, ")") {
			return code(unit)
		}
		return unit
	case plainWord().MatchString(core), core == "", core == "→", core == "…", core == "-" && !isFirst:
		return unit
	case strings.Count(core, "`") == 2 && len(core) > 2 && core[0] == '`' && core[len(core)-1] == '`':
		return before + code(core[1:len(core)-1]) + after
	case strings.ContainsFunc(core, func(r rune) bool { return r == '`' || unicode.IsSpace(r) }):
		return code(unit)
	}
	return before + code(core) + after
}

var bar = regexp.MustCompile(`(\\*)\|`)

// tableCell keeps a bar from ending a cell of a table, which it does in a code span, too. Backslashes in front of it count in pairs.
func tableCell(s string) string { return bar.ReplaceAllString(s, `$1$1\|`) }
