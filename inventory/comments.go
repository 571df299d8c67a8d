// SPDX-License-Identifier: Apache-2.0

package inventory

import (
	"slices"
	"strings"

	"sigs.k8s.io/kustomize/kyaml/yaml"

	"github.com/vspread/vspread/internal/codec"
)

// FormatLike is Format with the comments of an earlier text: those of the sections and entries that are there still.
// An entry has one line, so what was said about its fields stands above it.
func FormatLike(inv Inventory, earlier string) string {
	text := Format(inv)
	var old, updated yaml.Node
	if yaml.Unmarshal([]byte(earlier), &old) != nil || yaml.Unmarshal([]byte(text), &updated) != nil || len(old.Content) == 0 {
		return text
	}
	from, to := old.Content[0], updated.Content[0]
	to.HeadComment = join("\n\n", old.HeadComment, from.HeadComment)
	hosts := hostsNow(entries(from, "hosts"), entries(to, "hosts"))
	below := ""
	for i := 0; i+1 < len(to.Content); i += 2 {
		key, value := to.Content[i], to.Content[i+1]
		head := below
		below = ""
		for j := 0; j+1 < len(from.Content); j += 2 {
			if from.Content[j].Value != key.Value {
				continue
			}
			head = join("\n\n", head, from.Content[j].HeadComment)
			key.LineComment, value.LineComment = from.Content[j].LineComment, from.Content[j+1].LineComment
			below = from.Content[j].FootComment
			if value.Kind == yaml.SequenceNode && from.Content[j+1].Kind == yaml.SequenceNode {
				below = join("\n\n", entryComments(key.Value, from.Content[j+1].Content, value.Content, hosts), below)
			}
		}
		key.HeadComment = head
	}
	// What stands below a section stands above the next. Written below an entry of one line, it would not come back.
	to.FootComment = join("\n\n", below, from.FootComment, old.FootComment)
	return codec.Text(&updated)
}

// entryComments gives the entries of a section the comments that they had, and returns what stood below the last. Hosts says what
// hosts are called now.
func entryComments(section string, from, to []*yaml.Node, hosts map[string]string) (below string) {
	now := pairEntries(section, from, to, hosts)
	for i, a := range from {
		c := entryComment{line: a.LineComment}
		c.add(a.HeadComment)
		for k, n := range a.Content {
			if k == 1 && c.line == "" && n.Kind == yaml.ScalarNode {
				// "- name: a # the old one"
				c.line = n.LineComment
				c.add(n.HeadComment)
				c.foot(n.FootComment)
				continue
			}
			c.walk(n)
		}
		c.foot(a.FootComment)
		if i == len(from)-1 {
			below = join("\n", c.feet...)
		} else {
			c.above = append(c.above, c.feet...)
		}
		if j := now[i]; j >= 0 {
			to[j].HeadComment, to[j].LineComment = join("\n", c.above...), c.line
		}
	}
	return below
}

// entryComment is what is said about an entry: behind it, above it and below it.
type entryComment struct {
	line        string
	above, feet []string
}

func (c *entryComment) add(text string)  { c.above = append(c.above, text) }
func (c *entryComment) foot(text string) { c.feet = append(c.feet, text) }

func (c *entryComment) walk(n *yaml.Node) {
	c.add(n.HeadComment)
	for _, x := range n.Content {
		c.walk(x)
	}
	c.add(n.LineComment)
	c.foot(n.FootComment)
}

// join joins those of texts that are not empty.
func join(separator string, texts ...string) string {
	return strings.Join(slices.DeleteFunc(slices.Clone(texts), func(t string) bool { return t == "" }), separator)
}
