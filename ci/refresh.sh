#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# refresh.sh reads vCenter into git, on a schedule: when anything differs, it renders, commits to a branch of its own and
# opens a pull or merge request with the plan in it. Nothing else is touched; without a difference nothing happens.
#
#   VSPREAD_INVENTORY  the inventory's file
#   VSPREAD_PATH       where the manifests are, several separated by spaces; default .
#   VSPREAD_RENDERED   the directory to render into; nothing: the deployer renders
#   VSPREAD_STORAGE    the directory for what the workload cluster gets itself; VSPREAD_RENDERED then gets the rest
#   VSPREAD_BRANCH     default vspread/inventory, and for an inventory in a directory its own: vspread/inventory-clusters-apple
#   GOVC_…             how to reach vCenter, as for govc
#   GH_TOKEN           GitHub: what `gh` writes with. The push goes by what actions/checkout left in the clone, so not with
#                      persist-credentials: false
#   VSPREAD_TOKEN      GitLab: an access token of the project with the scopes api and write_repository
set -euf # f, because $path is split and not expanded
path=${VSPREAD_PATH:-.} rendered=${VSPREAD_RENDERED:-} storage=${VSPREAD_STORAGE:-}
# One for each inventory, or they would replace one another's.
branch=$(dirname "$VSPREAD_INVENTORY" | sed 's|^\./||; s/[^A-Za-z0-9]/-/g; s/^-*//; s/^./-&/')
branch=${VSPREAD_BRANCH:-vspread/inventory$branch}
target=${GITHUB_REF_NAME:-${CI_COMMIT_BRANCH:-}}
title="vCenter has changed"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

complain() { echo "error: $1" >&2; exit 3; }
if [ -n "$storage" ] && [ -z "$rendered" ]; then complain "VSPREAD_STORAGE (storage) needs VSPREAD_RENDERED (rendered)"; fi
if [ "$branch" = "$target" ]; then complain "the branch of a refresh is pushed by force, and $branch is where the workflow runs; choose another one"; fi
# What is missing is said before anything is pushed.
if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  command -v gh > /dev/null || complain "gh is not installed; it opens the pull request (https://cli.github.com)"
else
  . "$(dirname "$0")/gitlab.sh"
  if [ -z "${VSPREAD_TOKEN:-}" ]; then complain "VSPREAD_TOKEN is not set; it is an access token of the project with the scopes api and write_repository"; fi
fi

vspread inventory refresh -f "$VSPREAD_INVENTORY" > "$work/sentences"
sed 's/^/  /' "$work/sentences"
if [ -z "$(git status --porcelain -- "$VSPREAD_INVENTORY")" ]; then
  echo "$VSPREAD_INVENTORY is up to date"
  exit 0
fi

# What vCenter says has to be seen, even where the manifests have errors: the request then says so, and the job fails.
status=0
: > "$work/complaint"
rendered_into() { # DIRECTORY FLAGS...
  directory=$1
  shift
  wrong=0
  vspread render $path "$@" -o "$directory" 2> "$work/said" || wrong=1
  cat "$work/said" >&2
  if [ "$wrong" = 1 ]; then
    cp "$work/said" "$work/complaint"
    status=1
  fi
  return "$wrong"
}
set -- "$VSPREAD_INVENTORY"
if [ -n "$storage" ]; then
  if rendered_into "$rendered" --only management; then set -- "$@" "$rendered"; fi
  if rendered_into "$storage" --only storage; then set -- "$@" "$storage"; fi
elif [ -n "$rendered" ]; then
  if rendered_into "$rendered"; then set -- "$@" "$rendered"; fi
fi
git add -- "$@"

# In a large vCenter there may be very many sentences, and a description holds 65,536 characters.
awk '{n += length($0) + 1} n > 4000 {print "…"; exit} {print}' "$work/sentences" > "$work/first"
vspread plan --from HEAD -o markdown $path > "$work/plan" 2> "$work/said" || {
  status=1
  cat "$work/said" >&2
  cp "$work/said" "$work/complaint"
}
# A pull request that a workflow opens starts none, so the plan is in the description. Names of vCenter's are no Markdown.
{
  sed 's/^/    /' "$work/first"
  echo
  if [ "$status" != 0 ]; then
    echo '**The manifests have errors:**'
    echo
    awk '{n += length($0) + 5} n > 20000 {print "\n… and more, which is in the log."; exit} {print "    " $0}' "$work/complaint"
    echo
  fi
  cat "$work/plan"
} > "$work/description"

git switch --quiet --force-create "$branch"
# Names act in a message, "[skip ci]" or "Closes #1", so it only counts. The first word of a sentence is vspread's own.
{
  echo "$title"
  echo
  awk '{what = "something else"}
    $1 ~ /^(datacenter|cluster|host|datastore|network|folder|template)$/ {what = $1}
    $1 " " $2 ~ /^(datastore cluster|resource pool|storage policy)$/ {what = $1 " " $2}
    {n[what]++}
    END {for (what in n) print "* " n[what] (n[what] == 1 ? " change: " : " changes: ") what}' "$work/sentences" | sort
} > "$work/message"
email=${VSPREAD_EMAIL:-vspread@users.noreply.github.com}
git -c user.name="${VSPREAD_NAME:-vspread}" -c user.email="$email" commit --quiet --file "$work/message" -- "$@"

# What is on the branch is replaced when it is ours, and only that.
pushed=no there=
if git fetch --quiet origin "$branch" 2> "$work/said"; then
  there=$(git rev-parse FETCH_HEAD)
  by=$(git log -1 --first-parent --no-merges --format=%ae FETCH_HEAD)
  if [ "$by" != "$email" ]; then
    # What has been merged may go; a shallow clone does not know.
    if [ "$(git rev-parse --is-shallow-repository)" = true ]; then git fetch --quiet --unshallow origin; fi
    git merge-base --is-ancestor "$there" HEAD~1 ||
      complain "$branch has commits of $by, which a refresh would replace; merge it, and delete it when it was merged otherwise than by a merge commit"
  fi
  if git diff --quiet "$there" HEAD; then pushed=yes; fi
fi
push() { git push --quiet --force-with-lease="$branch:$there" "$1" "$branch"; }

if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  open=$(gh pr list --head "$branch" --base "$target" --state open --json number --jq '.[].number')
else
  requests=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests
  gitlab "$work/open" --get "$requests" --data-urlencode "source_branch=$branch" --data "state=opened"
  open=$($jq -r '.[0].iid // empty' "$work/open")
fi
# What was found yesterday and is not merged yet is no news.
if [ "$pushed" = yes ] && [ -n "$open" ]; then
  echo "$branch has it already"
  exit "$status"
fi

if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  push origin
  if [ -n "$open" ]; then
    gh pr edit "$branch" --title "$title" --body-file "$work/description"
  else
    gh pr create --head "$branch" --base "$target" --title "$title" --body-file "$work/description"
  fi
  exit "$status"
fi
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader
GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'vspread:%s' "$VSPREAD_TOKEN" | base64 | tr -d '\n')"
export GIT_CONFIG_VALUE_0
push "$CI_PROJECT_URL.git"
if [ -n "$open" ]; then
  gitlab /dev/null --request PUT "$requests/$open" --data-urlencode "description@$work/description"
else
  gitlab /dev/null --request POST "$requests" --data-urlencode "source_branch=$branch" --data-urlencode "target_branch=$target" \
    --data-urlencode "title=$title" --data-urlencode "description@$work/description"
fi
exit "$status"
