internal import Failures
internal import Text

// The scripts of Slurm.

extension BatchScript {
  /// What the job asks for, and what it runs.
  func slurmLines() throws(SettingOutOfRange) -> [String] {
    try slurmDirectives() + ["", "set -u", ""] + slurmPreparation()
      + (isResumable ? Self.slurmRun : Self.plainSlurmRun)
  }

  private func slurmDirectives() throws(SettingOutOfRange) -> [String] {
    var options = [("job-name", try Self.directiveWord(name, purpose: "the name of a job"))]
    func add(_ option: String, _ value: String) { options.append((option, value)) }
    if let partition = cluster.partition { add("partition", partition) }
    if let account = cluster.account { add("account", account) }
    add("nodes", "\(cluster.nodes)")
    add("ntasks-per-node", "\(cluster.ranksPerNode)")
    add("cpus-per-task", "\(cluster.coresPerRank)")
    if let memory = cluster.memoryPerNode { add("mem", "\(memory)M") }
    add("time", Self.duration(minutes: cluster.minutes))
    if let elements {
      add("array", "\(Self.ranges(elements.indices))%\(elements.simultaneous)")
    }
    if isResumable { add("signal", "B:USR1@\(cluster.warningSeconds)") }
    if let folder {
      add("chdir", try Self.directiveWord(folder, purpose: "the folder of a job"))
    }
    // A per cent sign starts a pattern: two of them mean one.
    let folders = (logFolder.map { $0 + "/" } ?? "").unicodeScalars
    let logFolder = folders.split(separator: "%", omittingEmptySubsequences: false)
      .map { String($0) }.joined(separator: "%%")
    let log = logFolder + (elements == nil ? "%x-%j.log" : "%x-%A_%a.log")
    add("output", try Self.directiveWord(log, purpose: "the log of a job"))
    add("open-mode", "append")
    return options.map { "#SBATCH --\($0)=\($1)" } + ["#SBATCH --requeue"]
      + cluster.options.map { "#SBATCH \($0)" }
  }

  /// Quotes a value of a directive if it needs it.
  private static func directiveWord(
    _ word: String, purpose: String
  ) throws(SettingOutOfRange) -> String {
    guard let value = Quoting.batchDirective(word) else {
      throw SettingOutOfRange(
        ofScript: purpose, value: word, allowed: "one line without quotes and backslashes")
    }
    return value
  }

  /// The environment, the launcher and the command.
  private func slurmPreparation() throws(SettingOutOfRange) -> [String] {
    var lines = environmentLines
    if isResumable { lines.append("most_requeues=\(mostRequeues)") }
    lines += ["cores=${SLURM_CPUS_PER_TASK:-\(cluster.coresPerRank)}", ""]
    lines += slurmLaunch
    lines += try commandLines(number: "\"$SLURM_ARRAY_TASK_ID\"")
    return lines + [""]
  }

  private var mostRequeues: String {
    if case .commandWithArguments = command {
      return "${HALOMPI_REQUEUES:-\(cluster.maximumRequeues)}"
    }
    return "\(cluster.maximumRequeues)"
  }

  private var slurmLaunch: [String] {
    let plugin =
      if case .commandWithArguments = command { "\"${HALOMPI_SRUN_MPI:-\(mpi)}\"" } else { mpi }
    let srun = [
      "# srun does not take --cpus-per-task from sbatch since Slurm 22.05, and leaves the other ranks",
      "# hanging when one dies unless it is told to end the step.",
      "launch=(srun --mpi=\(plugin) --kill-on-bad-exit=1 --cpus-per-task=\"$cores\")",
    ]
    let mpirun = ["launch=(mpirun --map-by \"slot:PE=$cores\")"]
    switch (command, cluster.launcher) {
    case (.commandWithArguments, _):
      let instead = [
        "# Where srun cannot start MPI programs, mpirun can: HALOMPI_LAUNCHER=mpirun.",
        "if [ \"${HALOMPI_LAUNCHER:-srun}\" = mpirun ]; then",
      ]
      return srun + instead + mpirun.map { "  \($0)" } + ["fi"]
    case (_, .srun): return srun
    case (_, .mpirun): return mpirun
    }
  }

  private static let plainSlurmRun = """
    echo "$(date -u +%FT%TZ) ${command[*]} (job ${SLURM_JOB_ID:-none}, restart ${SLURM_RESTART_COUNT:-0})"
    "${launch[@]}" "${command[@]}"
    code=$?
    echo "$(date -u +%FT%TZ) ended with exit code $code"
    exit "$code"
    """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
