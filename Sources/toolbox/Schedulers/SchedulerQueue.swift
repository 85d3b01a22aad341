internal import Foundation

/// The queue of a cluster, by way of the commands of its scheduler.
package struct SchedulerQueue: Sendable {
  /// The variables of the commands, and among them the search path.
  var environment = ProcessInfo.processInfo.environment

  /// Makes a queue that is reached by the commands in the search path.
  package init() {}

  /// Submits a script.
  ///
  /// - Parameters:
  ///   - script: The job.
  ///   - path: The file that has the text of the script.
  ///   - dependency: The condition for its start; none if it is nil.
  /// - Returns: The numbers of the job: one, or with Flux one for each element of an array.
  /// - Throws: ``SchedulerError`` if there is no scheduler or it does not take the job.
  package func submit(
    _ script: BatchScript, at path: String, after dependency: Dependency? = nil
  ) throws(SchedulerError) -> [JobIdentifier] {
    guard script.cluster.scheduler == .flux, let elements = script.elements else {
      return [try submit(script.submission(of: path, after: dependency), to: script)]
    }
    var jobs: [JobIdentifier] = []
    for (place, element) in elements.indices.enumerated() {
      // No more than so many at the same time: each waits for the end of one before it.
      let before = place - elements.simultaneous
      let condition = before < 0 ? dependency : .end(of: [jobs[before]])
      jobs.append(
        try submit(
          script.submission(of: path, after: condition, element: element), to: script))
    }
    return jobs
  }

  private func submit(
    _ command: SubmitCommand, to script: BatchScript
  ) throws(SchedulerError) -> JobIdentifier {
    let answer = try run(command.words, input: command.input)
    guard let job = JobIdentifier(answer: answer, of: script.cluster.scheduler) else {
      throw .strangeAnswer(command.words, answer: answer)
    }
    return job
  }
}

// MARK: - Slurm

extension SchedulerQueue {
  /// The states of a job of Slurm, or of the elements of an array of jobs, such as `PENDING` and `COMPLETED`; `nil`
  /// when Slurm has forgotten it, as it does some minutes after the end.
  ///
  /// - Throws: ``SchedulerError`` if Slurm does not answer.
  package func states(of job: JobIdentifier) throws(SchedulerError) -> [JobState]? {
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
