#!/bin/sh
# Installs the project into a directory of its own, then builds and runs a program against what was installed, by
# the CMake package and by pkg-config.
set -eu

build=$1
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build" --prefix "$work/prefix" --component library >/dev/null

cmake -S "$here" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" >/dev/null
cmake --build "$work/build" >/dev/null
"$work/build/consumer" "$work"

PKG_CONFIG_PATH=$(find "$work/prefix" -name pkgconfig)
export PKG_CONFIG_PATH
# shellcheck disable=SC2046  # lists of options
c++ "$here/main.cpp" -o "$work/consumer" $(pkg-config --define-variable=prefix="$work/prefix" --cflags --libs session)
"$work/consumer" "$work"
