// SPDX-License-Identifier: Apache-2.0

package codec

// Estimate is estimate.
func Estimate(text string) int { return estimate(text) }
