// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"time"

	"github.com/vspread/vspread/test/bench/fleet"
	"github.com/vspread/vspread/test/bench/measure"
)

// The names of contenders in the report.
const (
	vspread     = "vspread"
	helm        = "helm"
	jsonnet     = "jsonnet"
	ytt         = "ytt"
	cue         = "cue"
	passthrough = "kyaml pass-through"
	cat         = "cat"
	empty       = "empty program"
	rendering   = "vspread render"
)

// bench is one run: where things lie, and what is asked for.
type bench struct {
	bin     string // the programs
	peers   string // the peers' templates
	work    string // inputs, made here
	pairs   int
	only    *regexp.Regexp
	sizes   []fleet.Size
	limit   time.Duration
	results results
	tell    func(string)
}

// runAll runs every contest. Each makes its input first.
func (b *bench) runAll() error {
	for _, step := range []func() error{b.startUp, b.renders, b.inputs, b.functions, b.kustomize, b.kpt, b.plan} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// rounds are fewer for contests that take long.
func (b *bench) rounds(objects int) int {
	switch {
	case objects <= 2_000:
		return b.pairs
	case objects <= 20_000:
		return (b.pairs + 1) / 2
	default:
		return max(1, b.pairs/5)
	}
}

func (b *bench) program(name string) string { return filepath.Join(b.bin, name) }

func (b *bench) vspread(args ...string) measure.Command {
	return measure.Command{Path: b.program("vspread"), Args: args}
}

// hold runs a contest among those of its contenders that are asked for. Peers are there to be compared with, so vspread runs
// whenever one of them does.
func (b *bench) hold(c contest) {
	isAsked := map[string]bool{}
	for _, of := range c.contenders {
		isAsked[of.name] = b.only.MatchString(c.name(of))
	}
	var contenders []contender
	for i, of := range c.contenders {
		if isAsked[of.name] || i == 0 && anyOf(isAsked) {
			contenders = append(contenders, of)
		}
	}
	c.contenders = contenders
	memory := availableMiB() / 2
	b.results = append(b.results, c.run(4*b.limit, func(of contender) string {
		if of.name == vspread {
			return ""
		}
		return b.results.tooMuch(c.kind, c.size, of.name, b.limit.Seconds(), memory)
	}, b.tell)...)
}

func anyOf(set map[string]bool) bool {
	for _, is := range set {
		if is {
			return true
		}
	}
	return false
}

// wants tells whether a contest has a contender that is asked for; if not, its input is not made either.
func (b *bench) wants(kind string, size fleet.Size, names ...string) bool {
	c := contest{kind: kind, size: size}
	for _, name := range names {
		if b.only.MatchString(c.name(contender{name: name})) {
			return true
		}
	}
	return false
}

// dir makes a directory for a contest's input.
func (b *bench) dir(kind string, size fleet.Size) (string, error) {
	dir := filepath.Join(b.work, kind+"-"+size.String())
	return dir, os.MkdirAll(dir, 0o755)
}

func (b *bench) startUp() error {
	b.hold(contest{kind: startUp, rounds: 4 * b.pairs, contenders: []contender{
		{name: vspread, command: b.vspread("version")},
		{name: empty, command: measure.Command{Path: b.program("empty")}},
	}})
	return nil
}

// renders compares whole commands that read values and write YAML.
func (b *bench) renders() error {
	for _, size := range b.sizes {
		peers := []string{vspread, helm, jsonnet, ytt, cue}
		if size.Clusters > 1_000 {
			peers = peers[:1] // whether vspread's memory is bounded, not who is faster
		}
		if !b.wants(render, size, peers...) {
			continue
		}
		dir, err := b.dir(render, size)
		if err != nil {
			return err
		}
		contenders, err := b.renderers(fleet.New(size), dir)
		if err != nil {
			return err
		}
		b.hold(contest{kind: render, size: size, rounds: b.rounds(size.Objects()), contenders: contenders[:len(peers)]})
	}
	return nil
}

// renderers writes a fleet's input for everybody, and gives the commands that render it.
func (b *bench) renderers(f fleet.Fleet, dir string) ([]contender, error) {
	sources := filepath.Join(dir, "sources")
	if err := f.WriteSources(sources); err != nil {
		return nil, err
	}
	if err := f.WriteValues(dir); err != nil {
		return nil, err
	}
	yaml, json := filepath.Join(dir, "values.yaml"), filepath.Join(dir, "values.json")
	peer := func(name string, args ...string) contender {
		return contender{name: name, command: measure.Command{Path: b.program(name), Args: args}}
	}
	template := func(name, file string) string { return filepath.Join(b.peers, name, file) }
	return []contender{
		{name: vspread, command: b.vspread("render", sources)},
		peer(helm, "template", "fleet", template(helm, ""), "-f", yaml),
		peer(jsonnet, "-y", template(jsonnet, "fleet.jsonnet"), "--tla-code-file", "values="+json),
		peer(ytt, "-f", template(ytt, "schema.yaml"), "-f", template(ytt, "fleet.yaml"), "--data-values-file", yaml),
		peer(cue, "export", template(cue, "fleet.cue"), "-l", "values:", json, "-e", "stream", "--out", "text"),
	}, nil
}

// inputs says what it takes to hold the input of the largest sizes: kyaml reads it and writes it.
func (b *bench) inputs() error {
	for _, size := range []fleet.Size{{Clusters: 100, Pools: 64}, {Clusters: 1_000, Pools: 64}} {
		if !b.wants(input, size, passthrough) {
			continue
		}
		dir, err := b.dir(input, size)
		if err != nil {
			return err
		}
		list, err := b.list(dir, size)
		if err != nil {
			return err
		}
		b.hold(contest{kind: input, size: size, rounds: b.pairs, contenders: []contender{
			{name: passthrough, command: measure.Command{Path: b.program("passthrough"), Stdin: list}},
		}})
	}
	return nil
}

// list writes a fleet's sources as a ResourceList.
func (b *bench) list(dir string, size fleet.Size) (string, error) {
	f, sources, list := fleet.New(size), filepath.Join(dir, "sources"), filepath.Join(dir, "list.yaml")
	if err := f.WriteSources(sources); err != nil {
		return "", err
	}
	return list, f.WriteList(sources, list)
}

// functions compares vspread as a KRM function, over its own earlier output, with a function that does nothing.
func (b *bench) functions() error {
	for _, size := range []fleet.Size{{Clusters: 10, Pools: 64}, {Clusters: 100, Pools: 64}} {
		if !b.wants(function, size, vspread, passthrough) {
			continue
		}
		dir, err := b.dir(function, size)
		if err != nil {
			return err
		}
		list, err := b.list(dir, size)
		if err != nil {
			return err
		}
		rendered := filepath.Join(dir, "rendered.yaml")
		first := b.vspread()
		first.Stdin = list
		missing, err := b.prepare(first, rendered)
		if err != nil {
			return err
		}
		b.hold(contest{kind: function, size: size, rounds: b.rounds(size.Objects()), contenders: []contender{
			{name: vspread, command: measure.Command{Path: b.program("vspread"), Stdin: rendered}, missing: missing},
			{name: passthrough, command: measure.Command{Path: b.program("passthrough"), Stdin: rendered}, missing: missing},
		}})
	}
	return nil
}

// prepare makes a contest's input by a command. A refusal is the contest's, and anything else an error.
func (b *bench) prepare(c measure.Command, out string) (refused string, err error) {
	_, err = c.Run(out, 10*b.limit)
	if isRefusal(err) {
		return err.Error(), nil
	}
	return "", err
}

// hosted compares vspread under a host of functions with `cat` in its place, over the rendered fleet.
func (b *bench) hosted(kind string, host contender, command func(dir, program string) measure.Command) error {
	size := fleet.Size{Clusters: 10, Pools: 64}
	if !b.wants(kind, size, vspread, cat) {
		return nil
	}
	dir, err := b.dir(kind, size)
	if err != nil {
		return err
	}
	copier, err := exec.LookPath("cat")
	if err != nil {
		return err
	}
	f, sources := fleet.New(size), filepath.Join(dir, "sources")
	if err := f.WriteSources(sources); err != nil {
		return err
	}
	c := contest{kind: kind, size: size, rounds: b.pairs}
	for _, of := range []struct{ name, program string }{{vspread, b.program("vspread")}, {cat, copier}} {
		place := filepath.Join(dir, of.name)
		if err := f.WriteKustomization(place, of.program); err != nil {
			return err
		}
		missing, err := b.prepare(b.vspread("render", sources), filepath.Join(place, "rendered.yaml"))
		if err != nil {
			return err
		}
		if host.missing != "" {
			missing = host.missing
		}
		c.contenders = append(c.contenders, contender{name: of.name, command: command(place, of.program), missing: missing})
	}
	b.hold(c)
	return nil
}

func (b *bench) kustomize() error {
	return b.hosted(kustomize, contender{}, func(dir, _ string) measure.Command {
		return measure.Command{Path: b.program("kustomize"), Args: []string{"build", "--enable-alpha-plugins", "--enable-exec", dir}}
	})
}

func (b *bench) kpt() error {
	host, err := kptPath()
	var missing string
	if err != nil {
		missing = "not measured: " + err.Error()
	}
	return b.hosted(kpt, contender{missing: missing}, func(dir, program string) measure.Command {
		return measure.Command{Path: host, Args: []string{"fn", "eval", dir, "--exec", program, "-o", "unwrap"}}
	})
}

// kptPath finds kpt, whose modules cannot be installed by version, where it is installed or built.
func kptPath() (string, error) {
	path, err := exec.LookPath("kpt")
	if err != nil {
		return "", errors.New("kpt is not on the PATH")
	}
	return path, nil
}

// plan compares a plan, in which the number and the memory of all machines change, with rendering one of its two sides.
func (b *bench) plan() error {
	size := fleet.Size{Clusters: 200, Pools: 64}
	if !b.wants(plan, size, vspread, rendering) {
		return nil
	}
	dir, err := b.dir(plan, size)
	if err != nil {
		return err
	}
	before, after := fleet.New(size), fleet.New(size)
	after.Replicas += size.Pools / 2
	after.MemoryMiB *= 2
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := before.WriteSources(from); err != nil {
		return err
	}
	if err := after.WriteSources(to); err != nil {
		return err
	}
	b.hold(contest{kind: plan, size: size, rounds: max(1, b.pairs/2), contenders: []contender{
		{name: vspread, command: b.vspread("plan", "--from", from, "--to", to)},
		{name: rendering, command: b.vspread("render", to)},
	}})
	return nil
}
