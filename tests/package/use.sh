#!/bin/sh
# Runs inside the bare system: the installed tools, once each, as a user of theirs would.
#   use.sh VERSION
set -eu

store=/srv/sessions
mkdir -p "$store"
fail() {
  echo "use: $*" >&2
  exit 1
}
session() { # NAME LAST_ACTIVITY
  printf '{"uuid":"%s","schema_version":"2.0","started":"2020-01-01T00:00:00Z","last_activity":"%s"}\n' "$1" "$2"
}

for tool in save clean verify repair; do
  [ "$("session-$tool" --version)" = "session-$tool (session-toolkit) $1" ] ||
    fail "session-$tool --version says another version than $1"
  [ -s "/usr/share/man/man1/session-$tool.1.gz" ] || fail "session-$tool has no page"
done

session fresh "$(date -u +%Y-%m-%dT%H:%M:%SZ)" | session-save --quiet --layout synapse --store "$store" fresh
session old 2020-01-02T00:00:00Z | session-save --quiet --layout synapse --store "$store" old
session-verify --layout synapse "$store" >/dev/null || fail "what was saved is not whole"
session-clean --quiet --layout synapse "$store" || fail "session-clean failed"
[ ! -e "$store/old.json" ] || fail "the stale session is still there"
[ -e "$store/fresh.json" ] || fail "the fresh session is gone"

# Characters beyond ASCII bring in the library that is loaded at its first use.
printf '{"uuid":"torn","schema_version":"2.0","started":"%s","last_activity":"%s","cwd":"/gr\303\274n","label":"cut of' \
  2020-01-01T00:00:00Z 2020-01-01T00:00:00Z >"$store/torn.json"
status=0
session-verify --layout synapse "$store" >/dev/null || status=$?
[ "$status" = 4 ] || fail "session-verify does not call a torn session damaged: $status"
status=0
session-repair --layout synapse "$store/torn.json" >/dev/null || status=$?
[ "$status" = 1 ] || fail "session-repair did not repair: $status"
session-verify --layout synapse "$store/torn.json" >/dev/null || fail "what was repaired is not whole"
