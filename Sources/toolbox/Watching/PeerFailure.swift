package import Failures
internal import MPI

/// The failure of a job that a rank keeps from going on.
package struct PeerFailure: JobFailure, SilentPeerError, Hashable, Sendable {
  /// What is wrong with the rank.
  package enum Problem: Hashable, Sendable {
    /// It has not been heard of: it is stopped or killed, or its host is cut off.
    case silent
    /// It answers, but its work does not go on.
    case late
  }

  /// The rank.
  package let rank: Int

  /// Its host.
  package let host: String

  /// What is wrong with it.
  package let problem: Problem

  /// What it did when it was heard of last, such as "computing step 7 of epoch 0".
  package let phase: String

  /// For how long [seconds].
  package let seconds: Double

  /// Describes a rank that keeps the job from going on.
  package init(rank: Int, host: String, problem: Problem, phase: String, seconds: Double) {
    self.rank = rank
    self.host = host
    self.problem = problem
    self.phase = phase
    self.seconds = seconds
  }

  /// A stop after which the same command goes on.
  package var exitCode: JobExitCode { .resumableStop }

  /// The host, if the rank may be lost with it.
  package var silentHost: String? { problem == .silent ? host : nil }
}

extension PeerFailure: CustomStringConvertible {
  /// The rank, its host, what it did, and what to try.
  package var description: String {
    switch problem {
    case .silent:
      """
      rank \(rank) on \(host) has not been heard of for \(Int(seconds)) s, last seen \(phase); the job \
      was ended and can be resumed with the same command (training.watchdogSeconds sets the limit)
      """
    case .late:
      """
      rank \(rank) on \(host) answers, but has kept the others waiting for \(Int(seconds)) s, \(phase); the \
      job was ended and can be resumed with the same command (raise training.watchdogSeconds if a step \
      takes that long, else look at the cores and the disks of that host)
      """
    }
  }
}
