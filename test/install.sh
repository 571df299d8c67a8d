#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# Installs a version of this repository's last commit as a user would, `go install github.com/vspread/vspread@VERSION`, without
# the network: from a module proxy that is a directory, with the dependencies of the machine's module cache. Nothing
# of it stays there. Their checksums were compared when the cache got them, so the database of checksums is not asked.
set -eu
version=${1:-v0.0.1}
module=github.com/vspread/vspread
cd "$(dirname "$0")/.."
here=$(mktemp -d)
trap 'GOMODCACHE=$here/mod go clean -modcache; rm -rf "$here"' EXIT
proxy=$here/proxy/$module/@v
mkdir -p "$proxy" "$here/bin" "$here/home"

# The modules below test are not in this one's archive.
git archive --format=zip --prefix="$module@$version/" -o "$proxy/$version.zip" HEAD -- . ':!test'
git show HEAD:go.mod > "$proxy/$version.mod"
printf '{"Version":"%s"}\n' "$version" > "$proxy/$version.info"
echo "$version" > "$proxy/list"

cached=$(go env GOMODCACHE)/cache/download
cd "$here/home"
GOMODCACHE=$here/mod GOBIN=$here/bin GOFLAGS=-trimpath CGO_ENABLED=0 GOSUMDB=off \
  GOPROXY="file://$here/proxy,file://$cached,off" go install "$module@$version"
"$here/bin/vspread" version
"$here/bin/vspread" version | grep -q "^vspread $version " || { echo "the version is not $version" >&2; exit 1; }

# What `make build` stamps goes before that.
cd "$OLDPWD"
make --silent build BIN="$here/bin" VERSION="$version-built"
"$here/bin/vspread" version | grep -q "^vspread $version-built " || { echo "the version is not stamped" >&2; exit 1; }
