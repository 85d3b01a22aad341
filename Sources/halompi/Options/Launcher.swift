internal import Foundation
internal import MPI
internal import Schedulers

/// The facts that the launcher of a parallel job tells its processes before MPI starts.
enum Launcher {
  /// The rank that an MPI, PMIx or Slurm gave to this process, or 0 without a launcher.
  static var rank: Int {
    number(families.map(\.launcherVariables.rank) + ["PMIX_RANK"]) ?? SlurmEnvironment().rank ?? 0
  }

  /// The number of processes that the launcher of an MPI or Slurm's srun started, or 1 without a launcher.
  static var size: Int {
    number(families.map(\.launcherVariables.size)) ?? SlurmEnvironment().ranks ?? 1
  }

  /// The name of the launcher that started this process; `nil` without one.
  static var name: String? {
    if let family = families.first(where: { number([$0.launcherVariables.size]) != nil }) {
      return "the launcher of \(family.name)"
    }
    if SlurmEnvironment().rank != nil { return "srun" }
    return number(["PMIX_RANK"]) == nil ? nil : "a launcher with PMIx"
  }

  // Open MPI's variables first: within its jobs those of Slurm's PMI may be set too.
  private static let families = MPIFamily.allCases

  private static func number(_ variables: [String]) -> Int? {
    let environment = ProcessInfo.processInfo.environment
    return variables.lazy.compactMap { environment[$0].flatMap(Int.init) }.first
  }
}
