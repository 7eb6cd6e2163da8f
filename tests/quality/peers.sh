#!/bin/sh
# How much is recovered, by kind of damage: session-repair, then other repairers on the same cases:
#   tests/quality/peers.sh [BUILD_DIR]     (default build/release)
# Peers that are not installed are named and left out.
set -eu

build=$(cd "${1:-build/release}" && pwd)
here=$(cd "$(dirname "$0")" && pwd)
cases=$(mktemp -d "${TMPDIR:-/tmp}/session-quality.XXXXXX")
trap 'rm -rf "$cases"' EXIT
trap 'exit 1' HUP INT TERM

for set in usual other foreign; do
  echo "session-repair, $set documents"
  "$build/bin/session_quality_report" --set "$set"
done
if command -v node >/dev/null 2>&1; then
  for set in usual other foreign; do
    "$build/bin/session_quality_report" --set "$set" --dump "$cases/$set"
    node "$here/peers.mjs" "$cases/$set"
    for peer in jsonrepair partial-json jsonc-parser; do
      [ -e "$cases/$set/0.$peer" ] || continue
      echo "npm $peer, $set documents"
      "$build/bin/session_quality_report" --set "$set" --peer "$cases/$set" "$peer"
    done
  done
else
  echo "node is not installed: no npm peers"
fi
if command -v python3 >/dev/null 2>&1 && python3 -c 'import json_repair' 2>/dev/null; then
  for set in usual other foreign; do
    "$build/bin/session_quality_report" --set "$set" --dump "$cases/$set"
    python3 "$here/peers.py" "$cases/$set"
    echo "Python json_repair, $set documents"
    "$build/bin/session_quality_report" --set "$set" --peer "$cases/$set" json_repair
  done
else
  echo "Python json_repair is not installed"
fi
