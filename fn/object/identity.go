// SPDX-License-Identifier: Apache-2.0

package object

// Identity tells an object from all others of an input: by its key, and one without a name, as generateName has it, by its place.
type Identity struct {
	Key
	// Place is the file of an object without a name, and Nth counts those of one kind in it, from 0.
	Place string
	Nth   int
}

// Identities gives that of each object.
func Identities(all []*Object) []Identity {
	out := make([]Identity, len(all))
	var seen map[Identity]int
	for i, o := range all {
		out[i].Key = o.Key()
		if o.Ref.Name != "" {
			continue
		}
		if seen == nil {
			seen = map[Identity]int{}
		}
		out[i].Place = o.Place
		n := seen[out[i]]
		seen[out[i]]++
		out[i].Nth = n
	}
	return out
}
