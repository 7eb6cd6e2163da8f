#!/bin/sh
# Man pages and completions are written by the tools themselves and checked in.
#
# usage: generated.sh write|check BIN_DIR
set -eu

mode=$1
bin=$(cd "$2" && pwd)
cd "$(dirname "$0")/../.."
status=0

# one TOOL KIND FILE
one() {
  if [ "$mode" = write ]; then
    "$bin/$1" --generate "$2" >"$3"
  elif ! "$bin/$1" --generate "$2" | cmp -s - "$3"; then
    echo "$3 is not what $1 --generate $2 writes; ./dev generate mends it" >&2
    status=1
  fi
}

for tool in session-clean session-repair session-save session-verify; do
  one $tool man docs/man/$tool.1
  one $tool bash tools/packaging/completions/$tool.bash
  one $tool zsh tools/packaging/completions/_$tool
  one $tool fish tools/packaging/completions/$tool.fish
done
exit $status
