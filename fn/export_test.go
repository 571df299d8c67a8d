// SPDX-License-Identifier: Apache-2.0

package fn

import (
	"bytes"

	"github.com/vspread/vspread/internal/diag"
)

// Guarded runs another function in place of ours.
func Guarded(in []byte, f func(*ResourceList)) ([]byte, diag.List) {
	var out bytes.Buffer
	diags, err := guarded(in, &out, func(rl *ResourceList) diag.List { f(rl); return nil })
	if err != nil {
		panic(err)
	}
	return out.Bytes(), diags
}
