#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# plan.sh checks manifests, and says in a pull or merge request what it does to machines: one comment for each path,
# which it writes anew. action.yml runs it on GitHub, ci/gitlab.yaml on GitLab, in a clone with its history.
#
#   VSPREAD_PATH      where the manifests are, several separated by spaces; default .
#   VSPREAD_RENDERED  the directory with what comes out, which must be up to date; nothing: there is none, or it is kept among the
#                     manifests, as kpt does it, where it must be up to date, too
#   VSPREAD_STORAGE   the directory with what the workload cluster gets itself; VSPREAD_RENDERED then has the rest
#   VSPREAD_BUILD     directories that kustomize builds, several separated by spaces, for layers: the plan is of what comes out, and
#                     VSPREAD_PATH is where the inventories are. build.sh has built them before, in a step or job without a token
#   VSPREAD_BUILT     the directory that build.sh wrote into
#   VSPREAD_FAIL_ON   kinds of changes that fail the job, such as replace,remove
#   VSPREAD_COMMENT   false: no comment
#   VSPREAD_AUTHOR    GitHub: who the comments are by; default github-actions[bot]
#   GH_TOKEN          GitHub: what `gh` writes with
#   VSPREAD_TOKEN     GitLab: an access token of the project with the scope api
set -euf # f, because $path is split and not expanded
. "$(dirname "$0")/base.sh"
path=${VSPREAD_PATH:-.} rendered=${VSPREAD_RENDERED:-} storage=${VSPREAD_STORAGE:-} build=${VSPREAD_BUILD:-}
built=${VSPREAD_BUILT:-${RUNNER_TEMP:-.}/vspread-built}
fail_on=$(printf %s "${VSPREAD_FAIL_ON:-}" | tr -d '[:space:]')
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

if [ -n "$storage" ] && [ -z "$rendered" ]; then complain "VSPREAD_STORAGE (storage) needs VSPREAD_RENDERED (rendered)"; fi
if [ -n "$build" ]; then
  if [ -n "$rendered" ]; then complain "VSPREAD_BUILD (build) is for a deployer that runs kustomize; VSPREAD_RENDERED (rendered) must be empty"; fi
  # Code of the request wrote there. What it leads to elsewhere is not read.
  if [ -L "$built" ]; then complain "$built is a symbolic link"; fi
  for f in before.yaml after.yaml failed; do
    if [ -L "$built/$f" ] || { [ -e "$built/$f" ] && [ ! -f "$built/$f" ]; }; then complain "$built/$f is no regular file"; fi
    if [ -f "$built/$f" ]; then cp "$built/$f" "$work/$f"; fi
  done
  if [ ! -e "$work/after.yaml" ] && [ ! -e "$work/failed" ]; then complain "there is nothing in $built; build.sh has to run before, in a step or job without a token"; fi
fi
if [ "$forge" = gitlab ]; then
  # In a fork's pipeline, CI_PROJECT_ID is the fork.
  notes=$CI_API_V4_URL/projects/${CI_MERGE_REQUEST_PROJECT_ID:-$CI_PROJECT_ID}/merge_requests/$number/notes
  . "$(dirname "$0")/gitlab.sh"
fi

