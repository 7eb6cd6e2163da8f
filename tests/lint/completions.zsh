# usage: zsh -f completions.zsh COMPLETIONS LINE...: what zsh makes of each line and a tab.
zmodload zsh/zpty
for line in "${@:2}"; do
  zpty shell zsh -f -i
  zpty -w shell "PS1=; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -D; print rea''dy"
  zpty -r -m shell out '*ready*'
  zpty -w -n shell "$line"$'\t'
  sleep 0.5
  out=
  while zpty -r -t shell part; do out+=$part; done
  print -r -- "$out"
  zpty -d shell
done
