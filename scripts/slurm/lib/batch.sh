# Of scripts/slurm/submit: the batch scripts of a run, and their submission.
#
# Uses its variables: suite, program, results, output, jobs (the folder of scripts and logs), shards,
# cap, attempts, stages, flags (of the suite), sbatch_options.

quoted() { printf '%q ' "$@" | sed 's/ $//'; }

# stage_file STAGE: the output of a stage, as the suite names it; "" is the whole run.
stage_file() {
  if [[ $1 ]]; then echo "${output%.h5}.$1.h5"; else echo "$output"; fi
}

# script_file STAGE KIND: where a batch script is, KIND being shards or merge.
script_file() { echo "$jobs/${1:+$1.}$2.sh"; }

# shard_flags STAGE: the flags of all shards of a stage but --shard, quoted for a script.
shard_flags() {
  local stage=$1 all=("${flags[@]}" --output "$output")
  [[ -z $stage ]] || all+=(--stage "$stage")
  [[ $stage != final ]] || all+=(--from "$(stage_file search)")
  quoted "${all[@]}"
}

# heading STAGE KIND LOG [DIRECTIVE...]: the first lines of a batch script. What the user asks of
# sbatch comes last and wins.
heading() {
  local stage=$1 kind=$2 log=$3
  shift 3
  echo '#!/usr/bin/env bash'
  printf '#SBATCH %s\n' --job-name="ravine-$suite-${stage:+$stage-}$kind" \
    --output="$(quoted "$jobs/${stage:+$stage.}")$log" --open-mode=append --requeue "$@" \
    ${sbatch_options[0]+"$(quoted "${sbatch_options[@]}")"}
}

shards_script() {
  heading "$1" shards 'shard-%a.log' --array="0-$((shards - 1))${cap:+%$cap}" --signal=TERM@180
  cat <<EOF
# Runs one of $shards shards, and requeues itself if that was stopped resumably.
[[ -z \${SLURM_CPUS_PER_TASK-} ]] || export SRUN_CPUS_PER_TASK=\$SLURM_CPUS_PER_TASK
srun --ntasks=1 $(quoted "$program") $(shard_flags "$1") --shard "\$SLURM_ARRAY_TASK_ID/$shards"
code=\$?
# Slurm itself requeues after preemption and node failure, but not after a time limit.
if ((code == 75 && \${SLURM_RESTART_COUNT:-0} < $attempts)); then
  scontrol requeue "\$SLURM_JOB_ID"
fi
exit \$code
EOF
}

# merging TARGET: lines of a script that join all parts of TARGET there are, whatever their number,
# and what it holds already: shards skip what they find there.
merging() {
  local stem
  stem=$(quoted "${1%.h5}")
  cat <<EOF
inputs=()
for input in $stem.h5 $stem.shard-*-of-*.h5 $stem.shard-*-of-*.h5.spool; do
  [[ ! -e \$input ]] || inputs+=("\$input")
done
if ((\${#inputs[@]})); then
  $(quoted "$results") merge $stem.h5 "\${inputs[@]}" --suite $suite || exit
fi
EOF
}

merge_script() {
  local stage=$1 file
  file=$(stage_file "$stage")
  heading "$stage" merge merge.log
  echo '# Joins what the shards have finished, and says what is missing.'
  merging "$file"
  cat <<EOF
unfinished=()
for ((i = 0; i < $shards; ++i)); do
  [[ -e $(quoted "${file%.h5}").shard-\$i-of-$shards.h5 ]] || unfinished+=("\$i")
done
if ((\${#unfinished[@]})); then
  echo "not finished are the shards \${unfinished[*]} of $shards: the same scripts/slurm/submit continues" >&2
  exit 75
fi
EOF
  [[ $stage != final ]] ||
    echo "$(quoted "$results" merge "$output" "$(stage_file search)" "$file" --suite "$suite")"
}

write_scripts() {
  local stage
  mkdir -p "$jobs"
  printf '%s\n' suite="$suite" shards="$shards" stages="${stages[*]}" trials="$trials" >"$jobs/run"
  for stage in "${stages[@]}"; do
    shards_script "$stage" >"$(script_file "$stage" shards)"
    merge_script "$stage" >"$(script_file "$stage" merge)"
  done
}

print_scripts() {
  local stage kind
  for stage in "${stages[@]}"; do
    for kind in shards merge; do
      echo "# --- $(script_file "$stage" $kind)"
      "${kind}_script" "$stage"
    done
  done
}

# sbatch_job SCRIPT [OPTION...]: prints the id of the new job.
sbatch_job() {
  local id
  id=$(sbatch --parsable "${@:2}" "$1") || refuse "sbatch did not take '$1': its words are above"
  echo "${id%%;*}"
}

submit_jobs() {
  local stage shards_job merge_job= all=() after
  for stage in "${stages[@]}"; do
    # The final stage needs all of the search.
    after=(${merge_job:+"--dependency=afterok:$merge_job" --kill-on-invalid-dep=yes})
    shards_job=$(sbatch_job "$(script_file "$stage" shards)" "${after[@]}")
    merge_job=$(sbatch_job "$(script_file "$stage" merge)" --dependency=afterany:"$shards_job")
    all+=("$shards_job" "$merge_job")
    echo "${stage:+$stage: }job $shards_job runs $shards shards of $suite, job $merge_job joins them"
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
