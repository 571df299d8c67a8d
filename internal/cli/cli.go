// SPDX-License-Identifier: Apache-2.0

// Package cli is the command line: flags, streams and exit statuses around the function. Each command has a file.
//
// stdout carries the result and nothing else; diagnostics go to stderr, one complete line each.
package cli

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/vspread/vspread/internal/diag"
)

// Main runs a command line, without the program's name, and gives the exit status.
func Main(args []string, s Streams) (status int) {
	limitMemory()
	// A reader that has had enough ends the program in the middle of its work, unless somebody asks for the signal.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	out := &checkedWriter{next: s.Out}
	s.Out = out
	s.told = &told{}
	defer func() {
		if out.err != nil {
			fmt.Fprintf(s.Err, "error: the output is not complete: %s\n", diag.Printable(complaint(out.err)))
		}
		if out.err != nil && status != Usage { // which a comparison gives for anything wrong
			status = World
		}
	}()
	defer func() {
		if p := recover(); p != nil {
			var diags diag.List
			diags.Panicked(p)
			_ = report(s, diags)
			status = Invalid
		}
	}()
	root := newRoot(s)
	args = route(root, args)
	root.SetArgs(args)
	err := helplessness(root, args)
	if err == nil {
		var c *cobra.Command
		c, err = root.ExecuteC()
		s.told.mentionFlag(s.Err, c)
	}
	status = World
	var usage usageError
	var comparison comparisonError
	switch {
	case err == nil:
		return OK
	case errors.Is(err, errChanged):
		return Changed
	case errors.As(err, &usage):
		fmt.Fprintf(s.Err, "error: %s; see `%s --help`\n", diag.Printable(complaint(err)), usage.command)
		return Usage
	case errors.Is(err, errInvalid):
		status = Invalid // the diagnostics have been printed
	case out.err != nil && errors.Is(err, out.err):
		// It is reported in the end.
	default:
		fmt.Fprintf(s.Err, "error: %s\n", diag.Printable(complaint(err))) // the name of a file may have lines
	}
	if errors.As(err, &comparison) {
		return Usage
	}
	return status
}

// route recognises the two ways in which kustomize and kpt call the program without naming a command:
// with nothing, and, as kustomize's exec plugin, with the file of the configuration. A file with the name of
// a command does not hide it.
func route(root *cobra.Command, args []string) []string {
	if len(args) == 0 {
		return []string{"fn"}
	}
	isCommand := slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == args[0] })
	if isCommand || strings.HasPrefix(args[0], "-") || args[0] == "help" || strings.HasPrefix(args[0], cobra.ShellCompRequestCmd) {
		return args
	}
	if info, err := os.Stat(args[0]); err == nil && info.Mode().IsRegular() {
		return append([]string{"plugin", "run", "--"}, args...)
	}
	return args
}

func newRoot(s Streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "vspread",
		Short: "Spread a Cluster API cluster over the disks its ESXi hosts already have",
		Long: `vspread reads a Cluster API Cluster and an inventory of vSphere kept in git, and writes one
MachineDeployment and VSphereMachineTemplate for each host-local datastore, a StorageClass on the
shared datastore, and what belongs to them.

Without a command it is a KRM function: a ResourceList on stdin, one on stdout.

` + functionConfig + `

Exit status: 0 fine, 1 the input has errors, 2 wrong usage, 3 something outside failed.`,
		Example:       functionExamples,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.Version = ownVersion()
	root.SetVersionTemplate(versionLine())
	root.Flags().Bool("version", false, "print the version")
	root.PersistentFlags().BoolVarP(&s.told.verbose, "verbose", "v", false, "list each diagnostic, also those that say the same of many objects")
	root.SetIn(s.In)
	root.SetOut(s.Out)
	root.SetErr(s.Err)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return usageError{flagComplaint(c, err), c.CommandPath()} })
	root.AddCommand(
		newFn(s), newRender(s), newValidate(s), newPlan(s), newInventory(s), newInit(s), newVerify(s), newExplain(s), newPlugin(s), newVersion(s),
	)
	root.InitDefaultCompletionCmd()
	wrapArgs(root)
	return root
}

// wrapArgs makes complaints about positional arguments and unknown commands wrong usage. A command that
// only has others below it shows its help, but not when it is given a word that is none of them.
func wrapArgs(c *cobra.Command) {
	args := c.Args
	if args == nil {
		args = cobra.ArbitraryArgs
	}
	if c.HasSubCommands() {
		if c.RunE == nil {
			c.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
		}
		args = cobra.NoArgs
	}
	c.Args = func(c *cobra.Command, a []string) error {
		if err := args(c, a); err != nil {
			return usageError{argumentComplaint(c, a), c.CommandPath()}
		}
		return nil
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}
