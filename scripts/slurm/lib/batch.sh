# Of scripts/slurm/submit: the batch scripts of a run, and their submission.
#
# Uses its variables: suite, program, results, output, jobs (the folder of scripts and logs), shards,
# cap, attempts, stages, flags (of the suite), sbatch_options.
# shellcheck shell=bash disable=SC2154

# What a suite ends with that stored where it is: 75, or 128 + HUP, INT, USR1, USR2, TERM or XCPU
# where the signal came before the suite could answer it.
resumable='^(75|129|130|138|140|143|152)$'

# quoted WORD...: the words as bash reads them back. Not for #SBATCH lines: sbatch has rules of its own.
quoted() { printf '%q ' "$@" | sed '$s/ $//'; }

# script_file STAGE KIND: where a batch script is, KIND being shards or merge; beside it, without
# .sh, lies the script that submits it.
script_file() { echo "$jobs/${1:+$1.}$2.sh"; }
submission_file() { echo "$jobs/${1:+$1.}$2"; }

# stage_file STAGE: the output of a stage, as the suite names it; "" is the whole run.
stage_file() { output_of "$program" "${flags[@]}" --output "$output" ${1:+--stage "$1"}; }

# shard_file STAGE I N: the output of a shard, as the suite names it.
shard_file() {
  output_of "$program" "${flags[@]}" --output "$output" ${1:+--stage "$1"} --shard "$2/$3"
}

