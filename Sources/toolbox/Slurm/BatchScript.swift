package import Failures
internal import Text

/// A batch script: what a job asks for and what it runs.
///
/// The script is a pure function of this value (``text()``); submitting it is another matter
/// (``SlurmQueue``).
package struct BatchScript: Hashable, Sendable {
  /// The command that a job runs.
  package enum Command: Hashable, Sendable {
    /// A program and its words.
    case words([String])

    /// A command, in one or more words, of the program that the variable HALOMPI names, or that was built
    /// in the folder of submission, with what follows the script on the command line of `sbatch`.
    case commandWithArguments([String])
  }

  /// The elements of an array of jobs.
  package struct Elements: Hashable, Sendable {
    /// The numbers of the elements.
    package var indices: [Int]

    /// The number of elements that may run at the same time.
    package var simultaneous: Int

    /// The option by which the command is told the number of its element; without it, the number is the
    /// last word of the command.
    package var option: String?

    /// Makes the elements of an array.
    package init(indices: [Int], simultaneous: Int, option: String? = nil) {
      self.indices = indices
      self.simultaneous = simultaneous
      self.option = option
    }
  }

  /// The name of the job: letters, digits, `-`, `_` and `.`.
  package var name: String

  /// The resources that the job asks for, and the way it starts programs.
  package var cluster: ClusterSettings

  /// The command that the job runs.
  package var command: Command

  /// Whether the command can be stopped by a signal and then resumed (exit code 75).
  package var isResumable: Bool

  /// The elements, if it is an array of jobs.
  package var elements: Elements?

  /// The folder that the job runs in; without it, that of submission.
  package var folder: String?

  /// The folder of the log; without it, that of submission.
  package var logFolder: String?

  /// The purpose of the script, in lines without control characters.
  package var comment: [String]

  /// The word after `--mpi` of srun, by which it starts ranks of the MPI that the program was built with.
  package var mpi: String

  /// Makes a script.
  package init(
    name: String, cluster: ClusterSettings, command: Command, isResumable: Bool,
    elements: Elements? = nil, folder: String? = nil, logFolder: String? = nil,
    mpi: String = "pmix", comment: [String] = []
  ) {
    self.name = name
    self.cluster = cluster
    self.command = command
    self.isResumable = isResumable
    self.elements = elements
    self.folder = folder
    self.logFolder = logFolder
    self.mpi = mpi
    self.comment = comment
  }

  /// The script.
  ///
  /// - Throws: `SettingOutOfRange` if a value could not stand in it as one word.
  package func text() throws(SettingOutOfRange) -> String {
    try cluster.check()
    guard comment.allSatisfy(isOneLine) else {
      throw SettingOutOfRange(
        ofScript: "a comment", value: comment.joined(separator: " "), allowed: "one line each")
    }
    var lines = ["#!/bin/bash"]
    lines += comment.map { $0.isEmpty ? "#" : "# \($0)" } + [""]
    lines += try directives()
    lines += ["", "set -u", ""]
    lines += try preparation()
    lines += isResumable ? Self.resumableRun : Self.plainRun
    return lines.joined(separator: "\n") + "\n"
  }
}

// MARK: - What the job asks for

extension BatchScript {
  private func directives() throws(SettingOutOfRange) -> [String] {
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

  /// A time as Slurm writes it: hours, minutes and seconds.
  private static func duration(minutes: Int) -> String {
    func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    return "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60)):00"
  }

  /// Numbers as Slurm lists them: `0-3,7`.
  static func ranges(_ numbers: [Int]) -> String {
    var runs: [ClosedRange<Int>] = []
    for number in Set(numbers).sorted() {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}

// MARK: - What the job runs

extension BatchScript {
  /// The environment, the launcher and the command.
  private func preparation() throws(SettingOutOfRange) -> [String] {
    var lines: [String] = []
    lines += cluster.modules.map { "module load \(Quoting.shell($0))" }
    for variable in cluster.environment {
      let parts = variable.unicodeScalars.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false
      ).map { String($0) }
      lines.append("export \(parts[0])=\(Quoting.shell(parts[1]))")
    }
    lines += [
      "# Ranks that wait for others leave their core to those that compute.",
      "export OMPI_MCA_mpi_yield_when_idle=1",
    ]
    if isResumable {
      lines.append("most_requeues=\(mostRequeues)")
    }
    lines += ["cores=${SLURM_CPUS_PER_TASK:-\(cluster.coresPerRank)}", ""]
    lines += launcherLines
    var element: [String] = []
    if let elements {
      element = (elements.option.map { [Quoting.shell($0)] } ?? []) + ["\"$SLURM_ARRAY_TASK_ID\""]
    }
    switch command {
    case .words(let words):
      for word in words where !isOneLine(word) || word.isEmpty {
        throw SettingOutOfRange(
          ofScript: "a word of a command", value: word, allowed: "one line, and not empty")
      }
      lines.append("command=(\((words.map(Quoting.shell) + element).joined(separator: " ")))")
    case .commandWithArguments(let command):
      let words = ["\"$program\""] + command.map(Quoting.shell) + ["\"$@\""] + element
      lines += [
        "program=${HALOMPI:-.build/release/halompi}",
        "command=(\(words.joined(separator: " ")))",
      ]
    }
    return lines + [""]
  }

  private var mostRequeues: String {
    if case .commandWithArguments = command {
      return "${HALOMPI_REQUEUES:-\(cluster.maximumRequeues)}"
    }
    return "\(cluster.maximumRequeues)"
  }

  private var launcherLines: [String] {
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

  private static let plainRun = """
    echo "$(date -u +%FT%TZ) ${command[*]} (job ${SLURM_JOB_ID:-none}, restart ${SLURM_RESTART_COUNT:-0})"
    "${launch[@]}" "${command[@]}"
    code=$?
    echo "$(date -u +%FT%TZ) ended with exit code $code"
    exit "$code"
    """.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
}
