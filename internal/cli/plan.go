// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/fn/api/v1alpha1"
	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/fn/rollout"
	"github.com/vspread/vspread/internal/diag"
	"github.com/vspread/vspread/internal/render"
	"github.com/vspread/vspread/internal/source"
	"github.com/vspread/vspread/inventory"
)

type planOptions struct {
	from, to, output string
	exitCode         bool
	failOn           []string
}

func newPlan(s Streams) *cobra.Command {
	var o planOptions
	c := &cobra.Command{
		Use:   "plan [PATH...]",
		Short: "Say what a change in git does to machines",
		Long: `plan compares two sides and says which machines are created, replaced and deleted, where, and why, by Cluster
API's own rule of what rolls. A side is a revision of git, a directory or a file ("-" is stdin); the
default is HEAD against the working tree. A value that is on disk and a revision as well is written
./NAME or refs/heads/NAME. Of revisions and of the working tree, the files below PATH are read
(default: the current directory). A side with a ClusterSpread is rendered, any other is taken as it is, so
that manifests of other generators can be compared too.

Exit status: 0 fine, 1 the input has errors, 2 wrong usage, 3 something outside failed. With --exit-code or
--fail-on: 0 no such change, 1 there are changes, 2 anything wrong.`,
		Example: `  vspread plan                                    # what is not committed yet
  vspread plan --from origin/main --to HEAD -o markdown
  vspread plan --from old.yaml --to new.yaml      # output of kustomize build, helm template, …
  vspread plan --from origin/main --fail-on replace,remove clusters/apple`,
		RunE: func(c *cobra.Command, paths []string) error {
			err := o.run(c, s, paths)
			if err != nil && (o.exitCode || len(o.failOn) > 0) && !errors.Is(err, errChanged) {
				return comparisonError{err}
			}
			return err
		},
	}
	c.Flags().StringVar(&o.from, "from", "", "revision, directory or file that runs now (default HEAD)")
	c.Flags().StringVar(&o.to, "to", "", "revision, directory or file that will be applied (default the working tree)")
	c.Flags().StringVarP(&o.output, "output", "o", "text", "text, markdown or json")
	c.Flags().BoolVar(&o.exitCode, "exit-code", false, "exit with 1 when there are changes")
	c.Flags().StringSliceVar(&o.failOn, "fail-on", nil, "exit with 1 when there are changes of these kinds: "+strings.Join(changeKinds(), ", "))
	return c
}

func changeKinds() []string {
	var out []string
	for _, k := range rollout.Kinds() {
		if k != rollout.Untouched {
			out = append(out, string(k))
		}
	}
	return out
}

func (o planOptions) run(c *cobra.Command, s Streams, paths []string) error {
	write, ok := map[string]func(*render.Plan) error{
		"text":     func(p *render.Plan) error { return p.Text(s.Out) },
		"markdown": func(p *render.Plan) error { return p.Markdown(s.Out) },
		"json":     func(p *render.Plan) error { return p.JSON(s.Out) },
	}[o.output]
	if !ok {
		return usagef(c, "-o is text, markdown or json, not %q", o.output)
	}
	if c.Flags().Changed("fail-on") && len(o.failOn) == 0 {
		return usagef(c, "--fail-on is empty; it takes %s", strings.Join(changeKinds(), ", "))
	}
	for _, kind := range o.failOn {
		if slices.Contains(changeKinds(), kind) {
			continue
		}
		if x := diag.Suggest(kind, changeKinds()); x != "" {
			return usagef(c, "--fail-on knows no %q, did you mean %q?", kind, x)
		}
		return usagef(c, "--fail-on knows no %q; it takes %s", kind, strings.Join(changeKinds(), ", "))
	}
	if o.from == "-" && o.to == "-" {
		return usagef(c, "only one side can be stdin")
	}
	isFrom, err := source.IsPath(o.from)
	if err != nil {
		return usagef(c, "--from: %w", err)
	}
	isTo, err := source.IsPath(o.to)
	if err != nil {
		return usagef(c, "--to: %w", err)
	}
	if len(paths) > 0 && isFrom && isTo {
		return usagef(c, "--from and --to name files or directories, so there is nothing to look up %s in", strings.Join(paths, " "))
	}
	given := paths
	if len(paths) == 0 {
		paths = []string{"."}
	}
	from, err := source.OpenSide(o.from, isFrom, "HEAD", paths, s.In)
	if err != nil {
		return err
	}
	to, err := source.OpenSide(o.to, isTo, source.WorkTree, paths, s.In)
	if err != nil {
		return err
	}
	plan, diags := compare(from, to, given)
	if plan == nil {
		return report(s, diags)
	}
	plan.Diags = append(diags, plan.Diags...).Sorted()
	if err := write(&render.Plan{Plan: *plan, From: sideName(from), To: sideName(to), Verbose: s.told.verbose}); err != nil {
		return err
	}
	if err := report(s, plan.Diags); err != nil {
		return err
	}
	if o.isReached(plan) {
		return errChanged
	}
	return nil
}

