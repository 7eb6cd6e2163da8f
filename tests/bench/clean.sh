#!/bin/sh
# session-clean beside a bare loop and other programs, all in one run on one machine:
#   tests/bench/clean.sh [BUILD_DIR]     (default build/release, configured with -DSESSION_BUILD_BENCH=ON)
# Before each run what the run before it removed is put back. Best wall-clock time of $RUNS runs, with the CPU time of
# that run and the greatest resident size. node and systemd-tmpfiles are measured where they are installed.
set -eu

# shellcheck source=tests/bench/timing.sh
. "$(dirname "$0")/timing.sh"
count=${COUNT:-100000}

mkdir "$data/work" "$data/stale"
"$build/tests/bare_cleaner" make "$data/work" "$count"
# What goes by the modification time finds the same tenth stale.
grep -rlF "\"last_activity\": \"$(date -u -d '30 days ago' +%Y-%m-%d)" "$data/work" >"$data/names"
xargs touch -d '30 days ago' <"$data/names"
xargs cp -pt "$data/stale" <"$data/names"

cat >"$data/clean.js" <<'JS'
// The loop of Synapse's clean-up: read and parse every file, unlink what is older than the TTL.
const fs = require('fs'), path = require('path'), dir = process.argv[2];
const limit = Date.now() - 168 * 3600 * 1000;
for (const name of fs.readdirSync(dir)) {
  if (!name.endsWith('.json')) continue;
  const file = path.join(dir, name);
  try {
    if (new Date(JSON.parse(fs.readFileSync(file, 'utf8')).last_activity).getTime() < limit) fs.unlinkSync(file);
  } catch (e) {}
}
JS
# The other times of what was just made are fresh.
echo "d $data/work - - - m:7d" >"$data/tmpfiles.conf"

prepare="cp -p '$data/stale'/* '$data/work'"
# measure NAME COMMAND...: one line; the time is kept in $best
measure() {
  best_of "$@" || return 0
  left=$(find "$data/work" -name '*.json' | wc -l)
  printf '  %-34s %8s s  %6s s CPU %9s KB  %s left\n' "$1" "$best" "$cpu" "$size" "$left"
}

clean="$build/bin/session-clean -q -j2 --layout synapse"
peers() {
  if has node; then
    measure 'a clean-up loop in Node.js' node "$data/clean.js" "$data/work"
    against 'session-clean' "$clean_time" "$best"
  fi
  measure 'find -mtime +7 -delete' find "$data/work" -name '*.json' -mtime +7 -delete
  against 'session-clean' "$clean_time" "$best"
  if has systemd-tmpfiles; then
    measure 'systemd-tmpfiles --clean' systemd-tmpfiles --clean "$data/tmpfiles.conf"
    against 'session-clean' "$clean_time" "$best"
  fi
}

echo "$count x 2 KB, 10 % stale, 2 threads"
measure 'bare loop and unlink' "$build/tests/bare_cleaner" sweep "$data/work" 2
bare_time=$best
# shellcheck disable=SC2086  # a command and its options
measure 'session-clean --no-index' $clean --no-index "$data/work"
clean_time=$best
against 'the bare loop' "$bare_time" "$clean_time"
peers
# What an earlier run noted.
$clean "$data/work"
# shellcheck disable=SC2086
measure 'session-clean, with its index' $clean "$data/work"
against 'the bare loop' "$bare_time" "$best"
against 'session-clean --no-index' "$clean_time" "$best"

echo "the same, nothing stale"
prepare=:
rm -f "$data/work/.clean-index"
measure 'bare loop' "$build/tests/bare_cleaner" sweep "$data/work" 2
# shellcheck disable=SC2086
measure 'session-clean --no-index' $clean --no-index "$data/work"
$clean "$data/work"
# shellcheck disable=SC2086
measure 'session-clean, with its index' $clean "$data/work"
clean_time=$best
peers
exit 0
