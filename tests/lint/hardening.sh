#!/bin/sh
# What docs/security.md says of the executables, read from them.
#
# usage: hardening.sh EXECUTABLE...
set -eu

failed=0
# wants EXECUTABLE WHAT PATTERN < OUTPUT OF readelf
wants() {
  grep -q -- "$3" && return 0
  echo "$1: no $2" >&2
  return 1
}

for executable in "$@"; do
  readelf -hW "$executable" | wants "$executable" "position-independent code" 'Type: *DYN' || failed=1
  readelf -lW "$executable" | wants "$executable" "read-only relocations" GNU_RELRO || failed=1
  readelf -dW "$executable" | wants "$executable" "immediate binding" 'FLAGS.*NOW' || failed=1
  readelf -lW "$executable" | wants "$executable" "stack that is not executable" 'GNU_STACK.*RW ' || failed=1
  symbols=$(readelf --dyn-syms -W "$executable")
  echo "$symbols" | wants "$executable" "stack protector" '__stack_chk_fail@' || failed=1
  echo "$symbols" | wants "$executable" "fortified calls" '__[a-z]*_chk@' || failed=1
  if readelf -dW "$executable" | grep -E 'RPATH|RUNPATH'; then
    echo "$executable: looks for libraries in a place of its own" >&2
    failed=1
  fi
done
exit $failed
