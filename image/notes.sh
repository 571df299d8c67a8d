#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# notes.sh VERSION gives what CHANGELOG.md says of a release. It fails where that is nothing, and where the release has not
# been frozen: the next one's upgrade could not be tested against it.
set -eu
notes=$(awk -v "heading=## $1" '$0 == heading {on = 1; next} /^## / {on = 0} on' CHANGELOG.md)
if [ -z "$notes" ]; then echo "error: CHANGELOG.md says nothing under \"## $1\"" >&2; exit 1; fi
if ! [ -d "internal/cli/testdata/releases/$1" ]; then echo "error: $1 is not frozen; run \`make freeze VERSION=$1\`" >&2; exit 1; fi
echo "$notes"
