// SPDX-License-Identifier: Apache-2.0

// Package e2e lets what vspread writes become machines: real API servers, Cluster API's and CAPV's real managers,
// and the simulated home lab in the place of vCenter. A scenario is a folder of commits to a git repository and of what
// must be true after each; the README beside this file says what is real and what is not.
//
//	make e2e
package e2e
