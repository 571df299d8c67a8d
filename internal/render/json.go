// SPDX-License-Identifier: Apache-2.0

package render

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
)

// JSON writes a value as JSON with indentation. It is data and stays exact: what a terminal or the runner of a forge would act upon is
// escaped, so that it only acts upon being decoded.
func JSON(w io.Writer, v any) error {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return err
	}
	_, err := io.WriteString(w, inert(b.String()))
	return err
}

// inert escapes, in JSON, what is not printable and what is a command. Both can only stand in strings.
func inert(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r == '\n' || r >= ' ' && r < 0x7f:
			b.WriteRune(r)
		case !unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector):
			b.WriteRune(r)
		default:
			for _, u := range utf16.Encode([]rune{r}) {
				fmt.Fprintf(&b, `\u%04x`, u)
			}
		}
	}
	return strings.NewReplacer("##[", `##\u005b`, "##vso[", `##vso\u005b`, "##teamcity[", `##teamcity\u005b`).Replace(b.String())
}
