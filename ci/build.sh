#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# build.sh builds both sides of a pull or merge request by kustomize, for plan.sh. kustomize runs what the kustomizations name, so what runs
# here is code of the request: it has a step, or better a job, of its own, in which there is no token.
#
#   VSPREAD_BUILD  directories that kustomize builds, several separated by spaces
#   VSPREAD_PATH   where the inventories are, several separated by spaces; default .
#   VSPREAD_BUILT  the directory to write into: before.yaml, after.yaml, or failed with what kustomize said
#
# kustomize, what it runs, and their parent have the variables below and no others.
set -euf # f, because $path is split and not expanded

if [ "${1:-}" != --clean ]; then
  . "$(dirname "$0")/base.sh"
  for name in GH_TOKEN GITHUB_TOKEN VSPREAD_TOKEN GOVC_PASSWORD; do
    eval "value=\${$name:-}"
    if [ -n "$value" ]; then complain "$name is set, and the code of a request could read it; build in a step or job without it (docs/pipelines.md)"; fi
  done
  if [ -n "$(git config --get-regexp '^http\..*\.extraheader$' || true)" ]; then
    complain "the checkout left a token in the clone, and the code of a request could read it; actions/checkout needs persist-credentials: false"
  fi
  command -v kustomize > /dev/null || complain "kustomize is not installed"
  set --
  for name in PATH HOME TMPDIR LANG LC_ALL TZ USER XDG_CONFIG_HOME XDG_CACHE_HOME KUSTOMIZE_PLUGIN_HOME \
    HTTP_PROXY HTTPS_PROXY NO_PROXY http_proxy https_proxy no_proxy SSL_CERT_FILE SSL_CERT_DIR; do
    eval "value=\${$name:-}"
    if [ -n "$value" ]; then set -- "$@" "$name=$value"; fi
  done
  # A new program in this process, so that /proc has no other environment of it either.
  exec env -i "$@" "VSPREAD_BUILD=$VSPREAD_BUILD" "VSPREAD_PATH=${VSPREAD_PATH:-.}" "VSPREAD_BUILT=${VSPREAD_BUILT:-${RUNNER_TEMP:-.}/vspread-built}" \
    sh "$0" --clean "$forge" "$base"
fi
forge=$2 base=$3 build=$VSPREAD_BUILD path=$VSPREAD_PATH built=$VSPREAD_BUILT
unset VSPREAD_BUILD VSPREAD_PATH VSPREAD_BUILT
. "$(dirname "$0")/base.sh"
forge=$2 base=$3
work=$(mktemp -d)
trap 'rm -rf "$work"; git worktree prune' EXIT

# side writes what kustomize makes of the layers below a directory, and the inventories, by which the plan knows the hosts.
side() { # ROOT FILE
  : > "$2"
  for d in $build; do
    if [ -e "$1/$d" ]; then
      (cd "$1" && kustomize build --enable-alpha-plugins --enable-exec "$d") >> "$2" || return 1
      echo --- >> "$2"
    fi
  done
  for p in $path; do
    if [ ! -e "$1/$p" ]; then continue; fi
    find "$1/$p/." -name '.?*' -prune -o -type f -iname '*.y*ml' -exec grep -lF 'vspread.dev/inventory:' {} + | sort > "$work/inventories"
    while read -r f; do
      # Other objects in the file are in what was built.
      if [ "$(grep -c '^kind:' "$f")" = 1 ]; then { cat "$f"; echo; echo ---; } >> "$2"; fi
    done < "$work/inventories"
  done
}
both() {
  if [ "$forge" != none ]; then
    git worktree add --quiet --detach "$work/base" "$base" || return 1
    side "$work/base" "$work/before.yaml" || return 1
  fi
  side . "$work/after.yaml" || return 1
}

failed=no
both 2> "$work/said" || failed=yes
head -c 200000 "$work/said" | printable > "$work/failed"
cat "$work/failed" >&2
rm -f "$built/before.yaml" "$built/after.yaml" "$built/failed"
mkdir -p "$built"
if [ "$failed" = yes ]; then
  # plan.sh says it in the request, and fails.
  echo "error: kustomize could not build $build" | printable | tee -a "$work/failed" >&2
  cp "$work/failed" "$built/failed"
  exit 0
fi
if [ "$forge" != none ]; then cp "$work/before.yaml" "$built/before.yaml"; fi
cp "$work/after.yaml" "$built/after.yaml"
