// SPDX-License-Identifier: Apache-2.0

package source

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// value is a value in a stream of JSON.
type value struct {
	text   string
	offset int
}

// jsonValues gives the objects of a stream of JSON, one behind another or each on a line, as `jq -c` writes them and kubectl reads them.
// To YAML's parser only one may be in a document, and it knows no character that is written as a pair of surrogates. It gives
// nothing for what is no JSON.
func jsonValues(text string) []value {
	start := len(text) - len(strings.TrimLeft(text, " \t\r\n"))
	if start == len(text) || text[start] != '{' {
		return nil
	}
	var out []value
	for d := json.NewDecoder(strings.NewReader(text)); ; {
		var raw json.RawMessage
		err := d.Decode(&raw)
		if errors.Is(err, io.EOF) {
			return out
		}
		if string(raw) == "null" && err == nil {
			continue
		}
		if err != nil || raw[0] != '{' {
			return nil
		}
		from := int(d.InputOffset()) - len(raw)
		out = append(out, value{withoutSurrogates(text[from : from+len(raw)]), from})
	}
}

// withoutSurrogates writes the characters themselves for pairs of surrogates, and for slashes, in a text of JSON.
func withoutSurrogates(text string) string {
	if !strings.Contains(text, `\ud`) && !strings.Contains(text, `\uD`) && !strings.Contains(text, `\/`) {
		return text
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] != '\\' || i+1 == len(text):
			b.WriteByte(text[i])
		case text[i+1] == '/': // which need not be escaped, and YAML does not know it so
			b.WriteByte('/')
			i++
		case text[i+1] != 'u':
			b.WriteString(text[i : i+2])
			i++
		default:
			high, low := escaped(text[i:]), rune(0)
			if i+6 < len(text) {
				low = escaped(text[i+6:])
			}
			if r := utf16.DecodeRune(high, low); r != utf8.RuneError {
				b.WriteRune(r)
				i += 11
				continue
			}
			b.WriteString(text[i : i+2])
			i++
		}
	}
	return b.String()
}

// escaped reads what begins with \uXXXX; 0 is something else.
func escaped(text string) rune {
	if len(text) < 6 || text[0] != '\\' || text[1] != 'u' {
		return 0
	}
	var n rune
	for _, c := range []byte(text[2:6]) {
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 {
			return 0
		}
		n = n<<4 | rune(digit)
	}
	return n
}
