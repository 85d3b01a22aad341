/// The schedulers of clusters, for which batch scripts are written.
package enum Scheduler: String, Codable, Hashable, Sendable, CaseIterable {
  /// Slurm.
  case slurm

  /// PBS Professional and OpenPBS.
  case pbs

  /// IBM Spectrum LSF.
  case lsf

  /// Flux.
  case flux

  /// The name for a user.
  package var name: String {
    switch self {
    case .slurm: "Slurm"
    case .pbs: "PBS"
    case .lsf: "LSF"
    case .flux: "Flux"
    }
  }

  /// The ending of the names of its scripts.
  package var scriptEnding: String { self == .slurm ? "sbatch" : rawValue }

  /// The variable in which it tells a process the number of its job.
  var jobVariable: String {
    switch self {
    case .slurm: "SLURM_JOB_ID"
    case .pbs: "PBS_JOBID"
    case .lsf: "LSB_JOBID"
    case .flux: "FLUX_ENCLOSING_ID"
    }
  }

  /// The commands that it comes with; Grid Engine has a `qsub` too, but no `pbsnodes`.
  private var commands: [String] {
    switch self {
    case .slurm: ["sbatch", "scontrol"]
    case .pbs: ["qsub", "pbsnodes"]
    case .lsf: ["bsub", "bjobs"]
    case .flux: ["flux"]
    }
  }

  /// Finds the scheduler whose job a process is part of, or else the first whose commands can be started.
  ///
  /// - Parameters:
  ///   - environment: The variables of the process.
  ///   - isExecutable: Tells whether a path is a program.
  /// - Returns: The scheduler, and what shows that it is there; `nil` if none is.
  package static func find(
    in environment: [String: String], isExecutable: (String) -> Bool
  ) -> (scheduler: Scheduler, evidence: String)? {
    if let job = BatchJob.current(in: environment) {
      return (job.scheduler, "this is its job \(job.number)")
    }
    let folders = (environment["PATH"] ?? "").split(separator: ":")
    for scheduler in allCases {
      let paths = scheduler.commands.compactMap { command in
        folders.lazy.map { "\($0)/\(command)" }.first(where: isExecutable)
      }
      if paths.count == scheduler.commands.count { return (scheduler, paths[0]) }
    }
    return nil
  }
}
