# SPDX-License-Identifier: Apache-2.0
#
# gitlab.sh is what plan.sh and refresh.sh know of GitLab's API.

jq=$(command -v jq || command -v gojq) || complain "jq or gojq is not installed"
command -v curl > /dev/null || complain "curl is not installed"

# gitlab FILE ARGUMENTS... asks GitLab by curl, and keeps the answer in a file. The token goes by stdin: arguments can be read by
# every process of the machine.
gitlab() {
  answer=$1
  shift
  code=$(printf 'header = "PRIVATE-TOKEN: %s"\n' "$VSPREAD_TOKEN" |
    curl --silent --show-error --fail --config - --output "$answer" --write-out '%{http_code}' "$@") || return 1
  case $code in
  2*) ;;
  *)
    # A redirect is not followed, for the token would go along.
    echo "error: GitLab answers $code; CI_API_V4_URL ($CI_API_V4_URL) must lead to its API by itself" >&2
    return 1
    ;;
  esac
}
