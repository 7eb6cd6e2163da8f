# shellcheck shell=sh
# shellcheck disable=SC2034  # for whoever sources it
# What the scripts beside it that compare best times share: the build to measure, how often, room for data that is
# removed at the end, and ratios. Sourced, with the build directory or nothing as $1.
build=$(cd "${1:-build/release}" && pwd)
runs=${RUNS:-5}
data=$(mktemp -d "${TMPDIR:-/tmp}/session-bench.XXXXXX")
trap 'rm -rf "$data"' EXIT
trap 'exit 1' HUP INT TERM

# against NAME BASE TIME: the ratio
against() {
  awk -v name="$1" -v base="$2" -v took="$3" 'BEGIN { printf "  = %.2f x %s\n", took / base, name }'
}
has() { command -v "$1" >/dev/null 2>&1; }
