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
# What is missing is said before anything is pushed.
if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  command -v gh > /dev/null || complain "gh is not installed; it opens the pull request (https://cli.github.com)"
else
  command -v curl > /dev/null || complain "curl is not installed"
  jq=$(command -v jq || command -v gojq) || complain "jq or gojq is not installed"
fi

vspread inventory refresh -f "$VSPREAD_INVENTORY" > "$work/sentences"
cat "$work/sentences"
if [ -z "$(git status --porcelain -- "$VSPREAD_INVENTORY")" ]; then
  echo "$VSPREAD_INVENTORY is up to date"
  exit 0
fi
set -- "$VSPREAD_INVENTORY"
if [ -n "$storage" ]; then
  vspread render $path --only management -o "$rendered"
  vspread render $path --only storage -o "$storage"
  set -- "$@" "$rendered" "$storage"
elif [ -n "$rendered" ]; then
  vspread render $path -o "$rendered"
  set -- "$@" "$rendered"
fi
git add -- "$@"
# In a large vCenter there may be very many, and a description holds 65,536 characters.
awk '{n += length($0) + 1} n > 4000 {print "…"; exit} {print}' "$work/sentences" > "$work/first"
# A pull request that a workflow opens starts none, so the plan is in the description.
{ cat "$work/first"; echo; vspread plan --from HEAD -o markdown $path; } > "$work/description"

git switch --quiet --force-create "$branch"
{ echo "$title"; echo; cat "$work/first"; } > "$work/message"
git -c user.name="${VSPREAD_NAME:-vspread}" -c user.email="${VSPREAD_EMAIL:-vspread@users.noreply.github.com}" \
  commit --quiet --file "$work/message" -- "$@"
pushed=no
if git fetch --quiet origin "$branch" 2> "$work/fetch" && git diff --quiet FETCH_HEAD HEAD; then pushed=yes; fi

# The token goes by environment and stdin: arguments can be read by every process of the machine.
gitlab() { printf 'header = "PRIVATE-TOKEN: %s"\n' "$VSPREAD_TOKEN" | curl --silent --show-error --fail --config - "$@"; }
if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  open=$(gh pr list --head "$branch" --base "$target" --state open --json number --jq '.[].number')
else
  requests=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests
  gitlab --get "$requests" --data-urlencode "source_branch=$branch" --data "state=opened" > "$work/open"
  open=$($jq -r '.[0].iid // empty' "$work/open")
fi
# What was found yesterday and is not merged yet is no news.
if [ "$pushed" = yes ] && [ -n "$open" ]; then
  echo "$branch has it already"
  exit 0
fi

if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  git push --quiet --force origin "$branch"
  if [ -n "$open" ]; then
    gh pr edit "$branch" --title "$title" --body-file "$work/description"
  else
    gh pr create --head "$branch" --base "$target" --title "$title" --body-file "$work/description"
  fi
  exit 0
fi
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader \
  GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'vspread:%s' "$VSPREAD_TOKEN" | base64 | tr -d '\n')" \
  git push --quiet --force "$CI_PROJECT_URL.git" "$branch"
if [ -n "$open" ]; then
  gitlab --output /dev/null --request PUT "$requests/$open" --data-urlencode "description@$work/description"
else
  gitlab --output /dev/null --request POST "$requests" --data-urlencode "source_branch=$branch" --data-urlencode "target_branch=$target" \
    --data-urlencode "title=$title" --data-urlencode "description@$work/description"
fi
