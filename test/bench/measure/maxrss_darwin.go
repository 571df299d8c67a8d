// SPDX-License-Identifier: Apache-2.0

package measure

const maxrssUnit = 1
