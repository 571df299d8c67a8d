// SPDX-License-Identifier: Apache-2.0

// This file is empty on purpose: beside it, Go takes declarations of functions without a body, which are linked
// to functions of Cluster API (rollout_test.go).
