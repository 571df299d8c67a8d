#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# refresh.sh reads vCenter into git, on a schedule: when anything differs, it renders, commits to a branch of its own and
# opens a pull or merge request with the plan in it. Nothing else is touched; without a difference nothing happens.
#
#   VSPREAD_INVENTORY  the inventory's file
#   VSPREAD_PATH       where the manifests are, several separated by spaces; default .
#   VSPREAD_RENDERED   the directory to render into; nothing: the deployer renders
#   VSPREAD_BRANCH     default vspread/inventory, and for an inventory in a directory its own: vspread/inventory-clusters-apple
#   GOVC_…             how to reach vCenter, as for govc
#   GH_TOKEN           GitHub: what pushes, and what `gh` writes with
#   VSPREAD_TOKEN      GitLab: an access token of the project with the scopes api and write_repository
set -euf # f, because $path is split and not expanded
path=${VSPREAD_PATH:-.}
# One for each inventory, or they would replace one another's.
branch=$(dirname "$VSPREAD_INVENTORY" | sed 's|^\./||; s/[^A-Za-z0-9]/-/g; s/^-*//; s/^./-&/')
branch=${VSPREAD_BRANCH:-vspread/inventory$branch}
target=${GITHUB_REF_NAME:-${CI_COMMIT_BRANCH:-}}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

vspread inventory refresh -f "$VSPREAD_INVENTORY" > "$work/sentences"
cat "$work/sentences"
if [ -z "$(git status --porcelain -- "$VSPREAD_INVENTORY")" ]; then
  echo "$VSPREAD_INVENTORY is up to date"
  exit 0
fi
if [ -n "${VSPREAD_RENDERED:-}" ]; then
  vspread render $path -o "$VSPREAD_RENDERED"
  git add -- "$VSPREAD_RENDERED"
fi
git add -- "$VSPREAD_INVENTORY"
# A pull request that a workflow opens starts none, so the plan is in the description.
{ head -n 40 "$work/sentences"; echo; vspread plan --from HEAD -o markdown $path; } > "$work/description"

title="vCenter has changed"
git switch --quiet --force-create "$branch"
git -c user.name="${VSPREAD_NAME:-vspread}" -c user.email="${VSPREAD_EMAIL:-vspread@users.noreply.github.com}" \
  commit --quiet --message "$title" --message "$(cat "$work/sentences")"

# What was found yesterday and is not merged yet is no news.
if git fetch --quiet origin "$branch" 2> "$work/fetch" && git diff --quiet FETCH_HEAD HEAD; then
  echo "$branch has it already"
  exit 0
fi

if [ -n "${GITHUB_REPOSITORY:-}" ]; then
  git push --quiet --force origin "$branch"
  if [ -n "$(gh pr list --head "$branch" --base "$target" --state open --json number --jq '.[].number')" ]; then
    gh pr edit "$branch" --title "$title" --body-file "$work/description"
  else
    gh pr create --head "$branch" --base "$target" --title "$title" --body-file "$work/description"
  fi
  exit 0
fi

# The token goes by environment and stdin: arguments can be read by every process of the machine.
GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader \
  GIT_CONFIG_VALUE_0="Authorization: Basic $(printf 'vspread:%s' "$VSPREAD_TOKEN" | base64 | tr -d '\n')" \
  git push --quiet --force "$CI_PROJECT_URL.git" "$branch"
gitlab() { printf 'header = "PRIVATE-TOKEN: %s"\n' "$VSPREAD_TOKEN" | curl --silent --show-error --fail --config - "$@"; }
requests=$CI_API_V4_URL/projects/$CI_PROJECT_ID/merge_requests
jq=$(command -v jq || command -v gojq) || { echo "error: jq or gojq is not installed" >&2; exit 3; }
gitlab --get "$requests" --data-urlencode "source_branch=$branch" --data "state=opened" > "$work/open"
number=$($jq -r '.[0].iid // empty' "$work/open")
if [ -n "$number" ]; then
  gitlab --output /dev/null --request PUT "$requests/$number" --data-urlencode "description@$work/description"
else
  gitlab --output /dev/null --request POST "$requests" --data-urlencode "source_branch=$branch" --data-urlencode "target_branch=$target" \
    --data-urlencode "title=$title" --data-urlencode "description@$work/description"
fi
