# bash completion for session-repair, written by session-repair --generate bash.
_session_repair() {
  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
  # --option=value arrives as three words.
  if [[ $current == "=" ]]; then current=""
  elif [[ $previous == "=" ]]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi
  case $previous in
    --files0-from) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --report) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --accept-loss) mapfile -t COMPREPLY < <(compgen -W 'none tail any' -- "$current"); return ;;
    --cut-values) mapfile -t COMPREPLY < <(compgen -W 'drop keep-prefix' -- "$current"); return ;;
    --level) mapfile -t COMPREPLY < <(compgen -W 'syntax layout' -- "$current"); return ;;
    --from) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --durability) mapfile -t COMPREPLY < <(compgen -W 'full data none' -- "$current"); return ;;
    --lock-timeout) COMPREPLY=(); return ;;
    -j|--jobs) COMPREPLY=(); return ;;
    --shard) COMPREPLY=(); return ;;
    --store) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --layout) COMPREPLY=(); return ;;
    --config) mapfile -t COMPREPLY < <(compgen -f -- "$current"); return ;;
    --format) mapfile -t COMPREPLY < <(compgen -W 'text json ndjson' -- "$current"); return ;;
    --color) mapfile -t COMPREPLY < <(compgen -W 'auto always never' -- "$current"); return ;;
    --generate) mapfile -t COMPREPLY < <(compgen -W 'man bash zsh fish' -- "$current"); return ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--files0-from -n --dry-run --diff --report --accept-loss --cut-values --level --from --fix-surrogates --fix-links --rebuild-header --reset --durability --lock-timeout -j --jobs --shard --as-root --store --layout --config --show-config --format --color -q --quiet -v --verbose -h --help --version --generate' -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}
complete -o filenames -F _session_repair session-repair
