#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The story on one machine, without a vCenter: a simulated one is read into git, the cluster is spread over
# three disks; then a fourth host joins, then one is lost.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
rm -rf "$out"
mkdir -p "$out/git"
for f in cluster.yaml control-plane.yaml spread.yaml; do cp "$here/homelab/$f" "$out/git"; done

step() { printf '\n== %s\n\n' "$1"; }
render() { vspread render "$out/git" -o "$out/rendered"; }
remember() { cp -r "$out/rendered" "$out/before"; }
difference() {
  step "what a reviewer sees"
  # git's exit status 1 means that there is a difference.
  git --no-pager diff --no-index --stat --no-color "$out/before" "$out/rendered" || true
  git --no-pager diff --no-index --no-color -U0 "$out/before" "$out/rendered" | grep -E '^[-+] +replicas' || true
  rm -rf "$out/before"
}

step "vCenter into git: vspread inventory refresh"
homelab -listen 127.0.0.1:0 > "$out/vcenter.env" &
vcenter=$!
trap 'kill $vcenter 2>/dev/null || true' EXIT
tries=0
until [ "$(wc -l < "$out/vcenter.env")" -ge 4 ]; do
  tries=$((tries + 1))
  [ $tries -lt 100 ] || { echo "the simulated vCenter does not start" >&2; exit 1; }
  sleep 0.1
done
. "$out/vcenter.env"
vspread inventory refresh -f "$out/git/inventory.yaml" --name homelab
step "a second refresh"
vspread inventory refresh -f "$out/git/inventory.yaml"
kill $vcenter
step "vspread inventory show"
vspread inventory show -f "$out/git/inventory.yaml"

step "cluster apple: five workers on the local disks of three hosts"
render
step "the objects"
grep -hE '^(kind|  name):' "$out"/rendered/*/*.yaml | paste -d' ' - - | sed 's/kind: //; s/  *name: /\t/' | expand -t 26

remember
step "esxi04 joins with datastore03"
sed -i.bak \
  -e 's/^\( *\)- {name: esxi03.*/&\n\1- {name: esxi04.lab.local, id: host-24, cluster: \/Datacenter\/host\/Cluster, cpus: 4, memoryMiB: 32768}/' \
  -e 's/^\( *\)- {name: datastore02.*/&\n\1- {name: datastore03, path: \/Datacenter\/datastore\/datastore03, id: datastore-36, ordinal: 6, type: VMFS, capacityGiB: 466, hosts: [esxi04.lab.local]}/' \
  -e '/name: iscsi-ds-0\|name: VM Network/s/\(hosts: \[.*esxi03.lab.local\)/\1, esxi04.lab.local/' \
  "$out/git/inventory.yaml"
render
difference

remember
step "esxi02 is lost: its pool drains, the others take over"
sed -i.bak -e '/name: esxi02.lab.local/s/state: connected/state: gone/' "$out/git/inventory.yaml"
render
difference
