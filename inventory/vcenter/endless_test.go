// SPDX-License-Identifier: Apache-2.0

package vcenter_test

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/vspread/vspread/inventory"
	"github.com/vspread/vspread/inventory/vcenter"
	"github.com/vspread/vspread/inventory/vcenter/simulated"
)

// folder is an object as a page of an inventory has it.
func folder(id, name, parent string) string {
	return fmt.Sprintf(`<objects><obj type="Folder">%s</obj><propSet><name>name</name><val xsi:type="xsd:string">%s</val></propSet>`+
		`<propSet><name>parent</name><val xsi:type="ManagedObjectReference" type="Folder">%s</val></propSet></objects>`, id, name, parent)
}

// page answers with these objects, and with more to come where there is a token.
func pageOf(method, token string, objects ...string) string {
	text := envelope + "<" + method + "Response><returnval>"
	if token != "" {
		text += "<token>" + token + "</token>"
	}
	return text + strings.Join(objects, "") + "</returnval></" + method + "Response>" + closing
}

// TestEndlessInventory answers with inventories that no vCenter has.
func TestEndlessInventory(t *testing.T) { // not parallel: memory is measured
	l := start(t, simulated.Options{})
	var made atomic.Int64
	fresh := func(name, parent string, n int) []string {
		var objects []string
		for range n {
			i := made.Add(1)
			objects = append(objects, folder(fmt.Sprintf("group-x%d", i), name, fmt.Sprintf(parent, i-1)))
		}
		return objects
	}
	for name, c := range map[string]struct {
		page func(method string) string
		err  string
	}{
		"pages without end":   {func(m string) string { return pageOf(m, "more", fresh("a", "group-d1", 100)...) }, "answers more than any vCenter has to say"},
		"one page for ever":   {func(m string) string { return pageOf(m, "more", folder("group-x", "a", "group-d1")) }, "answers more than any vCenter has to say"},
		"pages without words": {func(m string) string { return pageOf(m, "more", strings.Repeat(" ", 1000)) }, "answers more than any vCenter has to say"},
		"itself":              {func(m string) string { return pageOf(m, "", folder("group-x", "a", "group-x")) }, nonsense},
		"a circle": {func(m string) string {
			return pageOf(m, "", folder("group-x", "a", "group-y"), folder("group-y", "b", "group-x"))
		}, nonsense},
		"no ground":   {func(m string) string { return pageOf(m, "", fresh("a", "group-x%d", 2000)...) }, nonsense},
		"long names":  {func(m string) string { return pageOf(m, "", folder("group-x", strings.Repeat("a", 2000), "group-d1")) }, nonsense},
		"nothing":     {func(m string) string { return pageOf(m, "") }, "the user sees no datacenter"},
		"many in one": {func(m string) string { return pageOf(m, "", strings.Repeat("<objects/>", 100_000)) }, "an answer has more than"},
	} {
		t.Run(name, func(t *testing.T) {
			l.breaks(func(w http.ResponseWriter, r *http.Request, _ http.Handler) bool {
				for _, m := range []string{"ContinueRetrievePropertiesEx", "RetrievePropertiesEx"} {
					if on(m, -1, func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
						w.Header().Set("Content-Type", "text/xml")
						_, _ = io.WriteString(w, strings.Replace(c.page(m), "<Envelope ", `<Envelope xmlns:xsd="http://www.w3.org/2001/XMLSchema" `, 1))
					})(w, r, nil) {
						return true
					}
				}
				return false
			})
			used, err := attacked(l.options.WithBounds(900<<10, 4<<20, 5_000))
			check(t, err, c.err)
			if used > 200<<20 {
				t.Errorf("%d MiB of memory", used>>20)
			}
		})
	}
}

// TestSmallerPages reads an inventory whose pages are too large, in smaller ones, with the same result.
func TestSmallerPages(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{Build: simulated.Fleet(60)})
	want := inventory.Format(l.collect(t, vcenter.Scope{}))
	l.options = l.options.WithBounds(160<<10, 64<<20, 5_000)
	if got := inventory.Format(l.collect(t, vcenter.Scope{})); got != want {
		t.Error(cmp.Diff(want, got))
	}
}

// TestOddAnswers changes vCenter's answers at random: elements are lost, doubled, renamed and of other types. It is an error or an
// inventory, never a mistake of ours.
func TestOddAnswers(t *testing.T) {
	t.Parallel()
	l := start(t, simulated.Options{})
	element := regexp.MustCompile(`<([A-Za-z]+)[^<>]*>[^<>]*</([A-Za-z]+)>`)
	opening := regexp.MustCompile(`<[A-Za-z]+`)
	kind := regexp.MustCompile(`type="[^"]*"`)
	kinds := []string{"ManagedObjectReference", "xsd:string", "xsd:int", "ArrayOfString", "HostSystem", "NoPermission", "VirtualDisk", "ClusterConfigInfoEx", "Nothing", "ArrayOfVirtualDevice"}
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 1))
		after := random.IntN(30)
		var count atomic.Int64
		l.breaks(func(w http.ResponseWriter, r *http.Request, next http.Handler) bool {
			if count.Add(1) != int64(after) {
				return false
			}
			b := &buffer{header: http.Header{}}
			next.ServeHTTP(b, r)
			text := b.String()
			change := func(re *regexp.Regexp, by func(string) string) {
				if all := re.FindAllStringIndex(text, -1); len(all) > 0 {
					at := all[random.IntN(len(all))]
					text = text[:at[0]] + by(text[at[0]:at[1]]) + text[at[1]:]
				}
			}
			for range 1 + random.IntN(3) {
				switch random.IntN(5) {
				case 0:
					change(element, func(string) string { return "" })
				case 1:
					change(element, func(s string) string { return s + s })
				case 2:
					change(kind, func(string) string { return `type="` + kinds[random.IntN(len(kinds))] + `"` })
				case 3:
					change(opening, func(s string) string { return s + "x" })
				case 4:
					change(regexp.MustCompile(`>[^<>]+<`), func(string) string { return ">-1<" })
				}
			}
			for name, values := range b.header {
				w.Header()[name] = values
			}
			w.Header().Del("Content-Length")
			_, _ = io.WriteString(w, text)
			return true
		})
		s, err := vcenter.Connect(context.Background(), l.options)
		if err == nil {
			_, err = s.Collect(context.Background(), vcenter.Scope{}, inventory.Inventory{}, nil)
			_ = s.Close() // its answer may be the odd one
		}
		if err != nil && (strings.Contains(err.Error(), "panic") || strings.Contains(err.Error(), "\n")) {
			t.Errorf("%d: %v", seed, err)
		}
	}
}
