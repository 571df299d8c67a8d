#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# rootfs.sh DIR [cmp] makes the root file system of an image, for the Dockerfile and for `make rootfs`. The same source,
# VERSION, GOOS and GOARCH give the same bytes, wherever it is built. With cmp it is that of the sidecar for
# Argo CD, which has kustomize too.
set -eu
dir=$1 kind=${2:-function}
kustomize=v5.8.2
export CGO_ENABLED=0

mkdir -p "$dir/etc" "$dir/usr/local/bin" "$dir/usr/share/doc/vspread"
# kustomize and kpt run an image as `nobody` by name, Argo CD its sidecars as 999.
printf 'root:x:0:0:root:/:/sbin/nologin\nargocd:x:999:999:argocd:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' > "$dir/etc/passwd"
printf 'root:x:0:\nargocd:x:999:\nnobody:x:65534:\n' > "$dir/etc/group"
cp LICENSE "$dir/usr/share/doc/vspread/LICENSE"
image/build.sh "$dir/usr/local/bin/vspread"

if [ "$kind" = cmp ]; then
  # An install for another platform goes below GOPATH only.
  path=$(mktemp -d)
  trap 'rm -rf "$path"' EXIT
  GOMODCACHE=$(go env GOMODCACHE) GOPATH=$path GOFLAGS=-trimpath go install -ldflags "-s -w -buildid=" \
    "sigs.k8s.io/kustomize/kustomize/v5@$kustomize"
  find "$path/bin" -name kustomize -type f -exec cp {} "$dir/usr/local/bin/kustomize" \;
  plugin=$dir/usr/local/share/kustomize/vspread.dev/v1alpha1/clusterspread
  mkdir -p "$plugin" "$dir/tmp" "$dir/var/run/argocd" "$dir/home/argocd/cmp-server/plugins" \
    "$dir/home/argocd/cmp-server/config" "$dir/home/argocd/cmp-server/kustomize"
  ln -s /usr/local/bin/vspread "$plugin/ClusterSpread"
  cp examples/argocd/plugin/render/plugin.yaml "$dir/home/argocd/cmp-server/config/plugin.yaml"
  cp examples/argocd/plugin/kustomize/plugin.yaml "$dir/home/argocd/cmp-server/kustomize/plugin.yaml"
fi

# What depends on the builder's umask.
find "$dir" -type d -exec chmod 755 {} +
find "$dir" -type f -exec chmod 644 {} +
chmod 755 "$dir"/usr/local/bin/*
[ "$kind" != cmp ] || chmod 1777 "$dir/tmp"
