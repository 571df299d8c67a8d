// SPDX-License-Identifier: Apache-2.0

package diag

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// These are the most characters of what is printed.
const (
	// longestName is that of a name or a cell of a table; Kubernetes' own names end there.
	longestName = 253
	// longestWord is that of a word in a sentence: a namespace, a name and what stands around them.
	longestWord = 400
	// longestLine is that of a sentence.
	longestLine = 4000
)

// Printable makes one line of a sentence with somebody's names in it, which does nothing where it is printed: no line ends, no
// terminal control sequences, nothing invisible, no command to the runner of a forge. Of a very long word, or sentence, the middle
// is left out, and it says how much.
func Printable(s string) string {
	if isPlain(s) && len(s) <= longestWord {
		return s
	}
	words := strings.Split(visible(s), " ")
	for i := range words {
		words[i] = shortened(words[i], longestWord)
	}
	return defused(shortened(strings.Join(words, " "), longestLine))
}

// Name makes a name, or a cell of a table, printable and no longer than a name can be.
func Name(s string) string { return Cut(s, longestName) }

// Cut makes a text printable and leaves out its middle where it is longer than that.
func Cut(s string, most int) string {
	if isPlain(s) && len(s) <= most {
		return s
	}
	return defused(shortened(visible(s), most))
}

// Exact makes a text printable whose every character counts, such as a path or a command to be copied: nothing is cut.
func Exact(s string) string { return defused(visible(s)) }

// isPlain recognises most texts, which are printable as they are.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '#' || c == '[' || c == ':' {
			return false
		}
	}
	return true
}

// visible takes out line ends, terminal control sequences, and what nobody sees or turns the direction of a text.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= ' ' && r < 0x7f:
			return r
		case r == '\n' || r == '\t' || r == '\r' || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cc, r) || isInvisible(r):
			return -1
		}
		return r
	}, s)
}

func isInvisible(r rune) bool {
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// shortened leaves out the middle of a text, which is longer than that, and says how much of it: ends tell names and paths apart, too.
func shortened(s string, most int) string {
	if len(s) <= most {
		return s
	}
	n := utf8.RuneCountInString(s)
	if n <= most {
		return s
	}
	head := most * 3 / 4
	note := func(tail int) string { return fmt.Sprintf("… (%d more characters) …", n-head-tail) }
	tail := max(most-head-utf8.RuneCountInString(note(0)), 0)
	begin, end := 0, len(s)
	for range head {
		_, size := utf8.DecodeRuneInString(s[begin:])
		begin += size
	}
	for range tail {
		_, size := utf8.DecodeLastRuneInString(s[:end])
		end -= size
	}
	return s[:begin] + note(tail) + s[end:]
}

// commands are what the runners of forges take for a command anywhere in a line.
var commands = strings.NewReplacer("##[", "## [", "##vso[", "##vso [", "##teamcity[", "##teamcity [")

// skips are what forges take for a wish to run nothing, anywhere in the message of a commit.
var skips = regexp.MustCompile(`(?i)\[(skip ci|ci skip|no ci|skip actions|actions skip)\]`)

// defused keeps a line from being a command to the runner that logs it, which takes ::command:: at its beginning, also behind spaces,
// and ##[command] anywhere.
func defused(line string) string {
	rest := strings.TrimLeftFunc(line, unicode.IsSpace)
	if after, found := strings.CutPrefix(rest, "::"); found {
		line = line[:len(line)-len(rest)] + ": :" + after
	}
	line = commands.Replace(line)
	if strings.Contains(line, "[") {
		line = skips.ReplaceAllString(line, "[ $1]")
	}
	return line
}
