# Of scripts/slurm/submit: --local, the shards as processes of this machine. Uses its variables.
# shellcheck shell=bash disable=SC2154

# pause_before RESTART: 1, 2, 4, ... 30 s, so that twenty restarts outlast the five minutes for which
# the lock of a host that died still holds. A stop ends it.
pause_before() {
  local left=$(($1 < 6 ? 1 << ($1 - 1) : 30))
  while ((left-- > 0)) && [[ -z $stopped ]]; do sleep 1; done
}

# run_shard STAGE INDEX: a shard by the rule of the batch script: what stopped resumably is started
# again. TERM is passed on, and ends it.
run_shard() {
  local restarts=0 code process='' stopped='' command
  trap 'stopped=yes; [[ -z $process ]] || kill -TERM "$process" 2>/dev/null' TERM
  eval "command=($(quoted "$program") $(shard_flags "$1") --shard $2/$shards)"
  while true; do
    "${command[@]}" &
    process=$! code=0
    wait "$process" || code=$?
    # A signal ends `wait`, not the process.
    while kill -0 "$process" 2>/dev/null; do
      code=0
      wait "$process" || code=$?
    done
    [[ $code =~ $resumable && -z $stopped ]] || return "$code"
    ((restarts < attempts)) || return "$code"
    echo "stopped resumably (exit code $code): restart $((++restarts)) of $attempts"
    pause_before "$restarts"
  done
}

# await_one: waits for any shard, tells how it ended and notes the worst exit code.
await_one() {
  local process='' code=0
  wait -n -p process "${!running[@]}" || code=$?
  [[ ${process-} ]] || return 0  # a signal came first
  ((code <= worst)) || worst=$code
  local shard="${stage:+$stage: }shard ${running[$process]} of $shards"
  case $code in
    0) echo "$shard is done" ;;
    1) echo "$shard is done, but some of its trials failed" ;;
    *) echo "$shard ended with exit code $code; its log is in '$jobs'" >&2 ;;
  esac
  unset "running[$process]"
}

# run_stage STAGE: all its shards, `cap` at a time.
run_stage() {
  local i
  for ((i = 0; i < shards; ++i)); do
    while ((${#running[@]} >= cap)); do await_one; done
    [[ -z $stopped ]] || break
    run_shard "$1" "$i" >>"$jobs/${1:+$1.}shard-$i.log" 2>&1 &
    running[$!]=$i
  done
  while ((${#running[@]})); do await_one; done
}

run_local() {
  local stage worst=0 stopped=''
  local -A running=()
  cap=${cap:-$(nproc)}
  ((cap <= shards)) || cap=$shards
  # The shards share the cores; --workers and --threads of the suite still count.
  export OMP_NUM_THREADS=${OMP_NUM_THREADS:-$((($(nproc) + cap - 1) / cap))}
  trap 'stopped=yes; kill -TERM "${!running[@]}" 2>/dev/null' INT TERM
  echo "$shards shards of $suite, $cap at a time; progress: scripts/slurm/status $(quoted "$output")"
  for stage in "${stages[@]}"; do
    run_stage "$stage"
    if [[ $stopped ]]; then
      echo "stopped: the same command continues" >&2
      return 75
    fi
    bash "$(script_file "$stage" merge)" --local || return
  done
  return "$worst"
}
