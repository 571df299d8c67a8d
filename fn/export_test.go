// SPDX-License-Identifier: Apache-2.0

package fn

import (
	sdk "github.com/kptdev/krm-functions-sdk/go/fn"

	"github.com/vspread/vspread/internal/diag"
)

// Guarded runs another function in place of ours.
func Guarded(in []byte, f func(*sdk.ResourceList)) ([]byte, diag.List) {
	return guarded(in, func(rl *sdk.ResourceList) diag.List { f(rl); return nil })
}
