// SPDX-License-Identifier: Apache-2.0

package source_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"pgregory.net/rapid"

	"github.com/vspread/vspread/internal/source"
)

// TestStreamsOfJSON reads any texts in any number of values, as encoding/json writes them with all that is not ASCII escaped.
func TestStreamsOfJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOfN(rapid.StringOf(rapid.OneOf(rapid.RuneFrom([]rune("ab\\\"u\n😀𝄞é")), rapid.Rune())), 1, 5).Draw(t, "texts")
		var b strings.Builder
		for _, text := range texts {
			line, err := json.Marshal(map[string]any{"apiVersion": "v1", "kind": "ConfigMap", "metadata": map[string]string{"name": "a"}, "data": map[string]string{"a": text}})
			if err != nil {
				t.Fatal(err)
			}
			b.WriteString(escape(string(line)) + rapid.SampledFrom([]string{"\n", " ", "", "\n\n", "\r\n"}).Draw(t, "between"))
		}
		m, err := source.Files([]string{"-"}, source.Options{Stdin: strings.NewReader(b.String())})
		if err != nil || m.Diags != nil || len(m.Items) != len(texts) {
			t.Fatalf("%v %v: %d of %d objects in\n%s", err, m.Diags, len(m.Items), len(texts), b.String())
		}
		for i, n := range m.Items {
			if got := n.GetDataMap()["a"]; got != strings.ToValidUTF8(texts[i], "\ufffd") {
				t.Fatalf("%q is read as %q from\n%s", texts[i], got, b.String())
			}
		}
	})
}

// escape writes what is not ASCII as Python does.
func escape(text string) string {
	var b strings.Builder
	for _, r := range text {
		if r < 0x7f {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, "\\u%04x", unit)
		}
	}
	return b.String()
}
