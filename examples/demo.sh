#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# The story on one machine: a cluster spread over three disks; then a fourth host joins, then one is lost.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
out=$1
rm -rf "$out"
mkdir -p "$out"
cp -r "$here/homelab" "$out/git"

step() { printf '\n== %s\n\n' "$1"; }
render() { vspread render "$out/git" -o "$out/rendered"; }
difference() {
  step "what a reviewer sees"
  # git's exit status 1 means that there is a difference.
  git --no-pager diff --no-index --stat --no-color "$out/before" "$out/rendered" || true
  git --no-pager diff --no-index --no-color -U0 "$out/before" "$out/rendered" | grep -E '^[-+] +replicas' || true
  rm -rf "$out/before"
}
remember() { cp -r "$out/rendered" "$out/before"; }

step "cluster apple: five workers on the local disks of three hosts"
render
step "the objects"
grep -hE '^(kind|  name):' "$out"/rendered/*/*.yaml | paste -d' ' - - | sed 's/kind: //; s/  *name: /\t/' | expand -t 26

remember
step "esxi04 joins with datastore03"
sed -i.bak \
  -e 's/^\( *\)- {name: esxi03.*/&\n\1- {name: esxi04.lab.local, id: host-24, cluster: \/Datacenter\/host\/Cluster, cpus: 4, memoryMiB: 32768}/' \
  -e 's/^\( *\)- {name: datastore02.*/&\n\1- {name: datastore03, path: \/Datacenter\/datastore\/datastore03, id: datastore-35, ordinal: 5, type: VMFS, capacityGiB: 466, hosts: [esxi04.lab.local]}/' \
  -e 's/\(name: iscsi-ds-0.*esxi03.lab.local\)/\1, esxi04.lab.local/' \
  "$out/git/inventory.yaml"
render
difference

remember
step "esxi02 is lost: its pool drains, the others take over"
sed -i.bak -e 's/\(name: esxi02.lab.local,\)/\1 state: gone,/' "$out/git/inventory.yaml"
render
difference
