#!/bin/sh
# The recipe for pre-commit in docs/verify-in-ci.md, as it stands there but for where this project lives: a commit
# with a damaged session in it is refused, one without goes through. Status 77 where pre-commit is not installed.
#
# usage: pre_commit.sh BIN_DIR
set -eu

bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
for program in git pre-commit; do
  command -v $program >/dev/null || {
    echo "skipped: $program is not installed"
    exit 77
  }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PATH="$bin:$PATH" HOME="$work" PRE_COMMIT_HOME="$work/cache" GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=test GIT_AUTHOR_EMAIL=test@example.org GIT_COMMITTER_NAME=test GIT_COMMITTER_EMAIL=test@example.org
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE 2>/dev/null || true
fail() {
  echo "pre-commit: $*" >&2
  exit 1
}

# This project as pre-commit fetches it: of all its files only the hooks count.
git init -q "$work/toolkit"
cp "$root/.pre-commit-hooks.yaml" "$work/toolkit/"
git -C "$work/toolkit" add -A
git -C "$work/toolkit" commit -qm hooks

git init -q "$work/project"
cd "$work/project"
awk '/^```/ { inside = 0 } inside { print } /^```yaml/ { inside = 1 }' "$root/docs/verify-in-ci.md" |
  sed -n '/^repos:/,$p' |
  sed -e "s|repo: [^ ]*|repo: $work/toolkit|" -e "s|rev: .*|rev: $(git -C "$work/toolkit" rev-parse HEAD)|" \
    >.pre-commit-config.yaml
grep -q 'id: session-verify' .pre-commit-config.yaml || fail "docs/verify-in-ci.md has no such recipe"
mkdir -p tests/fixtures
echo '{"known":' >tests/fixtures/known.json
session-verify --write-baseline tests/fixtures/known-damage.json tests/fixtures >/dev/null || true
pre-commit install >/dev/null
git add -A
git commit -qm "what is known" >"$work/output" 2>&1 || {
  cat "$work/output" >&2
  fail "refuses damage that the baseline knows"
}

echo '{"new":' >tests/fixtures/new.json
git add -A
! git commit -qm "what is new" >"$work/output" 2>&1 || fail "lets new damage through"
grep -q 'tests/fixtures/new.json:.*torn-tail' "$work/output" || fail "does not say what is wrong: $(cat "$work/output")"
echo '{"new":1}' >tests/fixtures/new.json
git add -A
git commit -qm "what is mended" >"$work/output" 2>&1 || fail "refuses a sound file: $(cat "$work/output")"
echo "the recipe refuses new damage and nothing else"
