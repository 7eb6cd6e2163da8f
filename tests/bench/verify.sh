#!/bin/sh
# session-verify beside bare loops and other programs, all in one run on one machine:
#   tests/bench/verify.sh [BUILD_DIR]     (default build/release, configured with -DSESSION_BUILD_BENCH=ON)
# Best wall-clock time of $RUNS runs each (four times as many of what takes less than a second), with the greatest
# resident size. jq, json_verify, node and python3 are measured where they are installed.
set -eu

# shellcheck source=tests/bench/timing.sh
. "$(dirname "$0")/timing.sh"

mkdir "$data/small" "$data/mid"
"$build/tests/make_sessions" small "$data/small"
"$build/tests/make_sessions" mid "$data/mid"
"$build/tests/make_sessions" document "$data/document.json"
"$build/tests/make_sessions" lines "$data/lines.jsonl"
# What is still being written to the disk would slow down whatever is measured first.
sync

quick_runs=yes
# measure NAME COMMAND...: one line; the time is kept in $best
measure() {
  best_of "$@" || return 0
  printf '  %-34s %8s s %9s KB\n' "$1" "$best" "$size"
}
verify="$build/bin/session-verify"
bare="$build/tests/bare_readers"
# The programs that take one file at a time get as many as one command line holds.
in_node='for(const f of process.argv.slice(1)){try{JSON.parse(require("fs").readFileSync(f,"utf8"))}catch(e){}}'
in_python='import json,sys
for name in sys.argv[1:]:
    try: json.load(open(name))
    except ValueError: pass'
others() {
  has jq && measure 'jq empty' jq empty "$@"
  has node && measure 'JSON.parse in Node.js' node -e "$in_node" "$@"
  has python3 && measure 'json.load in Python' python3 -c "$in_python" "$@"
  return 0
}

echo '10,000 x 4 KB, 2 threads'
measure 'bare open, read, close' "$bare" read "$data/small" 2
read_time=$best
measure 'bare simdjson DOM' "$bare" dom "$data/small" 2
measure 'session-verify' "$verify" -q -j2 "$data/small"
against 'the bare read loop' "$read_time" "$best"
others "$data"/small/*.json

echo '200 x 1 MB, 2 threads'
measure 'bare open, read, close' "$bare" read "$data/mid" 2
measure 'bare simdjson DOM' "$bare" dom "$data/mid" 2
dom_time=$best
measure 'session-verify' "$verify" -q -j2 "$data/mid"
against 'the simdjson loop' "$dom_time" "$best"
others "$data"/mid/*.json

echo 'one document of 200 MB'
measure 'bare read' "$bare" read "$data/document.json"
measure 'bare simdjson DOM' "$bare" dom "$data/document.json"
dom_time=$best
measure 'session-verify' "$verify" -q -j2 "$data/document.json"
against 'simdjson' "$dom_time" "$best"
# shellcheck disable=SC2016  # expanded by the inner shell
has json_verify && measure 'json_verify (yajl)' sh -c 'exec json_verify -q <"$1"' - "$data/document.json"
others "$data/document.json"

echo 'JSON Lines, 500 MB, 2 threads'
measure 'bare read' "$bare" read "$data/lines.jsonl"
measure 'bare simdjson parse_many' "$bare" lines "$data/lines.jsonl"
dom_time=$best
measure 'session-verify' "$verify" -q -j2 "$data/lines.jsonl"
against 'simdjson' "$dom_time" "$best"
has jq && measure 'jq empty' jq empty "$data/lines.jsonl"

# What each calls fine of the files in tests/damage that are damaged: those of which session-verify says so.
corpus=$(cd "$(dirname "$0")/../damage" && pwd)
find "$corpus" -type f \( -name '*.json' -o -name '*.jsonl' \) | sort >"$data/corpus"
damaged=0
while IFS= read -r file; do
  "$verify" -q --ignore open-mode "$file" >/dev/null 2>&1 || {
    damaged=$((damaged + 1))
    printf '%s\n' "$file" >>"$data/damaged"
  }
done <"$data/corpus"
echo "$damaged damaged files; called fine by"
# calls_fine NAME COMMAND...: how many of them COMMAND FILE leaves with status 0
calls_fine() {
  name=$1
  shift
  fine=0
  while IFS= read -r file; do
    ! "$@" "$file" >/dev/null 2>&1 </dev/null || fine=$((fine + 1))
  done <"$data/damaged"
  printf '  %-34s %3d of %d\n' "$name" "$fine" "$damaged"
}
has jq && calls_fine 'jq empty' jq empty
# shellcheck disable=SC2016  # expanded by the inner shell
has json_verify && calls_fine 'json_verify (yajl)' sh -c 'exec json_verify -q <"$1"' -
# Line by line where the name says so, as programs read such files.
by_format_node='const fs=require("fs"),n=process.argv[1],t=fs.readFileSync(n,"utf8");
if(n.endsWith(".jsonl")){for(const l of t.split("\n"))if(l)JSON.parse(l)}else JSON.parse(t)'
by_format_python='import json,sys
name=sys.argv[1]
text=open(name,encoding="utf8")
if name.endswith(".jsonl"):
    for line in text:
        if line.strip(): json.loads(line)
else: json.load(text)'
has node && calls_fine 'JSON.parse in Node.js' node -e "$by_format_node"
has python3 && calls_fine 'json.load in Python' python3 -c "$by_format_python"
exit 0
