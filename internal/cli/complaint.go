// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/vspread/vspread/internal/diag"
)

// complaint is an error in words that say what to do. What Go's packages say of files, and of flags and arguments below, is meant
// for programmers.
func complaint(err error) string {
	text := err.Error()
	var file *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &file):
		return strings.Replace(text, file.Error(), aboutFile(file.Path, file.Err), 1)
	case errors.As(err, &link):
		return strings.Replace(text, link.Error(), aboutFile(link.New, link.Err), 1)
	}
	return text
}

func aboutFile(name string, err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "there is no file or directory " + name + near(name)
	case errors.Is(err, fs.ErrPermission):
		return name + ": you lack the right to do this (" + err.Error() + ")"
	case errors.Is(err, fs.ErrExist):
		return name + " exists already"
	case errors.Is(err, syscall.EISDIR):
		return name + " is a directory, and a file is meant"
	case errors.Is(err, syscall.ENOTDIR):
		return name + " leads through a file as if it were a directory"
	case errors.Is(err, syscall.ENOSPC):
		return name + ": there is no space left on the disk"
	}
	return name + ": " + err.Error()
}

// near gives what a path that leads to nothing was most likely meant to be, and how far it leads.
func near(name string) string {
	dir := filepath.Dir(name)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir) {
		if further := near(dir); further != "" {
			return further
		}
		return fmt.Sprintf(" (there is no directory %s)", dir)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	if x := diag.Suggest(filepath.Base(name), names); x != "" {
		return fmt.Sprintf(" (did you mean %s?)", filepath.Join(dir, x))
	}
	return ""
}

// flagComplaint says what is wrong with a flag.
func flagComplaint(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	var form *pflag.InvalidSyntaxError
	switch {
	case errors.As(err, &unknown):
		given := unknown.GetSpecifiedName()
		if unknown.GetSpecifiedShortnames() != "" {
			return fmt.Errorf("there is no flag -%s", given)
		}
		var known []string
		c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, f.Name) })
		if x := diag.Suggest(given, known); x != "" {
			return fmt.Errorf("there is no flag --%s, did you mean --%s?", given, x)
		}
		return fmt.Errorf("there is no flag --%s", given)
	case errors.As(err, &bare):
		if bare.GetSpecifiedShortnames() != "" {
			return fmt.Errorf("-%s needs a value", bare.GetSpecifiedName())
		}
		return fmt.Errorf("--%s needs a value", bare.GetSpecifiedName())
	case errors.As(err, &value):
		return fmt.Errorf("--%s is %s, not %q", value.GetFlag().Name, kindOf(value.GetFlag()), value.GetValue())
	case errors.As(err, &form):
		return fmt.Errorf("%q is no flag", form.GetSpecifiedFlag())
	}
	return err
}

func kindOf(f *pflag.Flag) string {
	switch f.Value.Type() {
	case "bool":
		return "true or false"
	case "int":
		return "a whole number"
	case "duration":
		return "a time such as 30s or 5m"
	case "stringSlice":
		return "a list of words with commas between them"
	}
	return "a " + f.Value.Type()
}

// argumentComplaint says what is wrong with the arguments of a command.
func argumentComplaint(c *cobra.Command, args []string) error {
	if !c.HasSubCommands() {
		what := "no argument"
		if len(args) > 0 {
			what = strings.Join(args, " ")
		}
		_, arguments, _ := strings.Cut(c.Use, " ")
		if arguments == "[flags]" {
			arguments = ""
		}
		return fmt.Errorf("it is called as `%s`, not with %s", strings.TrimSpace(c.CommandPath()+" "+arguments), what)
	}
	var known []string
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			known = append(known, sub.Name())
		}
	}
	if x := diag.Suggest(args[0], known); x != "" {
		return fmt.Errorf("unknown command %q, did you mean %q?", args[0], x)
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// helplessness finds the command that help is asked about and that does not exist. cobra would show the help of the one above.
func helplessness(root *cobra.Command, args []string) error {
	asked := slices.ContainsFunc(args, func(a string) bool { return a == "--help" || a == "-h" })
	if len(args) > 0 && args[0] == "help" {
		args, asked = args[1:], true
	}
	if !asked {
		return nil
	}
	c, rest, err := root.Find(args)
	rest = slices.DeleteFunc(slices.Clone(rest), func(a string) bool { return strings.HasPrefix(a, "-") })
	if err != nil || !c.HasSubCommands() || len(rest) == 0 {
		return nil
	}
	return usageError{argumentComplaint(c, rest), c.CommandPath()}
}
