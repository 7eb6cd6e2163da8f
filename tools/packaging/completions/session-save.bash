# bash completion for session-save, written by session-save --generate bash.
_session_save() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  # --option=value arrives as three words.
  if [[ $current == "=" ]]; then current=""
  elif [[ $previous == "=" ]]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi
  case $previous in
    --file) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --stdin-format) mapfile -t COMPREPLY < <(compgen -W 'json jsonl' -- "$current"); return ;;
    --listen) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --interval) COMPREPLY=(); return ;;
    --shutdown-timeout) COMPREPLY=(); return ;;
    --if-match) COMPREPLY=(); return ;;
    --durability) mapfile -t COMPREPLY < <(compgen -W 'full data none' -- "$current"); return ;;
    --lock-timeout) COMPREPLY=(); return ;;
    --store) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --layout) COMPREPLY=(); return ;;
    --config) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'text json ndjson' -- "$current"); return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current"); return ;;
    --generate) mapfile -t COMPREPLY < <(compgen -W 'man bash zsh fish' -- "$current"); return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--file --stdin-format --patch --append --batch --autosave --listen --interval --shutdown-timeout --if-match --force --durability --lock-timeout --as-root --store --layout --config --show-config --format --color -q --quiet -v --verbose -h --help --version --generate' -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _session_save session-save
