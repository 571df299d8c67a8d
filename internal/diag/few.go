// SPDX-License-Identifier: Apache-2.0

package diag

import "fmt"

// Few keeps so many of each code, the first in the order of Sorted, the last of which says how many more there are. It is for what is
// said of one object once for each of others, whose pairs would be as many as their product.
func (l List) Few(most int) List {
	kept, more := map[Code]int{}, map[Code]int{}
	var out List
	sorted := l.Sorted()
	for _, d := range sorted {
		if kept[d.Code]++; kept[d.Code] > most {
			more[d.Code]++
			continue
		}
		out = append(out, d)
	}
	kept = map[Code]int{}
	for _, d := range out {
		if kept[d.Code]++; kept[d.Code] == most && more[d.Code] > 0 {
			d.Message += fmt.Sprintf(", and so %s %d more", Form(more[d.Code], "does", "do"), more[d.Code])
		}
	}
	return out
}
