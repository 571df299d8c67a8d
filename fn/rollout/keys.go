// SPDX-License-Identifier: Apache-2.0

package rollout

import (
	"cmp"

	"github.com/vspread/vspread/fn/object"
)

func compareKeys(a, b object.Key) int {
	return cmp.Or(
		cmp.Compare(a.Namespace, b.Namespace),
		cmp.Compare(a.Group, b.Group),
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Name, b.Name),
	)
}
