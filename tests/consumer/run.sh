#!/bin/sh
# Installs the project into a directory of its own, then builds and runs programs against what was installed: one
# by the CMake package, and by pkg-config that one and every example of docs/library.md.
set -eu

build=$1
here=$(cd "$(dirname "$0")" && pwd)
page="$here/../../docs/library.md"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" --component library >/dev/null

cmake -S "$here" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
cmake --build "$work/build" >/dev/null
"$work/build/consumer" "$work"

PKG_CONFIG_PATH=$(find "$work/prefix" -name pkgconfig)
export PKG_CONFIG_PATH
# try SOURCE: builds it as a reader of the page would, and runs it
try() {
  # shellcheck disable=SC2046  # lists of options
  c++ -std=c++20 "$1" -o "$work/program" \
    $(pkg-config --define-variable=prefix="$work/prefix" --cflags --libs session)
  "$work/program" "$work"
}
try "$here/main.cpp"

awk -v work="$work" '
  /^```cpp$/ { file = sprintf("%s/example%d.cpp", work, ++count); next }
  /^```$/ { file = ""; next }
  file != "" { print > file }
' "$page"
examples=0
for example in "$work"/example*.cpp; do
  [ -e "$example" ] || break
  echo "docs/library.md: $(basename "$example" .cpp)"
  try "$example"
  examples=$((examples + 1))
done
[ "$examples" -eq 3 ] || {
  echo "docs/library.md has $examples examples, not 3" >&2
  exit 1
}
