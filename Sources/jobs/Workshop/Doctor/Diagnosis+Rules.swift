internal import Hardware
internal import MPI
internal import Text

extension Diagnosis {
  /// Judges a machine.
  init(of facts: SystemFacts) {
    var findings = [Self.mpi(facts), Self.hosts(facts), Self.fileSystem(facts)]
    // Without a folder to write in nothing can be said of its files.
    if facts.folderFailure == nil {
      findings += [Self.hdf5(facts), Self.locking(facts), Self.space(facts)]
    }
    findings += [
      Self.threads(facts), Self.memory(facts), Self.kernels(facts), Self.reference(facts),
      Self.gnuplot(facts), Self.scheduler(facts), Self.bits(facts),
    ]
    self.findings = findings
  }

  private static func mpi(_ facts: SystemFacts) -> Finding {
    let ranks = facts.ranks == 1 ? "1 rank" : "\(facts.ranks) ranks"
    let text =
      "\(facts.mpiLibrary), standard \(facts.mpiStandard), threads \(facts.threadLevel), \(ranks)"
      + (facts.launcherName.map { " started by \($0)" } ?? "")
    guard facts.announcedRanks == facts.ranks else {
      return .fail(
        "MPI",
        "\(text), but the launcher started \(facts.announcedRanks) processes: each is alone",
        "Use the launcher of the library that halompi was built with, or srun "
          + "--mpi=\(MPIFamily.current.slurmPlugin)")
    }
    guard facts.threadLevel != "single", facts.threadLevel != "funneled" else {
      return .fail(
        "MPI", text, "Use an MPI library built with threads (MPI_THREAD_SERIALIZED)")
    }
    return .ok("MPI", text)
  }

  private static func hosts(_ facts: SystemFacts) -> Finding {
    let kinds = facts.processors.joined(separator: "; ")
    let text = "\(facts.hosts == 1 ? "1 host" : "\(facts.hosts) hosts"), \(kinds)"
    guard facts.processors.count > 1 else { return .ok("hosts", text) }
    return .warning(
      "hosts", text,
      "The same bits are promised on processors of one kind: ask for such nodes (cluster.options: [--constraint=...])"
    )
  }

  private static func hdf5(_ facts: SystemFacts) -> Finding {
    guard let failure = facts.collectiveFailure else {
      return .ok("HDF5", "\(facts.hdf5Version), ranks wrote and read a file together")
    }
    return .fail(
      "HDF5", "\(facts.hdf5Version), ranks could not write and read a file together: \(failure)",
      "Give a folder on a file system that all nodes share with --folder; if it is one, try "
        + "OMPI_MCA_io=ompio or romio321")
  }

  private static func fileSystem(_ facts: SystemFacts) -> Finding {
    let text = "\(facts.folder) is on \(facts.fileSystem)"
    if let failure = facts.folderFailure {
      return .fail(
        "folder", "\(text): \(failure)", "Give a folder that you may write in with --folder")
    }
    guard !["tmpfs", "ramfs"].contains(facts.fileSystem) else {
      return .warning(
        "folder", "\(text), which is memory",
        "Results there are lost when the machine stops: give another folder with --runs")
    }
    guard facts.hosts == 1 || !Self.localFileSystems.contains(facts.fileSystem) else {
      return .warning(
        "folder", "\(text), and the job has \(facts.hosts) hosts",
        "Make sure that all of them see the same folder")
    }
    return .ok("folder", text)
  }

  /// File systems that belong to one machine.
  private static let localFileSystems = ["ext4", "ext3", "xfs", "btrfs", "overlay", "zfs"]

  private static func locking(_ facts: SystemFacts) -> Finding {
    let variable = facts.fileLocking.map { "HDF5_USE_FILE_LOCKING=\($0)" }
    if let failure = facts.lockFailure {
      return .fail(
        "locks", "files in \(facts.folder) cannot be locked (flock): \(failure)",
        "Mount it with locks (Lustre: -o flock), or give another folder with --runs")
    }
    if let variable, !["FALSE", "0"].contains(facts.fileLocking?.uppercased() ?? "") {
      return .warning(
        "locks", "flock works, and \(variable) makes HDF5 lock files too",
        "Set it to FALSE, unless other programs write the same files: a lock left behind on a "
          + "network file system keeps jobs from their data")
    }
    return .ok("locks", "flock works; HDF5 does not lock\(variable.map { " (\($0))" } ?? "")")
  }

