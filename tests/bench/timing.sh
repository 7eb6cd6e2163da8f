# shellcheck shell=sh
# shellcheck disable=SC2034  # for whoever sources it
# What the scripts beside it share: the build to measure, how often, room for data that is removed at the end, best
# times and ratios. Sourced, with the build directory or nothing as $1.
build=$(cd "${1:-build/release}" && pwd)
runs=${RUNS:-5}
data=$(mktemp -d "${TMPDIR:-/tmp}/session-bench.XXXXXX")
trap 'rm -rf "$data"' EXIT
trap 'exit 1' HUP INT TERM

# timed COMMAND...: its wall-clock time in nanoseconds, that of measuring included, in $took
timed() {
  begun=$(date +%s%N)
  /usr/bin/time -f '%U %S %M' -o "$data/time" "$@" >/dev/null 2>&1 || return 1
  took=$(($(date +%s%N) - begun))
}

# What measuring takes: the least time of a program that does nothing, in $idle.
find_idle() {
  idle=
  for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    timed true
    [ -n "$idle" ] && [ "$took" -ge "$idle" ] || idle=$took
  done
}

# best_of NAME COMMAND...: runs it $runs times, four times as often where it takes less than a second and $quick_runs is
# set, with the shell's words $prepare before each. The best wall-clock time is in $best, the CPU time of that run in $cpu,
# both in seconds; the greatest resident size, in KB, in $size. Says so where it fails.
best_of() {
  name=$1
  shift
  [ -n "${idle:-}" ] || find_idle
  best=
  size=0
  run=0
  wanted=$runs
  while [ "$run" -lt "$wanted" ]; do
    run=$((run + 1))
    eval "${prepare:-:}"
    if ! timed "$@"; then
      printf '  %-34s failed\n' "$name"
      return 1
    fi
    seconds=$(awk -v ns="$((took - idle))" 'BEGIN { printf "%.4f", ns / 1e9 }')
    read -r user system resident <"$data/time"
    [ "$run" -gt 1 ] || [ -z "${quick_runs:-}" ] || [ "${seconds%.*}" -gt 0 ] || wanted=$((runs * 4))
    if [ -z "$best" ] || [ "$(printf '%s\n%s\n' "$seconds" "$best" | sort -n | head -n 1)" = "$seconds" ]; then
      best=$seconds
      cpu=$(awk -v u="$user" -v s="$system" 'BEGIN { print u + s }')
    fi
    [ "$resident" -le "$size" ] || size=$resident
  done
}

# against NAME BASE TIME: the ratio
against() {
  awk -v name="$1" -v base="$2" -v took="$3" 'BEGIN { printf "  = %.2f x %s\n", took / (base > 0 ? base : 0.005), name }'
}
has() { command -v "$1" >/dev/null 2>&1; }
