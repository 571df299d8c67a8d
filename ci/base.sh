# SPDX-License-Identifier: Apache-2.0
#
# base.sh finds out which pull or merge request this is: forge (none in a push), number, and base, the commit where it left the branch
# that it is for. build.sh and plan.sh begin with it.

complain() { echo "error: $1" >&2; exit 3; }

# printable is a filter for what other programs wrote: no control characters, and no commands to the runner that keeps the log. What
# vspread writes is printable already.
printable() {
  tr -d '\000-\010\013-\037\177' | LC_ALL=C sed "$(printf 's/\302[\200-\237]//g; s/\342\200[\213-\217\250-\256]//g; s/\342\201[\240-\257]//g')
    s/##\[/## [/g; s/##vso\[/##vso [/g; s/^\([^[:alnum:]:]*\)::/\1: :/"
}

forge=none number='' base=''
case ${GITHUB_REF:-} in
refs/pull/*)
  forge=github number=${GITHUB_REF#refs/pull/} number=${number%%/*}
  base=$(git merge-base "origin/$GITHUB_BASE_REF" HEAD) ||
    complain "the clone has no common commit with $GITHUB_BASE_REF; actions/checkout needs fetch-depth: 0"
  ;;
esac
if [ -n "${CI_MERGE_REQUEST_IID:-}" ]; then
  forge=gitlab number=$CI_MERGE_REQUEST_IID base=$CI_MERGE_REQUEST_DIFF_BASE_SHA
  if [ -n "${CI_MERGE_REQUEST_TARGET_BRANCH_SHA:-}" ]; then
    # HEAD is the merge already; the rest of what it brings is not of this merge request.
    base=$(git merge-base "$CI_MERGE_REQUEST_TARGET_BRANCH_SHA" HEAD) ||
      complain "the clone has no common commit with the target branch; the job needs GIT_DEPTH: 0"
  fi
fi
