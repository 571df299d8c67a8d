#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The story on one machine, without a vCenter: a simulated one is read into git, the cluster is spread over
# three disks; then a fourth host joins in that vCenter, then one is lost, and each time it is read again.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
rm -rf "$out"
mkdir -p "$out/git"
for f in cluster.yaml control-plane.yaml spread.yaml; do cp "$here/homelab/$f" "$out/git"; done

step() { printf '\n== %s\n\n' "$1"; }
render() { vspread render "$out/git" -o "$out/rendered"; }
remember() { rm -rf "$out/before" && cp -r "$out/git" "$out/before"; }
difference() {
  step "what a reviewer sees: vspread plan"
  vspread plan --from "$out/before" --to "$out/git"
}

refresh() { vspread inventory refresh -f "$out/git/inventory.yaml" --name homelab; }
# change tells the simulated vCenter what happens to a host, and waits until it has.
change() {
  printf '%s\n' "$*" > "$out/commands"
  await "# $2"
}
await() {
  tries=0
  until grep -q "^$1" "$out/vcenter.env"; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { echo "the simulated vCenter does not answer" >&2; exit 1; }
    sleep 0.1
  done
}

mkfifo "$out/commands"
homelab -listen 127.0.0.1:0 -commands "$out/commands" > "$out/vcenter.env" &
vcenter=$!
trap 'kill $vcenter 2>/dev/null || true; rm -f "$out/commands"' EXIT
await 'export GOVC_TLS_CA_CERTS'
. "$out/vcenter.env"

step "vCenter into git: vspread inventory refresh"
refresh
step "a second refresh"
refresh
step "vspread inventory show"
vspread inventory show -f "$out/git/inventory.yaml"

step "cluster apple: five workers on the local disks of three hosts"
render
step "the objects"
grep -hE '^(kind|  name):' "$out"/rendered/*/*.yaml | paste -d' ' - - | sed 's/kind: //; s/  *name: /\t/' | expand -t 26

remember
step "esxi04 joins with datastore03: vspread inventory refresh"
change join esxi04.lab.local
refresh
step "vspread render"
render
difference

remember
step "esxi02 is lost: vspread inventory refresh"
change lose esxi02.lab.local
refresh
step "vspread render: its pool drains, the others take over"
render
difference
