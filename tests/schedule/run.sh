#!/bin/sh
# Installs the tools into a directory of its own, has systemd look over the units, and runs what cron and systemd
# would run, as they would: with their environment and as far as possible with their restrictions. Nothing may be
# said unless something is wrong.
set -eu

build=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
prefix=$work/prefix
store=$work/store
fail() {
  echo "schedule: $*" >&2
  exit 1
}

cmake --install "$build" --prefix "$prefix" --component tools >/dev/null
units=$prefix/lib/systemd
example=$prefix/share/doc/session-toolkit/examples/cron.d/session-clean

# What they start is what was installed.
for file in "$units/system/session-clean.service" "$units/user/session-clean.service" \
  "$units/system/session-autosave.service" "$example"; do
  grep -q "$prefix/bin/session-" "$file" || fail "$file does not name $prefix/bin"
  ! grep -q '@[A-Za-z_]*@' "$file" || fail "$file has a place that was not filled in"
done

if command -v systemd-analyze >/dev/null; then
  # It looks for the page that Documentation= names, too.
  export MANPATH="$prefix/share/man:"
  systemd-analyze verify "$units/system/session-clean.service" "$units/system/session-clean.timer" \
    "$units/system/session-autosave.service" || fail "systemd finds fault with the units"
  mkdir -m 700 "$work/run"
  XDG_RUNTIME_DIR=$work/run systemd-analyze --user verify "$units/user/session-clean.service" \
    "$units/user/session-clean.timer" || fail "systemd finds fault with the user's units"
  # Its timer must have a next time.
  calendar=$(sed -n 's/^OnCalendar=//p' "$units/system/session-clean.timer")
  systemd-analyze calendar "$calendar" | grep -q 'Next elapse: [A-Z]' || fail "the timer never runs: $calendar"
else
  echo "skipped: systemd-analyze is not installed"
fi

both='new.json
old.json'
session() { # NAME LAST_ACTIVITY
  printf '{"uuid":"%s","schema_version":"2.0","started":"2020-01-01T00:00:00Z","last_activity":"%s"}\n' "$1" "$2" \
    >"$store/$1.json"
}
# Fills the store: one stale session, and one that is fresh for years.
fill() {
  rm -rf "$store"
  mkdir -p "$store" "$work/config/session-toolkit"
  printf 'sessions:\n  stores:\n  - {name: nightly, path: %s, layout: synapse, maxDelete: %s}\n' "$store" "$1" \
    >"$work/config/session-toolkit/core-config.yaml"
  session old 2020-01-01T00:00:00Z
  session new "$(date -u +%Y-%m-%dT%H:%M:%SZ)"
}

# Runs a command from / with hardly any environment; its output is kept.
scheduled() {
  (cd / && env -i PATH=/usr/local/bin:/usr/bin:/bin HOME="$work" XDG_CONFIG_HOME="$work/config" "$@") \
    >"$work/output" 2>&1
}

try() { # COMMAND...
  fill none
  scheduled "$@" || fail "failed: $* ($(cat "$work/output"))"
  [ ! -s "$work/output" ] || fail "not silent: $(cat "$work/output")"
  [ "$(ls "$store")" = new.json ] || fail "did not clean: $*"
  scheduled "$@" || fail "failed where nothing is stale: $*"
  [ ! -s "$work/output" ] || fail "not silent where nothing is stale: $(cat "$work/output")"

  fill 0
  ! scheduled "$@" || fail "the brake is no failure: $*"
  grep -q maxDelete "$work/output" || fail "says nothing about the brake: $*"
  [ "$(ls "$store")" = "$both" ] || fail "removed in spite of the brake: $*"

  echo 'sessions: [' >"$work/config/session-toolkit/core-config.yaml"
  ! scheduled "$@" || fail "a broken configuration is no failure: $*"
  grep -q core-config.yaml "$work/output" || fail "says nothing about the broken configuration: $*"
  [ "$(ls "$store")" = "$both" ] || fail "removed in spite of a broken configuration: $*"
}

# One line, of five fields, a user and a command. Where there is no configuration it does nothing.
line=$(grep -v -e '^#' -e '^[A-Z]*=' -e '^$' "$example")
[ "$(printf '%s\n' "$line" | wc -l)" -eq 1 ] || fail "$example has not exactly one line for cron"
echo "$line" | grep -Eq '^[0-9]+ [0-9]+ \* \* \* [a-z]+ test -e /etc/session-toolkit/core-config.yaml && ' ||
  fail "not a line for cron: $line"
# The file that it asks for is root's; the rest is run.
try /bin/sh -c "${line#*&& }"

# The service without its manager: what of its restrictions needs none. systemd-run is used where it can be.
service=$units/system/session-clean.service
command=$(sed -n 's/^ExecStart=//p' "$service")
grep -q '^NoNewPrivileges=yes' "$service" || fail "the service may gain privileges"
powerless=--no-new-privs
[ "$(id -u)" != 0 ] || powerless="$powerless --bounding-set=-all"
# shellcheck disable=SC2086  # lists of words
try setpriv $powerless nice -n 19 ionice -c 3 $command
if [ "$(cat /proc/1/comm)" = systemd ] && [ "$(id -u)" = 0 ]; then
  restrictions=$(sed -n '/^\[Service\]/,/^\[/{/^\(ExecStart\|Type\|\[\|$\)/!s/^/-p /p}' "$service")
  # shellcheck disable=SC2086  # lists of options
  try systemd-run --quiet --wait --pipe $restrictions -E XDG_CONFIG_HOME="$work/config" $command
else
  echo "skipped: systemd-run needs systemd as process 1"
fi
