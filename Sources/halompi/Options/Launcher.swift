internal import Foundation

/// What the launcher of a parallel job tells its processes before MPI starts.
enum Launcher {
  /// The rank that Open MPI, PMIx or Slurm gave to this process, or 0 without a launcher.
  static var rank: Int {
    number(["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "SLURM_PROCID"]) ?? 0
  }

  /// The number of processes that Open MPI or Slurm's srun started, or 1 without a launcher.
  static var size: Int {
    number(["OMPI_COMM_WORLD_SIZE", "SLURM_STEP_NUM_TASKS"]) ?? 1
  }

  /// Whether a launcher started this process.
  static var isThere: Bool {
    number(["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "SLURM_PROCID"]) != nil
  }

  private static func number(_ variables: [String]) -> Int? {
    let environment = ProcessInfo.processInfo.environment
    return variables.lazy.compactMap { environment[$0].flatMap(Int.init) }.first
  }
}
