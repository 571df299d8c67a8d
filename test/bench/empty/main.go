// SPDX-License-Identifier: Apache-2.0

// Command empty does nothing: what it costs is what every Go program costs at the least.
package main

func main() {}