# learn_names STAGE: how the suite names shard I of N, into the array `names`: names[0] I names[1] N
# names[2]. Where two names differ, there is the number in which their shards differ.
learn_names() {
  local first second third rest i
  first=$(shard_file "$1" 0 2) && second=$(shard_file "$1" 1 2) && third=$(shard_file "$1" 0 3) ||
    exit 2
  for ((i = 0; i < ${#first}; ++i)); do [[ ${first:i:1} == "${second:i:1}" ]] || break; done
  names=("${first:0:i}")
  rest=${first:i+1}
  third=${third:i+1}
  for ((i = 0; i < ${#rest}; ++i)); do [[ ${rest:i:1} == "${third:i:1}" ]] || break; done
  names+=("${rest:0:i}" "${rest:i+1}")
  [[ $(part $((shards - 1))) == "$(shard_file "$1" $((shards - 1)) "$shards")" ]] ||
    refuse "'$program' names its shards in a way that is not understood here: use the scripts of" \
      "its own version"
}

# part I: the output of shard I of the stage of `names`.
part() { printf '%s%s%s%s%s\n' "${names[0]}" "$1" "${names[1]}" "$shards" "${names[2]}"; }

# shard_flags STAGE: the flags of all shards of a stage but --shard, quoted for a script.
shard_flags() {
  local stage=$1 all=("${flags[@]}" --output "$output")
  [[ -z $stage ]] || all+=(--stage "$stage")
  [[ $stage != final ]] || all+=(--from "$(stage_file search)")
  quoted "${all[@]}"
}

# Logs are opened by the batch scripts themselves: sbatch would read patterns into their names.
shards_script() {
  cat <<EOF
#!/usr/bin/env bash
# Runs one of $shards shards, and requeues itself if that was stopped resumably.
exec >>$(quoted "$jobs/${1:+$1.}shard-")"\$SLURM_ARRAY_TASK_ID.log" 2>&1
[[ -z \${SLURM_CPUS_PER_TASK-} ]] || export SRUN_CPUS_PER_TASK=\$SLURM_CPUS_PER_TASK
srun --ntasks=1 $(quoted "$program") $(shard_flags "$1") --shard "\$SLURM_ARRAY_TASK_ID/$shards"
code=\$?
# Slurm itself requeues after preemption and node failure, but not after a time limit.
if [[ \$code =~ $resumable ]]; then
  restarts=\${SLURM_RESTART_COUNT:-0}
  if ((restarts < $attempts)); then
    echo "stopped resumably (exit code \$code): requeued, restart \$((restarts + 1)) of $attempts"
    scontrol requeue "\$SLURM_JOB_ID"
  else
    echo "stopped resumably (exit code \$code) after $attempts restarts: the same" \\
      "scripts/slurm/submit continues"
  fi
fi
exit \$code
EOF
}

# merge_script STAGE: joins all parts of the stage there are, whatever their number, and what its
# output holds already: shards skip what they find there.
merge_script() {
  local file digits='+([0-9])' any
  file=$(stage_file "$1")
  any=$(quoted "${names[0]}")$digits$(quoted "${names[1]}")$digits${names[2]:+$(quoted "${names[2]}")}
  cat <<EOF
#!/usr/bin/env bash
# Joins what the shards have finished, and says what is missing.
[[ \${1-} == --local ]] || exec >>$(quoted "$jobs/${1:+$1.}merge.log") 2>&1
shopt -s extglob nullglob
output=$(quoted "$file")
inputs=($any $any.spool)
[[ ! -e \$output ]] || inputs=("\$output" "\${inputs[@]}")
if ((\${#inputs[@]})); then
  $(quoted "$results") merge "\$output" "\${inputs[@]}" --suite $suite || exit
fi
unfinished=()
for ((i = 0; i < $shards; ++i)); do
  [[ -e $(quoted "${names[0]}")\$i$(quoted "${names[1]}$shards${names[2]}") ]] || unfinished+=("\$i")
done
if ((\${#unfinished[@]})); then
  echo "unfinished shards of $shards: \${unfinished[*]}; run the same scripts/slurm/submit to continue" >&2
  exit 75
fi
EOF
  [[ $1 != final ]] ||
    quoted "$results" merge "$output" "$(stage_file search)" "$file" --suite "$suite"
}

# file_pattern FILE: what sbatch reads as this name. A backslash ends its patterns, and % begins one.
file_pattern() {
  local name=$1
  if [[ $name == *\\* ]]; then echo "${name//\\/\\\\}"; else echo "${name//%/%%}"; fi
}

# submission STAGE KIND: the script that hands a batch script to sbatch; what it is given itself, and
# before that what the user asked of sbatch, comes last and wins.
submission() {
  local options=(--job-name="ravine-$suite-${1:+$1-}$2" --open-mode=append --requeue
    --output="$(file_pattern "$jobs/slurm.log")")
  [[ $2 != shards ]] || options+=(--array="0-$((shards - 1))${cap:+%$cap}" --signal=TERM@180)
  echo '#!/usr/bin/env bash'
  echo "# Submits $2.sh; options of sbatch may follow, such as --array=3,7 for these shards alone."
  echo "exec sbatch $(quoted "${options[@]}" "${sbatch_options[@]}") \"\$@\" $(quoted "$(script_file "$1" "$2")")"
}

# each_script ACTION: calls ACTION with the path of every script of the run; standard input has its text.
each_script() {
  local stage kind names=()
  for stage in "${stages[@]}"; do
    learn_names "$stage"
    for kind in shards merge; do
      "${kind}_script" "$stage" | "$1" "$(script_file "$stage" $kind)"
      submission "$stage" $kind | "$1" "$(submission_file "$stage" $kind)"
    done
  done
}

write_script() { cat >"$1" && chmod +x "$1"; }
print_script() { echo "# --- $1" && cat; }

write_scripts() {
  local stage i names=()
  mkdir -p "$jobs"
  each_script write_script
  {
    printf '%s\n' suite="$suite" shards="$shards" stages="${stages[*]}" trials="$trials"
    for stage in "${stages[@]}"; do
      learn_names "$stage"
      for ((i = 0; i < shards; ++i)); do printf 'part=%s\n' "$(part "$i")"; done
    done
  } >"$jobs/run"
}

print_scripts() { each_script print_script; }

# sbatch_job STAGE KIND [OPTION...]: prints the id of the new job.
sbatch_job() {
  local id
  id=$("$(submission_file "$1" "$2")" --parsable "${@:3}") ||
    refuse "sbatch did not take '$(script_file "$1" "$2")': what it said is shown above"
  echo "${id%%;*}"
}

submit_jobs() {
  local stage shards_job merge_job='' all=() after
  for stage in "${stages[@]}"; do
    # The final stage needs all of the search.
    after=(${merge_job:+"--dependency=afterok:$merge_job" --kill-on-invalid-dep=yes})
    shards_job=$(sbatch_job "$stage" shards "${after[@]}")
    merge_job=$(sbatch_job "$stage" merge --dependency=afterany:"$shards_job")
    all+=("$shards_job" "$merge_job")
    echo "${stage:+$stage: }job $shards_job runs $shards shards of $suite, job $merge_job merges them"
  done
  cat <<EOF
how far    scripts/slurm/status $(quoted "$output")
queue      squeue --jobs $(IFS=,; echo "${all[*]}")
logs       $(quoted "$jobs")/*.log
stop       scancel ${all[*]}
continue   the same scripts/slurm/submit again
result     $(quoted "$output")
EOF
}
