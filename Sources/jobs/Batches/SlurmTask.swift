internal import DurableFiles
package import Experiments
package import Failures
internal import Foundation
package import Slurm

/// Writes the batch scripts of an experiment into its run directory, and submits them.
package struct SlurmTask: Sendable {
  /// A job that was submitted.
  package struct Submission: Hashable, Sendable {
    /// The number that Slurm gave it.
    package let identifier: SlurmQueue.JobIdentifier

    /// The command of the job.
    package let stage: String

    /// The path of its script.
    package let script: String
  }

  private let jobs: [BatchJobs.Job]
  private let directory: RunDirectory
  private let queue = SlurmQueue()

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
  /// - Throws: `SlurmError` if a script cannot be made or is not taken; `FileError`.
  package func submit() throws -> [Submission] {
    // All scripts are made before the first is submitted, so that a mistake leaves no half of them.
    let texts = try jobs.map { try $0.script.text() }
    try DurableFile.createDirectory(directory.batchScripts)
    var submissions: [Submission] = []
    for (job, text) in zip(jobs, texts) {
      let path = "\(directory.batchScripts)/\(job.script.name).sbatch"
      try DurableFile.write(Data(text.utf8), to: path)
      let before = job.predecessors.map { submissions[$0].identifier }
      var dependency: SlurmQueue.Dependency?
      if !before.isEmpty {
        dependency = job.needsSuccess ? .success(of: before) : .end(of: before)
      }
      let identifier = try queue.submit(path, after: dependency)
      submissions.append(Submission(identifier: identifier, stage: job.stage, script: path))
    }
    return submissions
  }

  /// Waits until jobs have ended.
  ///
  /// - Parameters:
  ///   - submissions: The jobs.
  ///   - seconds: The time between two looks.
  /// - Throws: `Failure` if one did not succeed; `SlurmError`.
  package func wait(for submissions: [Submission], every seconds: Double = 5) throws {
    var failures: [String] = []
    for submission in submissions {
      var seen: [SlurmQueue.JobState] = []
      while let states = try queue.states(of: submission.identifier) {
        seen = states
        if states.allSatisfy(\.isEnd) { break }
        Thread.sleep(forTimeInterval: seconds)
      }
      if seen.isEmpty || !seen.allSatisfy(\.isSuccess) {
        let states =
          seen.isEmpty
          ? "forgotten by Slurm" : Set(seen.map(\.name)).sorted().joined(separator: ", ")
        failures.append("\(submission.stage) (job \(submission.identifier)) is \(states)")
      }
    }
    if !failures.isEmpty {
      throw Failure(
        .checkFailed, "waiting for batch jobs", because: failures.joined(separator: "; "),
        remedy: "their logs in \(directory.batchScripts) say why")
    }
  }
}
