#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# dist.sh DIR makes what a release has: for each platform an archive with the program, a list of its modules in
# CycloneDX's form, and the sums of all. The same source, VERSION and SOURCE_DATE_EPOCH give the same archives.
set -eu
dir=$1
platforms=${PLATFORMS:-linux/amd64 linux/arm64 darwin/amd64 darwin/arm64 windows/amd64}
when=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct)}
rm -rf "$dir"
mkdir -p "$dir"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for platform in $platforms; do
  os=${platform%/*} arch=${platform#*/}
  name=vspread_${VERSION}_${os}_$arch program=vspread
  [ "$os" != windows ] || program=vspread.exe
  mkdir "$work/$name"
  cp LICENSE "$work/$name/LICENSE"
  GOOS=$os GOARCH=$arch image/build.sh "$work/$name/$program"
  tar --sort=name --mtime="@$when" --owner=0 --group=0 --numeric-owner --mode=u+rwX,go+rX,go-w -C "$work/$name" -cf - . | gzip -n > "$dir/$name.tar.gz"
  go run ./image/sbom "$work/$name/$program" "$VERSION" > "$dir/$name.cdx.json"
done
(cd "$dir" && sha256sum -- * > checksums.txt)
