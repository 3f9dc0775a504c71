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

# output_of PROGRAM [FLAG...]: prints which output the suite would write to with these flags. Only the
# program knows: it reads --config files, and it names stages and shards.
output_of() {
  local answer
  answer=$("$@" --print-output) || return
  printf '%s\n' "${answer%$'\n'*}"
}

# is_tuned PROGRAM [FLAG...]: whether these flags ask for a tuned run.
is_tuned() {
  local answer
  answer=$("$@" --print-output) || return
  [[ ${answer##*$'\n'} == tuned ]]
}

# progress LOG COMMAND...: runs the command with its output in LOG; a terminal shows the last line.
progress() {
  local log=$1
  shift
  mkdir -p "$(dirname "$log")"
  if [[ -t 1 ]]; then
    local width=$(($(tput cols 2>/dev/null || echo 80) - 1))
    "$@" 2>&1 | tee "$log" | awk -v w="$width" '{printf "\r\033[K%s", substr($0, 1, w); fflush()}
                                               END {printf "\r\033[K"}'
  else
    "$@" >"$log" 2>&1
  fi
}
