#!/bin/sh
# The toolkit at work: sessions are saved, broken as crashes break them, found, repaired and expired. Every
# step checks its exit status; the first that is not as told ends the demo.
#
# usage: run.sh BIN_DIR PLAYGROUND       (the playground is made anew)
set -eu

[ $# -eq 2 ] || { echo "usage: run.sh BIN_DIR PLAYGROUND" >&2; exit 2; }
samples=$(cd "$(dirname "$0")" && pwd)/samples
PATH=$(cd "$1" && pwd):$PATH
rm -rf "$2"
mkdir -p "$2"
cd "$2"

synapse=.synapse/sessions
gateway=gateway/sessions
transcripts=transcripts
fresh=4f0c1e6a-7b1d-4c55-9a70-2f3b8d1c0001
stale=4f0c1e6a-7b1d-4c55-9a70-2f3b8d1c0002
cut=4f0c1e6a-7b1d-4c55-9a70-2f3b8d1c0003
lost=4f0c1e6a-7b1d-4c55-9a70-2f3b8d1c0004
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
long_ago=2026-01-05T09:00:00Z

if [ -t 1 ] && [ -z "${NO_COLOR:-}" ]; then bold=$(printf '\033[1m') plain=$(printf '\033[0m'); else bold='' plain=''; fi
title() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
tell() { printf '  %s\n' "$*"; }

# expect STATUS COMMAND...: shows the command, runs it, and wants that status.
expect() {
  wanted=$1
  shift
  printf '\n  $ %s\n' "$*"
  status=0
  "$@" >.output 2>&1 || status=$?
  sed 's/^/    /' .output
  if [ "$status" -ne "$wanted" ]; then
    echo "demo: '$*' ended with status $status, not $wanted" >&2
    exit 1
  fi
  [ "$status" -eq 0 ] || printf '    (exit status %s)\n' "$status"
}

# sample FILE ID TIME: a sample session with its id and time filled in.
sample() {
  sed -e "s/@ID@/$2/g" -e "s/@CHAT@/${2#*_}/g" -e "s/@TIME@/$3/g" "$samples/$1"
}

# save FILE ID TIME OPTION...
save() {
  file=$1 id=$2 time=$3
  shift 3
  printf '\n  $ session-save %s %s < %s\n' "$*" "$id" "$file"
  sample "$file" "$id" "$time" | session-save "$@" "$id" | sed 's/^/    /'
}

cat >core-config.yaml <<'YAML'
# A small configuration: sessions are stale after a week without activity.
synapse:
  session:
    staleTTLHours: 168
sessions:
  stores:
    - {name: project, path: .synapse/sessions, layout: synapse}
    - {name: gateway, path: gateway/sessions, layout: miniclaw}
    - {name: transcripts, path: transcripts, layout: jsonl}
YAML

title "1. Save"
tell "Sessions of Synapse, of the MiniClaw gateway, and a transcript in JSON Lines. Each is written to a"
tell "temporary file, flushed, renamed and the directory flushed: a crash leaves the old or the new one."
for id in $fresh $cut $lost; do save synapse.json "$id" "$now" --store project; done
save synapse.json $stale $long_ago --store project
save miniclaw.json telegram_123456789 "$now" --store gateway
save miniclaw.json telegram_987654321 "$now" --store gateway
save miniclaw.json telegram_555000111 "$long_ago" --store gateway
save transcript.jsonl refactoring "$now" --store transcripts
expect 0 session-verify $synapse $gateway $transcripts

title "2. Break them, as programs without an atomic write do"
tell "A full disk cuts a document; a power cut leaves NULs at its end, or nothing at all (with the next"
tell "version whole beside it, in a temporary that was never renamed); a killed writer tears the last line."
head -c 700 $synapse/$cut.json >.part && cat .part >$synapse/$cut.json
cp $synapse/$lost.json $synapse/$lost.json.tmp.999999
: >$synapse/$lost.json
touch $synapse/$lost.json.tmp.999999
head -c 512 /dev/zero >>$gateway/telegram_987654321.json
head -c 560 $transcripts/refactoring.jsonl >.part && cat .part >$transcripts/refactoring.jsonl
rm .part

title "3. Find"
tell "Every damaged file, its kind of damage, and where."
expect 4 session-verify $synapse $gateway $transcripts

title "4. The cleaner leaves damage alone"
tell "A session of Synapse and one of the gateway have not been used for a week: they go. Damaged files stay."
expect 0 session-clean --dry-run
expect 0 session-clean

title "5. Repair"
tell "First the plan, then the work: the original is copied first, what has to go is kept in a sidecar, and"
tell "nothing is invented."
expect 4 session-repair --dry-run $synapse $gateway $transcripts
expect 1 session-repair $synapse $gateway $transcripts

title "6. All is well"
expect 0 session-verify $synapse $gateway $transcripts
[ -f $synapse/$fresh.json ] || { echo "demo: a fresh session is gone" >&2; exit 1; }
for gone in $synapse/$stale.json $gateway/telegram_555000111.json; do
  [ ! -e "$gone" ] || { echo "demo: the stale session $gone is still there" >&2; exit 1; }
done
tell ""
tell "What is left of it all, copies and sidecars included, lies in $(pwd)."
rm -f .output
