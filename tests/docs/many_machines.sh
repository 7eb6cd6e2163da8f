#!/bin/sh
# What docs/many-machines.md shares out with GNU parallel among machines, run over ssh: two servers of this machine's
# sshd, each on a port of the loopback interface, are the machines. The summaries must add up to those of one run.
# usage: many_machines.sh BIN_DIR; status 77: something it needs is not installed
set -eu

bin=$(cd "$1" && pwd)
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d)
servers=
tried=0
cleanup() {
  for server in $servers; do kill "$server" 2>/dev/null || :; done
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM
fail() {
  echo "many_machines: $*" >&2
  exit 1
}
skip() {
  echo "skipped: $*"
  exit 77
}

PATH=$PATH:/usr/sbin
sshd=$(command -v sshd) || skip "sshd (openssh-server) is not installed"
command -v parallel >/dev/null || skip "GNU parallel is not installed"
command -v ssh >/dev/null || skip "ssh (openssh-client) is not installed"

# serve NODE: an sshd of its own, with NODE in the client's configuration.
serve() {
  cat >"$work/$1.conf" <<CONF
ListenAddress 127.0.0.1:$port
HostKey $work/host-key
PidFile $work/$1.pid
AuthorizedKeysFile $work/key.pub
PermitRootLogin yes
PasswordAuthentication no
StrictModes no
SetEnv PATH=$bin:/usr/bin:/bin MACHINE=$1
CONF
  cat >>"$work/ssh.conf" <<CONF
Host $1
  HostName 127.0.0.1
  Port $port
  IdentityFile $work/key
  IdentitiesOnly yes
  StrictHostKeyChecking no
  UserKnownHostsFile $work/known-hosts
  LogLevel ERROR
CONF
  "$sshd" -f "$work/$1.conf" -E "$work/$1.log" || fail "sshd does not start: $(cat "$work/$1.log")"
}
reaches() { ssh -F "$work/ssh.conf" "$1" true 2>"$work/said"; }

# start NODE: on the first port that nobody else listens at.
start() {
  while [ $tried -lt 20 ]; do
    tried=$((tried + 1))
    port=$((20000 + ($$ + tried * 137) % 20000))
    serve "$1"
    waited=0
    while [ $waited -lt 50 ] && [ ! -s "$work/$1.pid" ] && ! grep -q 'Cannot bind' "$work/$1.log"; do
      waited=$((waited + 1))
      sleep 0.1
    done
    [ ! -s "$work/$1.pid" ] || break
    sed -i "/^Host $1$/,\$d" "$work/ssh.conf"
    : >"$work/$1.log"
  done
  [ -s "$work/$1.pid" ] || fail "no port for an sshd: $(cat "$work/$1.log")"
  servers="$servers $(cat "$work/$1.pid")"
  reaches "$1" || fail "no login at $1: $(cat "$work/said" "$work/$1.log")"
}

ssh-keygen -q -t ed25519 -N '' -f "$work/host-key"
ssh-keygen -q -t ed25519 -N '' -f "$work/key"
: >"$work/ssh.conf"
# Where sshd separates its privileges; the Debian package makes it when its service starts.
[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
start node-a
start node-b

# A volume that both see, at the path of the page.
store=$work/volume/sessions
mkdir -p "$store"
for n in $(seq 40); do
  id=$(printf '4f0c1e6a-7b1d-4c55-9a70-2f3b8d1c%04d' "$n")
  sed -e "s/@ID@/$id/g" -e "s/@TIME@/2026-01-05T09:00:00Z/g" "$root/tests/demo/samples/synapse.json" >"$store/$id.json"
  [ $((n % 8)) -ne 0 ] || truncate -s -20 "$store/$id.json"
done
chmod 600 "$store"/*

total() { # MEMBER < NDJSON
  grep '"type":"summary"' | sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" | awk '{ sum += $1 } END { print sum + 0 }'
}

# The page's own commands: each block marked `console` that names the machines.
awk '/^```/ && inside { inside = 0; print "" > file; next }
  /^```console/ { inside = 1; n++; file = sprintf("%s/block-%d.sh", out, n); next }
  inside { print > file }' out="$work" "$root/docs/many-machines.md"
[ -e "$work/block-2.sh" ] || fail "docs/many-machines.md does not say how"
export PARALLEL_SSH="ssh -F $work/ssh.conf" PARALLEL_HOME="$work/parallel" HOME="$work"
cd "$work"
whole=$("$bin/session-verify" --format ndjson --layout synapse "$store" || :)
for block in "$work"/block-*.sh; do
  sed "s|/volume/sessions|$store|g" "$block" >"$work/run.sh"
  rm -f verify.ndjson
  sh -eu "$work/run.sh" </dev/null >"$work/said" 2>&1 || fail "$(cat "$work/run.sh") said: $(cat "$work/said")"
  for member in files bytes damaged; do
    want=$(echo "$whole" | total $member)
    got=$(total $member <verify.ndjson)
    [ "$got" = "$want" ] || fail "$(cat "$work/run.sh"): the $member add up to $got, and are $want in one run"
  done
done
[ "$(echo "$whole" | total damaged)" = 5 ] || fail "not every torn session was found"
for node in node-a node-b; do
  # The first login is that of start.
  [ "$(grep -c 'Accepted publickey' "$work/$node.log")" -ge 2 ] || fail "$node was given nothing to do"
done
echo "many machines: the parts of two machines add up"
