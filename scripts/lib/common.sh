# Shared by the scripts: where the project is, which Python it uses, what a suite makes of its flags,
# quiet steps with a log.
# shellcheck shell=bash

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)

# find_python [MODULE...]: sets `python` to the first of $RAVINE_PYTHON, python3, /usr/bin/python3
# that imports the modules (h5py if none is given).
find_python() {
  local modules="${*:-h5py}" candidate
  for candidate in ${RAVINE_PYTHON:+"$RAVINE_PYTHON"} python3 /usr/bin/python3; do
    if "$candidate" -c "import ${modules// /, }" 2>/dev/null; then
      python=$candidate
      return
    fi
  done
  echo "ravine: none of \$RAVINE_PYTHON, python3 and /usr/bin/python3 imports ${modules// /, };" \
       "run scripts/setup or set RAVINE_PYTHON" >&2
  exit 2
}

# ask_suite PROGRAM [FLAG...]: prints which output the suite would write to with these flags, then a
# line of words: plain or tuned, asks, part, fresh, default. Only the program knows: it reads --config
# files, and it names stages and shards.
ask_suite() {
  local answer
  answer=$("$@" --print-output) || return
  case ${answer##*$'\n'} in
    plain* | tuned*) printf '%s\n' "$answer" ;;
    *)
      echo "ravine: '$1' was asked for its --help, --components or --version, perhaps in the file of" \
        "--config: leave that out" >&2
      return 2 ;;
  esac
}

# output_of PROGRAM [FLAG...]: the output alone.
output_of() {
  local answer
  answer=$(ask_suite "$@") || return
  printf '%s\n' "${answer%$'\n'*}"
}

# progress LOG COMMAND...: runs the command with its output in LOG; a terminal shows the last line.
# Where LOG cannot be written nothing runs: what is in it is about another run.
progress() {
  local log=$1
  shift
  { mkdir -p "$(dirname "$log")" && : >"$log"; } 2>/dev/null || {
    echo "ravine: cannot write '$log': make its folder writable, or work in a copy of this clone" >&2
    exit 2
  }
  if [[ -t 1 ]]; then
    local width=$(($(tput cols 2>/dev/null || echo 80) - 1))
    "$@" 2>&1 | tee "$log" | awk -v w="$width" '{printf "\r\033[K%s", substr($0, 1, w); fflush()}
                                               END {printf "\r\033[K"}'
  else
    "$@" >"$log" 2>&1
  fi
}