# Only comments that begin with our two lines and are our own: somebody else could write one like them.
find_github() {
  gh api --paginate "repos/$GITHUB_REPOSITORY/issues/$number/comments" \
    --jq '.[] | select(.user.login == env.VSPREAD_AUTHOR and (.body | gsub("\r"; "") | startswith(env.begins))) | .id'
}
find_gitlab() {
  # In steps, for a failure in a pipe is not seen.
  if [ -z "${VSPREAD_TOKEN:-}" ]; then
    echo "warning: VSPREAD_TOKEN is not set" >&2
    return 1
  fi
  gitlab "$work/user" "$CI_API_V4_URL/user" || return 1
  VSPREAD_AUTHOR=$($jq -re .username "$work/user") || return 1
  export VSPREAD_AUTHOR
  page=0 found=100
  while [ "$found" -eq 100 ]; do
    page=$((page + 1))
    gitlab "$work/notes" "$notes?per_page=100&page=$page&sort=asc&order_by=created_at" || return 1
    $jq -r '.[] | select(.author.username == env.VSPREAD_AUTHOR and (.body | gsub("\r"; "") | startswith(env.begins))) | .id' "$work/notes"
    found=$($jq length "$work/notes") || return 1
  done
}
# write makes a comment, or replaces ours.
write() { # FILE
  case $forge$id in
  github) gh api --silent --method POST "repos/$GITHUB_REPOSITORY/issues/$number/comments" -F "body=@$1" ;;
  github*) gh api --silent --method PATCH "repos/$GITHUB_REPOSITORY/issues/comments/$id" -F "body=@$1" ;;
  gitlab) gitlab /dev/null --request POST "$notes" --data-urlencode "body@$1" ;;
  gitlab*) gitlab /dev/null --request PUT "$notes/$id" --data-urlencode "body@$1" ;;
  esac
}
# comment gives 1 when there is no comment, 2 when ours only says that the plan is elsewhere, and 3 when that of an earlier push may
# still be there.
comment() { # CHANGED
  begins=$(head -n 2 "$work/comment")
  export begins VSPREAD_AUTHOR="${VSPREAD_AUTHOR:-github-actions[bot]}"
  if ! id=$("find_$forge" 2> "$work/said"); then
    printable < "$work/said" >&2
    # Who may not even look has never written one.
    if grep -q -e 'HTTP 40[134]' -e 'error: 40[134]' -e '^error: GitLab answers 3' -e '^warning: VSPREAD_TOKEN' "$work/said"; then return 1; fi
    return 3
  fi
  id=$(echo "$id" | head -n 1)
  # The first word about nothing would be noise; the last one is not.
  if [ -z "$id" ] && [ "$1" = 0 ]; then return 0; fi
  if write "$work/comment"; then return 0; fi
  if [ -z "$id" ]; then return 1; fi
  { printf '%s\n' "$begins"; echo '**The plan of the last push could not be written here. It is in the log of the job.**'; } > "$work/note"
  if write "$work/note"; then return 2; fi
  return 3
}

# plan compares, in the words of `vspread plan`: 0 no changes, 1 changes, 2 anything wrong.
plan() { # FLAGS...
  if [ -z "$build" ]; then
    vspread plan --from "$base" --to HEAD "$@" $path
    return
  fi
  if [ -e "$work/failed" ]; then
    printable < "$work/failed" >&2
    return 2
  fi
  (cd "$work" && vspread plan --from before.yaml --to after.yaml "$@")
}

if [ "$forge" != none ]; then
  # 0 no changes, 1 changes, 2 anything wrong.
  changed=0 stale=0
  plan --exit-code -o markdown > "$work/plan" 2> "$work/complaint" || changed=$?
  cat "$work/complaint" >&2
  if [ ! -s "$work/plan" ]; then
    {
      echo '<!-- vspread plan -->'
      echo '**There is no plan, because the manifests have errors:**'
      echo
      # A comment holds 65,536 characters.
      awk '{$0 = substr($0, 1, 4000); n += length($0) + 5} n > 60000 {print "\n… and more, which is in the log."; exit} {print "    " $0}' "$work/complaint"
    } > "$work/plan"
  fi
  # A second line tells paths apart.
  key=$(printf %s "${build:-$path}" | sed 's/[^A-Za-z0-9._/-]/_/g')
  { head -n 1 "$work/plan"; echo "<!-- $key -->"; tail -n +2 "$work/plan"; } > "$work/comment"
  cat "$work/comment"
  if [ -n "${GITHUB_STEP_SUMMARY:-}" ]; then cat "$work/comment" >> "$GITHUB_STEP_SUMMARY"; fi
  if [ "${VSPREAD_COMMENT:-true}" = true ]; then
    # A pull request from a fork has no right to comment, and is no worse for it. The plan of an earlier push must not stay.
    wrote=0
    comment "$changed" || wrote=$?
    case $wrote in
    0) ;;
    1) echo "warning: the comment could not be written; the plan is in the log" >&2 ;;
    2) echo "warning: the comment could not be written, and says so now; the plan is in the log" >&2 ;;
    *)
      echo "error: the comment could not be written, and the one of an earlier push may still be there; the plan is in the log" >&2
      stale=1
      ;;
    esac
  fi
  if [ "$changed" -gt 1 ]; then
    status=1
  elif [ -n "$fail_on" ]; then
    plan --fail-on "$fail_on" > /dev/null 2> "$work/complaint" || status=$?
    case $status in
    0) ;;
    1) echo "error: there are changes of these kinds: $fail_on" >&2 ;;
    *) cat "$work/complaint" >&2 ;;
    esac
  fi
  if [ "$status" = 0 ]; then status=$stale; fi
