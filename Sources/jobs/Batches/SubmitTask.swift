internal import DurableFiles
package import Experiments
internal import Failures
internal import Foundation
package import Schedulers

/// Writes the batch scripts of an experiment into its run directory, and submits them.
package struct SubmitTask: Sendable {
  /// A job that was submitted.
  package struct Submission: Hashable, Sendable {
    /// The numbers that the scheduler gave it: one, or with Flux one for each element of an array.
    package let identifiers: [JobIdentifier]

    /// The command of the job.
    package let stage: String

    /// The path of its script.
    package let script: String
  }

  private let jobs: [BatchJobs.Job]
  private let directory: RunDirectory
  /// The queue that the jobs are given to.
  var queue = SchedulerQueue()

  /// Makes the task.
  ///
  /// - Parameters:
  ///   - jobs: The jobs to submit, each after those it waits for.
  ///   - directory: The run directory, where scripts and logs are written.
  package init(_ jobs: [BatchJobs.Job], in directory: RunDirectory) {
    self.jobs = jobs
    self.directory = directory
  }

  /// Writes the scripts and submits them.
  ///
  /// - Throws: `SchedulerError` if a script cannot be made or is not taken; `FileError`.
  package func submit() throws -> [Submission] {
    // All scripts are made before the first is submitted, so that a mistake leaves no half of them.
    let texts = try jobs.map { try $0.script.text() }
    var submissions: [Submission] = []
    for (job, text) in zip(jobs, texts) {
      let folder = directory.batchScripts(of: job.script.cluster.scheduler)
      try DurableFile.createDirectory(folder)
      let path = job.script.path ?? "\(folder)/\(job.fileName)"
      try DurableFile.write(Data(text.utf8), to: path)
      let before = job.predecessors.flatMap { submissions[$0].identifiers }
      var dependency: Dependency?
      if !before.isEmpty {
        dependency = job.needsSuccess ? .success(of: before) : .end(of: before)
      }
      let identifiers = try queue.submit(job.script, at: path, after: dependency)
      submissions.append(Submission(identifiers: identifiers, stage: job.stage, script: path))
    }
    return submissions
  }

  /// Waits until jobs of Slurm have ended.
  ///
  /// - Parameters:
  ///   - submissions: The jobs.
  ///   - seconds: The time between two looks.
  /// - Throws: `Failure` if one did not succeed; `SchedulerError`.
  package func wait(for submissions: [Submission], every seconds: Double = 5) throws {
    var failures: [String] = []
    for submission in submissions {
      for job in submission.identifiers {
        if let end = try failure(of: job, every: seconds) {
          failures.append("\(submission.stage) (job \(job)) is \(end)")
        }
      }
    }
    if !failures.isEmpty {
      throw Failure(
        .checkFailed, "waiting for batch jobs", because: failures.joined(separator: "; "),
        remedy: "their logs in \(directory.batchScripts(of: .slurm)) say why")
    }
  }

  /// The states in which a job has ended without success; `nil` if it succeeded.
  private func failure(of job: JobIdentifier, every seconds: Double) throws -> String? {
    var seen: [SchedulerQueue.JobState] = []
    while let states = try queue.states(of: job) {
      seen = states
      if states.allSatisfy(\.isEnd) { break }
      Thread.sleep(forTimeInterval: seconds)
    }
    if seen.isEmpty { return "forgotten by Slurm" }
    if seen.allSatisfy(\.isSuccess) { return nil }
    return Set(seen.map(\.name)).sorted().joined(separator: ", ")
  }
}