// compare renders both sides and compares them; there is no plan when one cannot be rendered, or a path leads nowhere.
func compare(from, to *source.Side, paths []string) (*rollout.Plan, diag.List) {
	var diags diag.List
	before, wasWrong := renderSide(from)
	after, isWrong := renderSide(to)
	empty := diag.Warning
	misspelt := source.Unmatched(paths, from, to)
	if len(before.Objects.All())+len(after.Objects.All()) == 0 {
		empty = diag.Error
	}
	for i, objects := range []int{len(before.Objects.All()), len(after.Objects.All())} {
		side := []*source.Side{from, to}[i]
		if objects == 0 && !side.Diags.HasErrors() && (empty == diag.Warning || misspelt == nil) {
			severity := empty
			if severity == diag.Warning && side.LooksUp {
				severity = diag.Info // a path that leads nowhere on both sides is an error below
			}
			diags.Add(severity, diag.EmptySide, diag.Where{}, "there are no manifests in %s", side.Name).
				WithHint("every pool of the other side counts as created or removed; check the path")
		}
	}
	diags.Append(misspelt...)
	for _, d := range wasWrong {
		// What is only odd about the past is past, and what is said of both sides is said once.
		if d.Severity == diag.Error || (d.Code == diag.KustomizationNotRun || d.Code == diag.FunctionConfigUnread) && !from.IsSaidOf(to, d, isWrong) {
			diags.Append(d)
		}
	}
	diags.Append(isWrong...)
	if diags.HasErrors() {
		return nil, diags
	}
	plan := rollout.Compare(before, after)
	to.Locate(plan.Diags)
	from.Locate(plan.Diags)
	return &plan, diags
}

// renderSide gives the manifests of a side, rendered when there is a ClusterSpread. With errors they must not be used; they say
// which side they are about.
func renderSide(s *source.Side) (rollout.Side, diag.List) {
	var diags diag.List
	var inventories map[object.Key]*inventory.Inventory
	if slices.ContainsFunc(s.Items, func(n *yaml.RNode) bool { return object.New(n.YNode(), 0).Group() == v1alpha1.Group }) {
		out := expand(s.Manifests)
		s.Items, inventories, diags = out.Items, out.Inventories, out.Diags
	} else {
		s.Items, diags = source.WithoutEqual(s.Items), s.Diags
		if !slices.ContainsFunc(s.Items, isOwned) {
			diags.Append(s.Unread()...) // otherwise it has been
		}
	}
	diags.Append(s.Kustomizations()...)
	out, more := rollout.SideOf(s.Items, inventories)
	diags.Append(more...)
	s.Locate(diags)
	for _, d := range diags {
		if d.Object.File == "" {
			d.Object.File = s.File()
		}
	}
	return out, diags
}

func sideName(s *source.Side) render.PlanSide {
	return render.PlanSide{Name: s.Name, Revision: s.Revision}
}

// isReached tells whether there is a change that the caller wants to know by the exit status.
func (o planOptions) isReached(plan *rollout.Plan) bool {
	for _, kind := range o.failOn {
		if plan.Has(rollout.Kind(kind)) {
			return true
		}
	}
	return o.exitCode && len(o.failOn) == 0 && plan.Changed()
}