  private static func space(_ facts: SystemFacts) -> Finding {
    let text = "\(gigabytes(facts.freeBytes)) GB free in \(facts.folder)"
    if facts.freeBytes < 100_000_000 {
      return .fail("disk", text, "Free space, or give another folder with --runs")
    }
    guard facts.freeBytes < 10_000_000_000 else { return .ok("disk", text) }
    return .warning(
      "disk", text,
      "Snapshots and fields of 256^3 particles take 3 GB a simulation: free space, or give another "
        + "folder with --runs")
  }

  private static func threads(_ facts: SystemFacts) -> Finding {
    let quota = facts.processorQuota.map { ", a quota of \(decimals($0, 1))" } ?? ""
    let text =
      "\(facts.ranksOnNode) on the node with \(facts.threads) threads each, "
      + "\(facts.allowedProcessors) of \(facts.nodeProcessors) processors\(quota)"
    let wanted = facts.ranksOnNode * facts.threads
    let usable = min(Double(facts.nodeProcessors), facts.processorQuota ?? .infinity)
    if Double(wanted) > usable + 0.5, facts.ranksOnNode > 1 || facts.processorQuota != nil {
      let idle =
        facts.yieldsWhenIdle ? "" : ", and set OMPI_MCA_mpi_yield_when_idle=1 for tests"
      return .warning(
        "ranks", "\(text): more threads than processors",
        "Start fewer ranks, or set training.threadsPerRank\(idle)")
    }
    if facts.allowedProcessors < facts.nodeProcessors, wanted < facts.nodeProcessors,
      facts.allowedProcessors * facts.ranksOnNode < facts.nodeProcessors
    {
      return .warning(
        "ranks", "\(text): the others are left idle",
        "mpirun --bind-to none, srun --cpus-per-task=N or more ranks use them, unless they are "
          + "another job's")
    }
    return .ok("ranks", text)
  }

  private static func memory(_ facts: SystemFacts) -> Finding {
    let available = min(facts.availableMemory, facts.memory.bytes)
    let text =
      "\(gigabytes(available)) GB free of \(gigabytes(facts.memory.bytes)) GB (\(facts.memory.origin))"
    guard available < 2_000_000_000 else { return .ok("memory", text) }
    return .warning(
      "memory", text,
      "Ask the batch system for more (cluster.memoryPerNode); halompi plan says how much a job takes"
    )
  }

  private static func kernels(_ facts: SystemFacts) -> Finding {
    guard facts.kernels == "portable" else {
      return .ok("kernels", "\(facts.kernels) will be used")
    }
    return .warning(
      "kernels", "the processor has neither AVX-512 nor AVX2: the portable ones will be used",
      "Results are the same, several times slower: prefer nodes with AVX2 (cluster.options: [--constraint=...])"
    )
  }

  private static func reference(_ facts: SystemFacts) -> Finding {
    let text = "\(facts.referenceKernels) computes training.kernels: reference"
    let old = ["Prescott", "Core2", "Generic", "Nehalem", "Katmai", "Banias"]
    guard facts.kernels != "portable", old.contains(where: facts.referenceKernels.contains) else {
      return .ok("OpenBLAS", text)
    }
    return .warning(
      "OpenBLAS", "\(text), which it takes for an old processor",
      "Set OPENBLAS_CORETYPE=\(facts.kernels == "AVX-512" ? "SkylakeX" : "Haswell")")
  }

  private static func gnuplot(_ facts: SystemFacts) -> Finding {
    if let program = facts.gnuplot { return .ok("gnuplot", program) }
    return .warning(
      "gnuplot", "not in PATH: halompi analyze draws no figures",
      "Install it (Debian: apt install gnuplot-nox)")
  }

  private static func scheduler(_ facts: SystemFacts) -> Finding {
    .ok("scheduler", facts.scheduler ?? "none found: jobs run with the launcher of MPI alone")
  }

  private static func bits(_ facts: SystemFacts) -> Finding {
    switch facts.bits {
    case .same(let ranks):
      return .ok("bits", "\(ranks) ranks computed the same bits as one")
    case .different(let ranks, let alone, let together):
      return .fail(
        "bits", "\(ranks) ranks computed \(together), and one \(alone)",
        "Use nodes with processors of one kind and the same libraries; if they are, report this line"
      )
    case .unknown(let reason):
      return .warning(
        "bits", "not compared: \(reason)", "mpirun -n 2 halompi doctor compares them")
    case .failed(let reason):
      return .fail(
        "bits", "two ranks could not compute together: \(reason)",
        "See that mpirun -n 2 hostname works, and which network MPI takes (OMPI_MCA_btl_tcp_if_include)"
      )
    }
  }

  /// Bytes in units of 10^9, with one digit behind the point.
  private static func gigabytes(_ bytes: Int) -> String { decimals(Double(bytes) / 1e9, 1) }
}
