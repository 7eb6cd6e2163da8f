# bash completion for session-clean, written by session-clean --generate bash.
_session_clean() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  # --option=value arrives as three words.
  if [[ $current == "=" ]]; then current=""
  elif [[ $previous == "=" ]]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi
  case $previous in
    --as-of) COMPREPLY=(); return ;;
    --ttl) COMPREPLY=(); return ;;
    --on-undatable) mapfile -t COMPREPLY < <(compgen -W 'keep mtime' -- "$current"); return ;;
    --keep-newest) COMPREPLY=(); return ;;
    --max-delete) COMPREPLY=(); return ;;
    --trash-ttl) COMPREPLY=(); return ;;
    --audit-log) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --restore) COMPREPLY=(); return ;;
    -j|--jobs) COMPREPLY=(); return ;;
    --lock-timeout) COMPREPLY=(); return ;;
    --store) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --layout) COMPREPLY=(); return ;;
    --config) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'text json ndjson' -- "$current"); return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current"); return ;;
    --generate) mapfile -t COMPREPLY < <(compgen -W 'man bash zsh fish' -- "$current"); return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '-n --dry-run --as-of --ttl --on-undatable --keep-newest --max-delete --trash --trash-ttl --audit-log --list-trash --restore --hook --if-enabled --no-index -j --jobs --lock-timeout --as-root --store --layout --config --show-config --format --color -q --quiet -v --verbose -h --help --version --generate' -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _session_clean session-clean
