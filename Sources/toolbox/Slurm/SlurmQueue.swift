/// The queue of a Slurm cluster, by way of its commands.
package struct SlurmQueue: Sendable {
  /// Makes a queue that is reached by the commands in the search path.
  package init() {}

  /// The condition for the start of a job, in terms of other jobs.
  package enum Dependency: Hashable, Sendable {
    /// The success of all of these; the job is canceled when one of them cannot succeed.
    case success(of: [JobIdentifier])

    /// The end of all of these, successful or not.
    case end(of: [JobIdentifier])

    /// The words for `sbatch`.
    var words: [String] {
      switch self {
      case .success(let jobs):
        [
          "--dependency=afterok:" + jobs.map(\.number).joined(separator: ":"),
          "--kill-on-invalid-dep=yes",
        ]
      case .end(let jobs): ["--dependency=afterany:" + jobs.map(\.number).joined(separator: ":")]
      }
    }
  }

  /// A job, or an array of jobs, in the queue.
  package struct JobIdentifier: Hashable, Sendable, CustomStringConvertible {
    /// The number, as Slurm's commands take it.
    package let number: String

    /// The number.
    package var description: String { number }

    /// Takes the number out of an answer of `sbatch --parsable`: `123` or `123;cluster`.
    init?(answer: String) {
      let first = answer.split(separator: "\n").last?.split(separator: ";").first ?? ""
      guard !first.isEmpty, first.allSatisfy({ $0.isASCII && $0.isNumber }) else { return nil }
      number = String(first)
    }
  }

  /// Submits a script.
  ///
  /// - Parameters:
  ///   - path: The script.
  ///   - dependency: The condition for its start; none if it is nil.
  /// - Returns: The number of the job.
  /// - Throws: ``SlurmError`` if there is no Slurm or it does not take the job.
  package func submit(
    _ path: String, after dependency: Dependency? = nil
  ) throws(SlurmError) -> JobIdentifier {
    let words = ["sbatch", "--parsable"] + (dependency?.words ?? []) + [path]
    let answer = try run(words)
    guard let job = JobIdentifier(answer: answer) else {
      throw .strangeAnswer(words, answer: answer)
    }
    return job
  }

  /// The states of a job, or of the elements of an array of jobs, such as `PENDING` and `COMPLETED`; `nil` when
  /// Slurm has forgotten it, as it does some minutes after the end.
  ///
  /// - Throws: ``SlurmError`` if Slurm does not answer.
  package func states(of job: JobIdentifier) throws(SlurmError) -> [JobState]? {
    let answer: String
    do {
      answer = try run(["scontrol", "--oneliner", "show", "job", job.number])
    } catch .failedCommand(_, _, let message) where message.contains("Invalid job id") {
      return nil
    }
    return answer.matches(of: /\bJobState=(\w+)/).map { JobState(name: String($0.output.1)) }
  }

  /// The state of a job in Slurm's words.
  package struct JobState: Hashable, Sendable, CustomStringConvertible {
    /// The name, such as `RUNNING`.
    package let name: String

    /// The name, such as `RUNNING`.
    package var description: String { name }

    /// Whether the job has ended, in whatever way.
    package var isEnd: Bool {
      let ends = [
        "COMPLETED", "CANCELLED", "FAILED", "TIMEOUT", "NODE_FAIL", "PREEMPTED", "BOOT_FAIL",
        "DEADLINE", "OUT_OF_MEMORY",
      ]
      return ends.contains(name)
    }

    /// Whether the job has ended with exit code 0.
    package var isSuccess: Bool { name == "COMPLETED" }
  }
}
