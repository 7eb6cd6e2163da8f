#!/bin/bash
# The completions in the real shells, and the man pages in the real man; a shell that is not installed is
# skipped by name. Status 77: none but bash was there.
set -eu

cd "$(dirname "$0")/../.."
completions=$PWD/tools/packaging/completions
failed=0
tried=0

# wants SHELL GOT WANTED...: every wanted word must stand in what was offered.
wants() {
  local shell=$1 got=$2 word
  shift 2
  tried=$((tried + 1))
  for word in "$@"; do
    [[ $got == *"$word"* ]] && continue
    echo "$shell offers '$got', and not $word" >&2
    failed=1
  done
}

# lacks SHELL GOT WORD: nobody who names a layout means a file.
lacks() {
  [[ $2 == *"$3"* ]] || return 0
  echo "$1 offers '$2' for what is no path" >&2
  failed=1
}

for tool in session-clean session-repair session-save session-verify; do
  offered=$(
    bash -c '
      source "$1/$2.bash"
      offer() { COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)); "_${1//-/_}"; echo "${COMPREPLY[@]}"; }
      offer "$2" --sho
      offer "$2" --format nd
      offer "$2" --format = j
      offer "$2" --config CMakeL' bash "$completions" "$tool"
  )
  wants bash "$offered" --show-config ndjson json CMakeLists.txt
  # shellcheck disable=SC2016  # for the shell inside
  offered=$(
    bash -c '
      source "$1/$2.bash"
      COMP_WORDS=("$2" --layout CMakeL) COMP_CWORD=2
      "_${2//-/_}"
      echo "${COMPREPLY[@]}"' bash "$completions" "$tool"
  )
  lacks bash "$offered" CMakeLists.txt
  if command -v fish >/dev/null; then
    offered=$(fish -c "source $completions/$tool.fish; complete -C '$tool --sho'; complete -C '$tool --format nd'
      complete -C '$tool --config CMakeL'")
    wants fish "$offered" --show-config ndjson CMakeLists.txt
    lacks fish "$(fish -c "source $completions/$tool.fish; complete -C '$tool --layout CMakeL'")" CMakeLists.txt
  fi
  if command -v zsh >/dev/null; then
    offered=$(zsh -f tests/lint/completions.zsh "$completions" "$tool --sho" "$tool --format nd" \
      "$tool --layout CMakeL")
    wants zsh "$offered" --show-config ndjson
    lacks zsh "$offered" CMakeLists.txt
  fi
  if command -v man >/dev/null; then
    complaints=$(LC_ALL=C.UTF-8 MANROFFSEQ='' MANWIDTH=80 man --warnings -l "docs/man/$tool.1" 2>&1 >/dev/null)
    [ -z "$complaints" ] || { echo "man: docs/man/$tool.1: $complaints" >&2; failed=1; }
  fi
done
for shell in fish zsh man; do
  command -v $shell >/dev/null || echo "skipped: $shell is not installed"
done
[ $failed -eq 0 ] || exit 1
[ $tried -gt 4 ] || exit 77
