#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# build.sh FILE builds the program as it is released, for GOOS and GOARCH: static, and the same bytes wherever it is built.
set -eu
CGO_ENABLED=0 exec go build -trimpath -buildvcs=false \
  -ldflags "-s -w -buildid= -X github.com/vspread/vspread/internal/cli.version=${VERSION:-}" -o "$1" .
