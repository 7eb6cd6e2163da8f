#!/bin/sh
# Runs what README.md and docs/*.md tell people to type. Of fenced blocks marked
#   sh            every line, by sh
#   crontab       every line, as cron would
#   yaml, json    the commands that a CI system, a cluster or a hook would start; stores are read as a configuration
# Every command of a block must end with status 0; where the mark names others (```sh exit=4,1,0) the block is run
# line by line, and each must end with its own. The blocks of a page are run one after the other in one sandbox: a
# project with sessions whole, torn and stale, and a home directory with the stores of other agents.
#
# Blocks marked `console` act on the machine itself, and are left out: tests/schedule tries what they put in place.
# Lines that begin with ./dev are not run (this is one of its tests) but looked up in ./dev help.
#
# usage: commands.sh BIN_DIR
set -eu

bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
samples=$root/tests/demo/samples
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
PATH=$bin:$PATH
# What runs here must not see the configuration of whoever runs the tests.
unset XDG_CONFIG_HOME XDG_STATE_HOME 2>/dev/null || true
for variable in $(env | sed -n 's/^\(SESSION_[A-Z_]*\)=.*/\1/p'); do unset "$variable"; done

uuid=4f0c1e6a-7b1d-4c55-9a70-2f3b8d1c000
now=$(date -u +%Y-%m-%dT%H:%M:%SZ)

# sample FILE ID TIME > SESSION
sample() { sed -e "s/@ID@/$2/g" -e "s/@CHAT@/${2#*_}/g" -e "s/@TIME@/$3/g" "$samples/$1"; }

# store SAMPLE SUFFIX DIR FRESH STALE TORN: a store with three sessions of these ids
store() {
  mkdir -p "$3"
  sample "$1" "$4" "$now" >"$3/$4$2"
  sample "$1" "$5" 2026-01-05T09:00:00Z >"$3/$5$2"
  sample "$1" "$6" "$now" | head -c -20 >"$3/$6$2"
  chmod 600 "$3"/*
}

# sandbox: made anew in the current directory; the project is where the commands are run.
sandbox() {
  rm -rf "${work:?}/home" "$work/project"
  mkdir -p "$work/home" "$work/project/tests/fixtures/sessions"
  cd "$work/project"
  store synapse.json .json .synapse/sessions ${uuid}1 ${uuid}2 ${uuid}3
  store miniclaw.json .json "$work/home/.miniclaw/workspace/sessions" telegram_1 telegram_2 telegram_3
  store transcript.jsonl .jsonl "$work/home/.claude/projects/-srv-app" ${uuid}1 ${uuid}2 ${uuid}3
  sample synapse.json ${uuid}1 "$now" >tests/fixtures/sessions/${uuid}1.json
  sample synapse.json ${uuid}4 "$now" >session.json
  mkdir backup
  sample miniclaw.json telegram_3 "$now" >backup/telegram_3.json
  printf '%s\n' 'sessions:' '  stores:' '    - {name: project, path: .synapse/sessions, trash: true}' >core-config.yaml
}

# blocks PAGE: each block marked so into $work/blocks/NNN.{sh,crontab,yaml,json}, its mark in the first line.
blocks() {
  rm -rf "$work/blocks"
  mkdir "$work/blocks"
  awk -v out="$work/blocks" '
    /^```/ && inside { inside = 0; close(file); next }
    /^```/ { inside = 1; file = "" }
    /^```(sh|crontab|yaml|json)( |$)/ { file = sprintf("%s/%03d.%s", out, NR, substr($1, 4)); print "#", $0 > file; next }
    inside && file { print > file }' "$1"
}

# as_cron FILE: what cron would run of it, here.
as_cron() { sed -e '/^#/d' -e '/^[A-Z_]*=/d' -e "s|/srv/app|$work/project|g" "$1" | awk '{ $1=$2=$3=$4=$5=$6=""; print }'; }

# as_started FILE: the commands in it, in the sandbox and with what a cluster sets.
as_started() {
  if grep -q '^  stores:' "$1"; then
    echo "session-clean --config '$1' --show-config >/dev/null"
    return
  fi
  echo 'export JOB_COMPLETION_INDEX=1'
  sed -n -e 's/^ *- run: \(session-.*\)/\1/p' -e 's/^ *- \(session-[a-z]* .*\)/\1/p' \
    -e 's/.*"command": "\(session-[^"]*\)".*/\1/p' "$1"  |
    sed "s| /sessions$| $work/home/.miniclaw/workspace/sessions|"
}

failed=0
blocks_run=0
fail() {
  echo "$*" >&2
  failed=1
}

# run SCRIPT STATUS PLACE: the script, with the status that is wanted of it.
run() {
  status=0
  HOME=$work/home sh -e "$1" >"$work/output" 2>&1 </dev/null || status=$?
  [ "$status" -eq "$2" ] && return 0
  fail "$3: exit status $status, not $2"
  sed 's/^/    /' "$1" "$work/output" >&2
}

run_lines() { # SCRIPT STATUSES PLACE
  rest=$2,
  while IFS= read -r command; do
    echo "$command" >"$work/line"
    run "$work/line" "${rest%%,*}" "$3"
    rest=${rest#*,}
  done <"$1"
  [ -z "$rest" ] || fail "$3: the statuses named do not go with the lines"
}

run_block() { # PAGE FILE
  place=$1:$(basename "$2" | sed 's/\..*//; s/^0*//')
  statuses=$(sed -n '1s/.* exit=\([0-9,]*\).*/\1/p' "$2")
  grep '^\./dev ' "$2" | while read -r _ command _; do
    "$root/dev" help | grep -q "^  $command\b" || echo "$command"
  done >"$work/unknown"
  [ ! -s "$work/unknown" ] || fail "$place: ./dev has no command $(cat "$work/unknown")"
  case $2 in
    *.crontab) as_cron "$2" ;;
    *.yaml | *.json) as_started "$2" ;;
    *) sed -e 1d -e '/^\.\/dev /d' "$2" ;;
  esac >"$work/script"
  grep -q '[a-z]' "$work/script" || return 0
  blocks_run=$((blocks_run + 1))
  if [ -n "$statuses" ]; then
    run_lines "$work/script" "$statuses" "$place"
  else
    run "$work/script" 0 "$place"
  fi
}

for page in "$root/README.md" "$root"/docs/*.md; do
  # Nobody runs what stands indented without a mark.
  ! grep -n '^    \(session-\|mv \|cp \)' "$page" || fail "$page: a command that no test runs"
  blocks "$page"
  sandbox
  for block in "$work"/blocks/*; do
    [ -e "$block" ] && run_block "${page#"$root"/}" "$block"
  done
done
[ $blocks_run -ge 25 ] || fail "only $blocks_run blocks were found"
echo "$blocks_run blocks of commands were run"
exit $failed
