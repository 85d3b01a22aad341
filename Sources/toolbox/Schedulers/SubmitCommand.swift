internal import Text

/// The words that give a script to a scheduler.
struct SubmitCommand: Hashable, Sendable {
  /// The program and its words.
  let words: [String]

  /// The file that the command reads as its standard input; `nil` for none.
  let input: String?
}

/// The condition for the start of a job, in terms of other jobs.
package enum Dependency: Hashable, Sendable {
  /// The success of all of these; the job is removed when one of them cannot succeed.
  case success(of: [JobIdentifier])

  /// The end of all of these, successful or not.
  case end(of: [JobIdentifier])

  private var numbers: [String] {
    switch self {
    case .success(let jobs), .end(let jobs): jobs.map(\.number)
    }
  }

  private var isSuccess: Bool {
    if case .success = self { true } else { false }
  }

  /// The words for the command that submits a job.
  fileprivate func words(for scheduler: Scheduler) -> [String] {
    let type = isSuccess ? "afterok" : "afterany"
    switch scheduler {
    case .slurm:
      return ["--dependency=\(type):" + numbers.joined(separator: ":")]
        + (isSuccess ? ["--kill-on-invalid-dep=yes"] : [])
    case .pbs: return ["-W", "depend=\(type):" + numbers.joined(separator: ":")]
    case .lsf:
      // A job that can no longer start would wait for ever without `-ti`.
      let conditions = numbers.map { isSuccess ? "done(\($0))" : "ended(\($0))" }
      return ["-w", conditions.joined(separator: " && ")] + (isSuccess ? ["-ti"] : [])
    case .flux: return numbers.map { "--dependency=\(type):\($0)" }
    }
  }
}

/// A job, or an array of jobs, in the queue.
package struct JobIdentifier: Hashable, Sendable, CustomStringConvertible {
  /// The number, as the scheduler's commands take it.
  package let number: String

  /// The number.
  package var description: String { number }

  /// Takes the number out of the answer of a command that submitted a job.
  ///
  /// Slurm: `123` or `123;cluster`. PBS: `123.server` or `123[].server`. LSF: `Job <123> is submitted to queue
  /// <normal>.` Flux: `ƒM7Zq9AKHno`, or with an `f`.
  init?(answer: String, of scheduler: Scheduler) {
    let line = answer.split(separator: "\n").last.map(String.init) ?? ""
    let found: Substring? =
      switch scheduler {
      case .slurm: line.wholeMatch(of: /([0-9]+)(?:;.*)?/)?.output.1
      case .pbs: line.wholeMatch(of: /([0-9]+(?:\[\])?(?:\.[A-Za-z0-9.-]+)?)\s*/)?.output.1
      case .lsf: answer.firstMatch(of: /Job <([0-9]+)> is submitted/)?.output.1
      case .flux: line.wholeMatch(of: /([ƒf]?[A-Za-z0-9]+)\s*/)?.output.1
      }
    guard let found else { return nil }
    number = String(found)
  }
}

extension BatchScript {
  /// The words that submit the script.
  ///
  /// - Parameters:
  ///   - path: The script, which has ``text()``.
  ///   - dependency: The condition for its start; none if it is nil.
  ///   - element: The number of the element of an array, for Flux, which takes one at a time.
  /// - Returns: The command.
  func submission(
    of path: String, after dependency: Dependency? = nil, element: Int? = nil
  ) -> SubmitCommand {
    let condition = dependency?.words(for: cluster.scheduler) ?? []
    switch cluster.scheduler {
    case .slurm:
      return SubmitCommand(words: ["sbatch", "--parsable"] + condition + [path], input: nil)
    case .pbs:
      var array: [String] = []
      if let elements, elements.indices.count > 1 {
        array = ["-J", "0-\(elements.indices.count - 1)%\(elements.simultaneous)"]
      }
      return SubmitCommand(words: ["qsub"] + array + condition + [path], input: nil)
    case .lsf:
      return SubmitCommand(words: ["bsub"] + condition, input: path)
    case .flux:
      let number = element.map { ["--env=HALOMPI_ELEMENT=\($0)"] } ?? []
      return SubmitCommand(words: ["flux", "batch"] + number + condition + [path], input: nil)
    }
  }
}
