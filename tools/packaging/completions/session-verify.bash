# bash completion for session-verify, written by session-verify --generate bash.
_session_verify() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  # --option=value arrives as three words.
  if [[ $current == "=" ]]; then current=""
  elif [[ $previous == "=" ]]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi
  case $previous in
    --files0-from) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --level) mapfile -t COMPREPLY < <(compgen -W 'syntax layout links' -- "$current"); return ;;
    --ignore) COMPREPLY=(); return ;;
    -j|--jobs) COMPREPLY=(); return ;;
    --shard) COMPREPLY=(); return ;;
    --baseline) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --write-baseline) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --explain) COMPREPLY=(); return ;;
    --report) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --store) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --layout) COMPREPLY=(); return ;;
    --config) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'text json ndjson junit sarif github' -- "$current"); return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current"); return ;;
    --generate) mapfile -t COMPREPLY < <(compgen -W 'man bash zsh fish' -- "$current"); return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--files0-from --level --strict --ignore -j --jobs --shard --baseline --write-baseline --hash --explain --report --detect --stats --store --layout --config --show-config --format --color -q --quiet -v --verbose -h --help --version --generate' -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _session_verify session-verify
