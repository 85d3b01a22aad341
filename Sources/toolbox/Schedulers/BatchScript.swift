package import Failures
internal import Text

/// A batch script: what a job asks for and what it runs, whatever the scheduler.
///
/// The script is a pure function of this value (``text()``), and so is the command that submits it
/// (``submission(of:after:element:)``); submitting it is another matter (``SchedulerQueue``).
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

  /// A script whose job waits for this one, or for one that does.
  package struct Follower: Hashable, Sendable {
    /// The absolute path of the script.
    let path: String

    /// The place of the job that it waits for: 0 is this one, 1 the first follower.
    let predecessor: Int

    /// Whether that job must have succeeded, or need only have ended.
    let needsSuccess: Bool

    /// Names a script that waits.
    package init(path: String, predecessor: Int, needsSuccess: Bool) {
      self.path = path
      self.predecessor = predecessor
      self.needsSuccess = needsSuccess
    }
  }

  /// The name of the job: letters, digits, `-`, `_` and `.`.
  package var name: String

  /// The scheduler, the resources that the job asks for, and the way it starts programs.
  package var cluster: ClusterSettings

  /// The command that the job runs.
  package var command: Command

  /// Whether the command can be stopped by a signal and then resumed (exit code 75).
  package var isResumable: Bool

  /// The option by which the command is told the seconds that are left to it; `nil` if it has none.
  ///
  /// Slurm tells the end of the job itself.
  package var timeLimitOption: String?

  /// The elements, if it is an array of jobs.
  package var elements: Elements?

  /// The folder that the job runs in; without it, that of submission.
  package var folder: String?

  /// The folder of the log; without it, that of submission.
  package var logFolder: String?

  /// The absolute path of the script, which PBS and Flux are given again when it stops resumably.
  package var path: String?

  /// The scripts that PBS and Flux are then given again too, each after the one that it waits for.
  package var followers: [Follower] = []

  /// The purpose of the script, in lines without control characters.
  package var comment: [String]

  /// The word after `--mpi` of srun, by which it starts ranks of the MPI that the program was built with.
  package var mpi: String

  /// Whether `mpiexec` of that MPI is Hydra, MPICH's, whose options are others than those of Open MPI's `mpirun`.
  package var hasHydra = false

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
    switch cluster.scheduler {
    case .slurm: lines += try slurmLines()
    case .pbs: lines += try text(in: pbsDialect())
    case .lsf: lines += try text(in: lsfDialect())
    case .flux: lines += try text(in: fluxDialect())
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

// MARK: - What all scripts have

extension BatchScript {
  /// The modules and variables of the job.
  var environmentLines: [String] {
    var lines = cluster.modules.map { "module load \(Quoting.shell($0))" }
    for variable in cluster.environment {
      let parts = variable.unicodeScalars.split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false
      ).map { String($0) }
      lines.append("export \(parts[0])=\(Quoting.shell(parts[1]))")
    }
    return lines + [
      "# Ranks that wait for others leave their core to those that compute.",
      "export OMPI_MCA_mpi_yield_when_idle=1",
    ]
  }

  /// The lines that put the words of the command into `command`.
  ///
  /// - Parameter number: The words of the shell for the number of the element, which follow the others.
  /// - Returns: The lines.
  /// - Throws: `SettingOutOfRange` if a word is more than one line, or empty.
  func commandLines(number: String) throws(SettingOutOfRange) -> [String] {
    let option = elements?.option.map { [Quoting.shell($0)] } ?? []
    let element = elements == nil ? [] : option + [number]
    switch command {
    case .words(let words):
      for word in words where !isOneLine(word) || word.isEmpty {
        throw SettingOutOfRange(
          ofScript: "a word of a command", value: word, allowed: "one line, and not empty")
      }
      let limit = cluster.scheduler == .slurm ? nil : timeLimitOption
      let rest = limit.map { [Quoting.shell($0), "\"$((walltime - SECONDS))\""] } ?? []
      return [
        "command=(\((words.map(Quoting.shell) + rest + element).joined(separator: " ")))"
      ]
    case .commandWithArguments(let command):
      let words = ["\"$program\""] + command.map(Quoting.shell) + ["\"$@\""] + element
      return [
        "program=${HALOMPI:-.build/release/halompi}",
        "command=(\(words.joined(separator: " ")))",
      ]
    }
  }

  /// The lines that run a command which can be stopped by a signal, and wait for it: `code` is then its exit code.
  static let runAndWait = #"""
    echo "$(date -u +%FT%TZ) ${command[*]} (job $job, restart $restarts)"
    "${launch[@]}" "${command[@]}" &
    step=$!

    # A signal ends `wait` early: then wait again for the same process.
    code=0
    while interrupted=0; wait "$step"; code=$?; [ "$interrupted" -eq 1 ] && [ "$code" -gt 128 ]; do
      echo "$(date -u +%FT%TZ) signalled: all ranks stop after this step"
    done
    """#

  /// Numbers as schedulers list them: `0-3,7`.
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

  /// A time as Slurm and PBS write it: hours, minutes and seconds.
  static func duration(minutes: Int) -> String {
    "\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60)):00"
  }

  /// A number with at least two digits.
  static func twoDigits(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
