internal import Foundation

/// The settings with which Open MPI starts a process that has no other ranks faster.
///
/// Without them it loads every library for networks that there is, some of which wait for their hardware.
/// (The daemon that it starts beside such a process stays: without it, all processes of a user have one folder for
/// temporary files, which the first one to end removes.)
/// They are taken out of the environment again once MPI runs: a program that this one starts may be a launcher, or
/// have other ranks.
enum LoneStart {
  /// The variables by which launchers and batch systems tell a process that it may have other ranks.
  private static let marks =
    MPIFamily.allCases.map(\.launcherVariables.rank)
    + [
      "PMIX_RANK", "PMIX_NAMESPACE", "PMI_FD", "PMI_JOBID", "PALS_RANKID", "SLURM_PROCID",
      "FLUX_TASK_RANK",
    ]

  /// Returns the settings for a process, as variables of its environment.
  ///
  /// - Parameters:
  ///   - environment: The variables that it has; what the user has set stays.
  ///   - family: The MPI.
  /// - Returns: The variables to add; none if a launcher started the process, or MPI is another one.
  static func settings(
    in environment: [String: String], family: MPIFamily = .current
  ) -> [String: String] {
    guard family == .openMPI, !marks.contains(where: { environment[$0] != nil }) else { return [:] }
    return ["OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self"].filter { environment[$0.key] == nil }
  }

  /// Runs `body`, which starts MPI, with the settings.
  ///
  /// - Parameter body: The start.
  /// - Throws: What `body` throws.
  static func start<Failure: Error>(_ body: () throws(Failure) -> Void) throws(Failure) {
    let added = settings(in: ProcessInfo.processInfo.environment)
    for (name, value) in added { setenv(name, value, 0) }
    defer { for name in added.keys { unsetenv(name) } }
    try body()
  }
}
