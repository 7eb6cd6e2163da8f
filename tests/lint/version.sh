#!/bin/sh
# The version has one place, project() of the CMakeLists.txt at the top. What is made from it must have it, and so
# must the pages that show it; and a commit that carries a tag of a version must be that version.
#
# usage: version.sh copies VERSION BUILD_DIR
#        version.sh tag VERSION      exit status 77: there is nothing to compare with
set -eu

mode=$1
version=$2
failed=0

wrong() {
  echo "$*" >&2
  failed=1
}

# shows FILE PATTERN: what the pattern's group matches in FILE is the version, at least once and everywhere.
shows() {
  [ -r "$1" ] || { wrong "$1 is missing"; return; }
  found=$(sed -n "s|.*$2.*|\\1|p" "$1" | sort -u)
  [ "$found" = "$version" ] || wrong "$1 says version '$found', and project() says $version"
}

copies() { # BUILD_DIR
  build=$(cd "$1" && pwd)
  cd "$(dirname "$0")/../.."
  for tool in session-clean session-repair session-save session-verify; do
    [ "$("$build/bin/$tool" --version)" = "$tool (session-toolkit) $version" ] || wrong "$tool --version is not $version"
    shows docs/man/$tool.1 '"session-toolkit \([^"]*\)"'
  done
  for package in session-toolkit libsession-dev; do
    shows "$build/packaging/$package.changelog" "$package (\\(.*\\)-1)"
  done
  shows "$build/CPackConfig.cmake" 'CPACK_PACKAGE_VERSION "\([^"]*\)"'
  shows "$build/lib/session.pc" 'Version: \(.*\)'
  shows "$build/lib/session-config-version.cmake" 'set(PACKAGE_VERSION "\([0-9.]*\)")'
  shows docs/output-format.md '"version":"\([0-9][^"]*\)"'
  shows docs/verify-in-ci.md 'rev: v\([0-9.]*\)'
  shows docs/many-machines.md 'image: session-toolkit:\([0-9.]*\)'
  version=${version%.*}
  shows docs/building.md 'find_package(session \([0-9.]*\) '
  shows tests/consumer/CMakeLists.txt 'find_package(session \([0-9.]*\) '
}

tag() {
  cd "$(dirname "$0")/../.."
  top=$(git rev-parse --show-toplevel 2>/dev/null) || top=
  # A tree that was unpacked inside somebody else's repository has no tags of its own.
  if [ "$top" != "$(pwd -P)" ]; then
    echo "skipped: this is no checkout of git"
    exit 77
  fi
  tags=$(git tag --points-at HEAD | grep -E '^v[0-9]+\.[0-9]+\.[0-9]+$') || true
  if [ -z "$tags" ]; then
    echo "skipped: this commit carries no tag of a version"
    exit 77
  fi
  [ "$tags" = "v$version" ] || wrong "this commit is tagged" "$tags," "and project() says $version"
}

case $mode in
  copies) copies "$3" ;;
  tag) tag ;;
  *) exit 2 ;;
esac
exit $failed
