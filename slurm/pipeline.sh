#!/bin/bash
# Submits all stages of an experiment: each starts when the one before has succeeded, and is canceled when it
# cannot any more.
#
#   slurm/pipeline.sh jobs/paper.yaml
#   slurm/pipeline.sh --nodes=4 --cpus-per-task=16 -- jobs/paper.yaml --set training.seed=2
#   HALOMPI_STAGES="prepare train predict analyze" slurm/pipeline.sh jobs/gadget.yaml     # simulations of your own
#
# What stands before -- goes to sbatch, for all stages; the rest to halompi. Prints the number of each job.
set -eu

options=()
words=("$@")
for index in "${!words[@]}"; do
  if [ "${words[index]}" = -- ]; then
    options=("${words[@]:0:index}")
    words=("${words[@]:index+1}")
    break
  fi
done
if [ "${#words[@]}" -eq 0 ]; then
  sed -n '2,/^set/s/^# \{0,1\}//p' "$0" >&2
  exit 64
fi

folder=$(dirname "$0")
dependency=()
for stage in ${HALOMPI_STAGES:-simulate prepare train predict analyze}; do
  # ${a[@]+"${a[@]}"}: older shells take an empty list for an unset variable.
  job=$(sbatch --parsable ${options[@]+"${options[@]}"} ${dependency[@]+"${dependency[@]}"} \
    "$folder/$stage.sbatch" "${words[@]}")
  job=${job%%;*}
  echo "$job $stage"
  dependency=("--dependency=afterok:$job" --kill-on-invalid-dep=yes)
done