fi
if [ "$status" != 0 ]; then exit "$status"; fi
if [ -n "$build" ]; then
  if [ -e "$work/failed" ]; then
    printable < "$work/failed" >&2
    exit 1
  fi
  exit
fi

# A path that the pull request removes has been planned, and there is nothing to render from it. What was rendered may lie in it.
manifests() {
  if [ -d "$1" ]; then set -- "$1/."; fi # whose name is no hidden one
  for d in "$rendered" "$storage"; do
    if [ -e "$d" ]; then set -- "$@" -samefile "$d" -prune -o; fi
  done
  find "$@" -name '.?*' -prune -o -type f \( -iname '*.yaml' -o -iname '*.yml' -o -iname '*.json' \) -print
}
there=$path
if [ "$forge" != none ]; then
  there=
  for p in $path; do if [ -e "$p" ] && [ -n "$(manifests "$p")" ]; then there="$there $p"; fi; done
fi
if [ -z "$rendered" ]; then
  # Nothing is left, or what comes out is kept in the same directory, as kpt does it, or nowhere.
  if [ -n "$there" ]; then
    vspread validate --current $there 2> "$work/complaint" || status=$?
    if [ "$status" != 0 ] || [ "$forge" = none ]; then cat "$work/complaint" >&2; fi
  fi
  exit "$status"
fi
check() { # DIRECTORY FLAGS...
  directory=$1
  shift
  # What lies behind a link is in no commit.
  d=${directory%/}
  while [ "$d" != . ] && [ "$d" != / ]; do
    if [ -L "$d" ]; then complain "$d is a symbolic link, and what is rendered must be in the repository itself"; fi
    d=$(dirname "$d")
  done
  if [ -n "$there" ]; then
    vspread render $there "$@" -o "$directory" > /dev/null 2> "$work/complaint" || { status=$?; cat "$work/complaint" >&2; exit "$status"; }
    cat "$work/complaint" >&2
  elif [ -e "$directory" ]; then
    echo "error: the manifests in $path are gone and $directory is still there, and with it the machines; delete it" >&2
    status=1
  fi
  git status --porcelain --ignored -- "$directory" > "$work/differs"
  if [ -s "$work/differs" ]; then
    git --no-pager diff --stat -- "$directory" | printable >&2
    echo "error: $directory is not what comes out; run \`vspread render $path${*:+ $*} -o $directory\` and commit it" >&2
    if grep -q '^!!' "$work/differs"; then echo "error: git ignores what is in $directory; look into .gitignore" >&2; fi
    status=1
  fi
  if [ -z "$there" ]; then return 0; fi
  if grep -q '\[NotListed]$' "$work/complaint"; then
    echo "error: what $directory has and its kustomization does not list is not applied, whatever the plan says" >&2
    status=1
  fi
  # These stay, whatever the plan says of them.
  if grep -q -e '\[NotInInput]$' -e '\[OwnerAbsent]$' -e '\[SpreadRemoved]$' "$work/complaint"; then
    echo "error: $directory has objects that do not come out, and they stay; delete what is a leftover, and keep what is yours in $path" >&2
    status=1
  fi
}
if [ -n "$storage" ]; then check "$storage" --only storage; fi
check "$rendered" ${storage:+--only management}
exit "$status"
