#!/bin/sh
# session-repair: speed and memory by kind of damage and by size, beside other repairers, all in one run on one
# machine:
#   tests/bench/repair.sh [BUILD_DIR]     (default build/release, configured with -DSESSION_BUILD_BENCH=ON)
# Each run works on a fresh copy, with the copy of the original and the sidecar written, --durability none. Median
# wall-clock time of $RUNS runs, with the greatest resident size. The peers get the text on standard input and
# write to /dev/null; those that are not installed are named and left out. $PEERS bytes are what they are given:
# some take minutes for more.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/bench/timing.sh
. "$here/timing.sh"
size=${SIZE:-100000000}
peers=${PEERS:-10000000}

# median_of NAME BYTES COMMAND...: one line; the middle time is kept in $took. $prepare is run before each.
median_of() {
  name=$1
  bytes=$2
  shift 2
  : >"$data/times"
  resident=0
  run=0
  while [ "$run" -lt "$runs" ]; do
    run=$((run + 1))
    eval "$prepare"
    status=0
    /usr/bin/time -q -f '%e %M' -o "$data/time" "$@" >"$data/out" 2>&1 <"${input:-/dev/null}" || status=$?
    if [ "$status" -gt 4 ]; then
      printf '  %-42s failed (exit %s)\n' "$name" "$status"
      took=
      return
    fi
    read -r seconds kilobytes <"$data/time"
    echo "$seconds" >>"$data/times"
    [ "$kilobytes" -le "$resident" ] || resident=$kilobytes
  done
  took=$(sort -n "$data/times" | sed -n "$(((runs + 1) / 2))p")
  awk -v name="$name" -v bytes="$bytes" -v took="$took" -v kilobytes="$resident" 'BEGIN {
    if (took == 0) took = 0.005
    printf "  %-42s %7.2f s %7.0f MB/s %6.2f x the size resident\n", name, took, bytes / took / 1e6, kilobytes * 1024 / bytes
  }'
}
# ours NAME FILE: session-repair on a fresh copy of FILE
ours() {
  input=
  prepare="rm -rf '$data/work'; mkdir '$data/work'; cp '$2' '$data/work/$(basename "$2")'"
  median_of "$1" "$(stat -c %s "$2")" "$build/bin/session-repair" -q --durability none "$data/work/$(basename "$2")"
}
peer() { # NAME FILE COMMAND...
  name=$1
  input=$2
  shift 2
  prepare=:
  median_of "$name" "$(stat -c %s "$input")" "$@"
  input=
}

# damage FILE COUNT BYTES: COUNT places all over it overwritten with BYTES
damage() {
  whole=$(stat -c %s "$1")
  number=0
  while [ "$number" -lt "$2" ]; do
    number=$((number + 1))
    printf '%b' "$3" | dd of="$1" bs=1 seek=$((number * (whole / ($2 + 2)))) conv=notrunc status=none
  done
}
hole='\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0'

# cases SIZE: files of that size, each damaged in its own way
cases() {
  "$build/tests/make_sessions" document "$data/whole.json"
  head -c "$1" "$data/whole.json" >"$data/cut.json"
  cp "$data/cut.json" "$data/nul-tail.json"
  truncate -s +65536 "$data/nul-tail.json"
  cp "$data/cut.json" "$data/hole.json"
  dd if=/dev/zero of="$data/hole.json" bs=4096 seek=$(($1 / 8192)) count=1 conv=notrunc status=none
  cp "$data/cut.json" "$data/holes.json"
  damage "$data/holes.json" 2000 "$hole"
  cp "$data/cut.json" "$data/bytes.json"
  damage "$data/bytes.json" 2000 '}'
  tail -c "$1" "$data/whole.json" >"$data/headless.json"
  head -c $(($1 / 2)) "$data/whole.json" >"$data/spliced.json"
  head -c $(($1 / 2)) "$data/whole.json" >>"$data/spliced.json"
  "$build/tests/make_sessions" lines "$data/whole.jsonl"
  head -c "$1" "$data/whole.jsonl" >"$data/torn.jsonl"
  cp "$data/torn.jsonl" "$data/holes.jsonl"
  damage "$data/holes.jsonl" 2000 "$hole"
  rm "$data/whole.json" "$data/whole.jsonl"
}

echo "documents of $((size / 1000000)) MB, session-repair with copy and sidecar"
cases "$size"
ours 'cut' "$data/cut.json"
ours 'cut, NUL tail' "$data/nul-tail.json"
ours 'cut, a zeroed block' "$data/hole.json"
ours 'cut, 2,000 holes' "$data/holes.json"
ours 'cut, 2,000 bytes turned into brackets' "$data/bytes.json"
ours 'head missing' "$data/headless.json"
ours 'two cut versions, glued' "$data/spliced.json"
ours 'JSON Lines, torn' "$data/torn.jsonl"
ours 'JSON Lines, 2,000 holes' "$data/holes.jsonl"
echo "a tenth of that: linear if the rates are the same"
cases $((size / 10))
ours 'cut' "$data/cut.json"
ours 'cut, 2,000 holes' "$data/holes.json"
ours 'JSON Lines, 2,000 holes' "$data/holes.jsonl"

echo "2,000 cut documents of 4 KB"
mkdir "$data/small"
number=0
while [ "$number" -lt 2000 ]; do
  number=$((number + 1))
  tail -c +$((1 + number * 3000)) "$data/cut.json" | head -c 3960 >"$data/rest"
  { printf '{"session_id":"s%d","messages":[' "$number" && sed '1d' "$data/rest"; } >"$data/small/s$number.json"
done
# A directory of its own for each run: the file system avoids the inodes of one that was just removed.
mkdir "$data/runs"
input=
prepare="run_number=\$((\${run_number:-0} + 1)); cp -r '$data/small' '$data/runs/'\$run_number; ln -sfn \$run_number '$data/runs/now'"
median_of '2,000 files' $((2000 * 4000)) "$build/bin/session-repair" -q --durability none "$data/runs/now/"
ours_took=$took
median_of 'the same files made by a bare loop' $((2000 * 4000)) "$build/tests/bare_repairer" "$data/runs/now/" 2
against 'the bare loop' "$took" "$ours_took"

echo "beside other repairers: a cut document of $((peers / 1000000)) MB"
cases "$peers"
ours 'session-repair' "$data/cut.json"
ours_took=$took
beside_ours() {
  [ -z "$took" ] || against session-repair "$ours_took" "$took"
}
for name in jsonrepair partial-json jsonc-parser; do
  if has node && node -e "require('$here/../quality/npm_repairers.cjs').loadRepairer['$name']()" 2>/dev/null; then
    peer "npm $name" "$data/cut.json" node "$here/repair_peer.cjs" "$name"
    beside_ours
  else
    echo "  npm $name is not installed"
  fi
done
if has python3 && python3 -c 'import json_repair' 2>/dev/null; then
  peer 'Python json_repair' "$data/cut.json" python3 -c 'import json_repair, sys
json_repair.repair_json(sys.stdin.read())'
  beside_ours
else
  echo "  Python json_repair is not installed"
fi
