// SPDX-License-Identifier: Apache-2.0

package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
)

// TestMarkdownFoldsMessages has a warning about many Clusters, one that is said once, and infos, which a comment does without.
func TestMarkdownFoldsMessages(t *testing.T) {
	t.Parallel()
	p := &render.Plan{Plan: rollout.Plan{Sentence: "Nothing moves."}}
	for i := range 50 {
		at := diag.At(diag.Ref{Kind: "Cluster", Name: fmt.Sprintf("till-%02d", i)}, "")
		p.Diags.Warnf(diag.ClusterRemoved, at, "is removed with its 3 machines")
		p.Diags.Infof(diag.Paused, at, "is paused")
	}
	p.Diags.Warnf(diag.ClusterRemoved, diag.At(diag.Ref{Kind: "Cluster", Name: "hub"}, ""), "is removed with its 5 machines")
	quotes := func() []string {
		t.Helper()
		var b strings.Builder
		if err := p.Markdown(&b); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "lists all") == p.Verbose {
			t.Errorf("says of -v, or does not:\n%s", &b)
		}
		var out []string
		for line := range strings.Lines(b.String()) {
			if strings.HasPrefix(line, "> ") || strings.Contains(line, "lists all") {
				out = append(out, strings.TrimSpace(line))
			}
		}
		return out
	}
	want := []string{
		"> **warning** Cluster `till-00`, `till-01`, `till-02` and 47 others: is removed with its 3 machines `[ClusterRemoved]`",
		"> **warning** Cluster hub: is removed with its 5 machines `[ClusterRemoved]`",
		"`vspread plan -v` lists all 51 messages.",
	}
	if got := quotes(); strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	p.Verbose = true
	if got := quotes(); len(got) != 51 {
		t.Errorf("-v lists %d messages, want 51", len(got))
	}
}
