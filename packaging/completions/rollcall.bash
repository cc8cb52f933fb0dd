# Completion of rollcall(1) for bash.

_rollcall_words() {
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_rollcall() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}
  COMPREPLY=()
  # `--config=FILE` comes as three words.
  if [[ $current == = ]]; then
    current=
  elif [[ $previous == = && $COMP_CWORD -gt 2 ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi

  if [[ $COMP_CWORD -eq 1 ]]; then
    _rollcall_words "serve check-config token key webhook --help --version" "$current"
    return
  fi
  case $previous in
    --config | --env-file)
      compopt -o filenames 2>/dev/null
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return ;;
    --listen)
      # A colon begins a new word for bash: the addresses without their ports.
      _rollcall_words "127.0.0.1 0.0.0.0 localhost" "$current"
      return ;;
    --scopes)
      local before=
      [[ $current == *,* ]] && before=${current%,*},
      compopt -o nospace 2>/dev/null
      _rollcall_words "${before}read ${before}emit ${before}admin" "$current"
      return ;;
    --ttl)
      _rollcall_words "30m 1h 24h 7d" "$current"
      return ;;
    --sub | --email | --role | --name | --url) return ;;
  esac
  case $command in
    serve) _rollcall_words "--dev --fresh --config --env-file --listen --help" "$current" ;;
    check-config) _rollcall_words "--config --env-file --help" "$current" ;;
    token) _rollcall_words "--sub --email --role --name --ttl --config --env-file --help" "$current" ;;
    webhook)
      if [[ $COMP_CWORD -eq 2 && $current != -* && -n $current ]]; then
        _rollcall_words "test" "$current"
      else
        _rollcall_words "--config --env-file --url --help" "$current"
      fi ;;
    key) _rollcall_words "--name --scopes --help" "$current" ;;
  esac
}

complete -F _rollcall rollcall
