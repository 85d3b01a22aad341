internal import CMPI
internal import Foundation

/// The families of MPI libraries, whose launchers and variables differ.
public enum MPIFamily: String, Hashable, Sendable, CaseIterable {
  /// Open MPI, and what is made of it.
  case openMPI
  /// MPICH, and what is made of it: Intel MPI, Cray MPICH, MVAPICH.
  case mpich

  /// The family that this program was built with.
  public static var current: MPIFamily { cmpi_is_mpich() != 0 ? .mpich : .openMPI }

  /// The name for a user.
  public var name: String {
    switch self {
    case .openMPI: "Open MPI"
    case .mpich: "MPICH"
    }
  }

  /// The word by which `srun --mpi` gives the library what it needs to start.
  public var slurmPlugin: String {
    switch self {
    case .openMPI: "pmix"
    case .mpich: "pmi2"
    }
  }

  /// The variables by which a launcher tells a process its rank and the number of ranks.
  public var launcherVariables: (rank: String, size: String) {
    switch self {
    case .openMPI: ("OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE")
    case .mpich: ("PMI_RANK", "PMI_SIZE")
    }
  }

  /// Returns the words that start ranks on this machine, more than it has cores if need be.
  ///
  /// - Parameter ranks: The number of ranks.
  /// - Returns: The launcher and its options, which the program and its words follow.
  public func launcher(ranks: Int) -> [String] {
    // Where both families are installed, the plain names belong to one of them.
    let (names, options) =
      switch self {
      case .openMPI: (["mpirun.openmpi", "mpirun"], ["--oversubscribe", "--bind-to", "none"])
      case .mpich: (["mpiexec.mpich", "mpiexec.hydra", "mpiexec"], ["-bind-to", "none"])
      }
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    let name = names.first { name in
      folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(name)") }
    }
    return [name ?? names[names.count - 1]] + options + ["-n", "\(ranks)"]
  }
}
