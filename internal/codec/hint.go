// SPDX-License-Identifier: Apache-2.0

package codec

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// quantity is an amount as Kubernetes writes it, or as people do.
var quantity = regexp.MustCompile(`^(\d+(?:\.\d+)?)\s*(Ki|Mi|Gi|Ti|k|K|M|G|T)?(?:B|iB)?$`)

var bytesOf = map[string]float64{"": 1, "k": 1e3, "K": 1e3, "M": 1e6, "G": 1e9, "T": 1e12, "Ki": 1 << 10, "Mi": 1 << 20, "Gi": 1 << 30, "Ti": 1 << 40}

// numberHint says how to write a whole number that is written otherwise: in quotes, as 5.0, or with the unit that the field's name has
// already.
func numberHint(node *yaml.Node, path string) string {
	if node.Kind != yaml.ScalarNode {
		return ""
	}
	text := strings.TrimSpace(node.Value)
	if n, err := strconv.Atoi(text); err == nil {
		return fmt.Sprintf("take off the quotes: %d", n)
	}
	if x, err := strconv.ParseFloat(text, 64); err == nil && x == math.Trunc(x) && math.Abs(x) < 1e9 {
		return fmt.Sprintf("write %d", int(x))
	}
	field := path[strings.LastIndexByte(path, '.')+1:]
	unit := ""
	switch {
	case strings.HasSuffix(field, "MiB"):
		unit = "Mi"
	case strings.HasSuffix(field, "GiB"):
		unit = "Gi"
	default:
		return ""
	}
	m := quantity.FindStringSubmatch(text)
	if m == nil || m[2] == "" {
		return fmt.Sprintf("write a number alone; it counts %sB", unit)
	}
	amount, _ := strconv.ParseFloat(m[1], 64)
	n := amount * bytesOf[m[2]] / bytesOf[unit]
	if n != math.Trunc(n) || n > math.MaxInt32 {
		return fmt.Sprintf("write a number alone; it counts %sB, and this is about %.0f", unit, math.Ceil(n))
	}
	return fmt.Sprintf("write %s: %.0f", field, n)
}
