extension BatchScript {
  /// Runs the command, tells it of signals, and puts the job back into the queue if it stopped resumably.
  ///
  /// - `scancel` ends a job for good: it is no longer running then, and is not requeued.
  /// - An element of an array is named by the array: the last element has the number of the whole array,
  ///   and all of it would be requeued.
  /// - The program makes the file `HALOMPI_PROGRESS_FILE` when the first step since its start is done.
  static let slurmRun = #"""
    restarts=${SLURM_RESTART_COUNT:-0}
    job=${SLURM_JOB_ID:-none}
    if [ -n "${SLURM_ARRAY_JOB_ID:-}" ]; then job=${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}; fi

    # The program makes this file when it has done a step: without one, another start would do no more.
    export HALOMPI_PROGRESS_FILE=$PWD/.halompi-progress-$job
    rm -f "$HALOMPI_PROGRESS_FILE"

    # When the job ends: the program stops before. Slurm 22.05 does not say it in the environment.
    if [ -z "${SLURM_JOB_END_TIME:-}" ]; then
      end=$(squeue --noheader --jobs="$job" --format=%e 2>/dev/null)
      if [ -n "$end" ] && end=$(date -d "$end" +%s 2>/dev/null); then export SLURM_JOB_END_TIME=$end; fi
    fi

    step=""
    interrupted=0
    forward() {
      interrupted=1
      if [ -n "$step" ]; then kill -USR1 "$step" 2>/dev/null; fi
    }
    trap forward USR1 TERM

    \#(runAndWait)
    trap '' USR1 TERM
    progressed=0
    if [ -e "$HALOMPI_PROGRESS_FILE" ]; then progressed=1; fi
    rm -f "$HALOMPI_PROGRESS_FILE"

    if [ "$code" -ne 75 ]; then
      echo "$(date -u +%FT%TZ) ended with exit code $code"
      exit "$code"
    fi
    # From here on never 75, which some clusters requeue by themselves (RequeueExit).
    stay() {
      echo "$(date -u +%FT%TZ) stopped with a checkpoint, and not requeued: $1; submit again to go on"
      exit 1
    }
    if [ "$restarts" -ge "$most_requeues" ]; then stay "it was requeued $restarts times already"; fi
    if [ "$progressed" -eq 0 ]; then stay "no step was done since the last start"; fi
    state=$(squeue --noheader --jobs="$job" --format=%T)
    if [ "$state" != RUNNING ]; then stay "the job is ${state:-gone}"; fi
    if ! scontrol requeue "$job"; then stay "scontrol failed"; fi
    echo "$(date -u +%FT%TZ) stopped with a checkpoint, and requeued: restart $((restarts + 1)) of at most $most_requeues"
    """#.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
