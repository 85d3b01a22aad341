internal import Foundation
internal import Slurm

/// The facts that the launcher of a parallel job tells its processes before MPI starts.
enum Launcher {
  /// The rank that Open MPI, PMIx or Slurm gave to this process, or 0 without a launcher.
  static var rank: Int {
    number(["OMPI_COMM_WORLD_RANK", "PMIX_RANK"]) ?? SlurmEnvironment().rank ?? 0
  }

  /// The number of processes that Open MPI or Slurm's srun started, or 1 without a launcher.
  static var size: Int {
    number(["OMPI_COMM_WORLD_SIZE"]) ?? SlurmEnvironment().ranks ?? 1
  }

  /// Whether a launcher started this process.
  static var isThere: Bool {
    (number(["OMPI_COMM_WORLD_SIZE", "PMIX_RANK"]) ?? SlurmEnvironment().rank) != nil
  }

  private static func number(_ variables: [String]) -> Int? {
    let environment = ProcessInfo.processInfo.environment
    return variables.lazy.compactMap { environment[$0].flatMap(Int.init) }.first
  }
}
