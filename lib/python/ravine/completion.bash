# Completion of the command ravine in bash.
_ravine() {
  local IFS=$'\n'
  COMPREPLY=($(ravine complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
  # A flag's value that the program does not list may be a file.
  [[ ${COMPREPLY[*]-} ]] || compopt -o default
}
complete -F _ravine ravine
