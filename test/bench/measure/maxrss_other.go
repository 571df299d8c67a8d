// SPDX-License-Identifier: Apache-2.0

//go:build !darwin

package measure

const maxrssUnit = 1 << 10
