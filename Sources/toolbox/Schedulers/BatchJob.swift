internal import Foundation

/// A job of a scheduler: who runs it, and the number that it has there.
package struct BatchJob: Codable, Hashable, Sendable {
  /// The scheduler.
  package let scheduler: Scheduler

  /// The number of the job, as the scheduler writes it.
  package let number: String

  /// Names a job.
  package init(_ number: String, of scheduler: Scheduler) {
    self.scheduler = scheduler
    self.number = number
  }

  /// Returns the job that a process is part of; `nil` if it was started by hand.
  ///
  /// - Parameter environment: The variables of the process.
  /// - Returns: The job.
  package static func current(
    in environment: [String: String] = ProcessInfo.processInfo.environment
  ) -> BatchJob? {
    Scheduler.allCases.lazy.compactMap { scheduler in
      guard let number = environment[scheduler.jobVariable], !number.isEmpty else { return nil }
      return BatchJob(number, of: scheduler)
    }.first
  }
}
