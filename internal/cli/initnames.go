// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"fmt"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/vspread/vspread/fn/object"
	"github.com/vspread/vspread/internal/diag"
)

// checkPath refuses a directory whose name something that reads the files would take for something else: the way to it from the root of
// the repository is written into workflows.
func checkPath(directory, path, ci string) error {
	switch {
	case !utf8.ValidString(directory+path) || strings.ContainsFunc(directory+path, isUnprintable):
		return fmt.Errorf("%q has characters in it that cannot be printed; choose another directory", directory)
	case ci == "none":
	case strings.ContainsFunc(path, unicode.IsSpace):
		return fmt.Errorf("%q has a space in it, and a workflow takes several directories apart by spaces; choose another directory, or --ci none", path)
	case strings.Contains(path, "$"):
		return fmt.Errorf("%q has a $ in it, by which a workflow takes what follows for a variable; choose another directory, or --ci none", path)
	}
	return nil
}

// isUnprintable finds what ends a line or steers a terminal.
func isUnprintable(r rune) bool { return !unicode.IsPrint(r) && !unicode.Is(unicode.Zs, r) }

// oddNames reports a Cluster that no API server would take. Its name is written into every file, and is part of other names.
func oddNames(cluster *object.Object) diag.List {
	var diags diag.List
	if len(validation.IsDNS1123Subdomain(cluster.Ref.Name)) > 0 {
		diags.Errorf(diag.InvalidValue, diag.At(cluster.Ref, "metadata.name"), "%q is no name for a Cluster", cluster.Ref.Name).
			WithHint("it has lower-case letters, digits, - and ., and begins and ends with a letter or digit; fill in the variables of a template first")
	}
	return diags
}

var plainWord = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[\pL\pN_./@%+=:,-]+$`) })

// shellWord writes the name of a directory or file so that a shell reads one word, and a command no flag.
func shellWord(name string) string {
	if strings.HasPrefix(name, "-") {
		name = "." + string(filepath.Separator) + name
	}
	if plainWord().MatchString(name) {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}
