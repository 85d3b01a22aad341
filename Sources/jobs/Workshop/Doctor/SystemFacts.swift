internal import Hardware

/// The facts of a machine that matter to jobs.
///
/// Facts of a node are those of the first rank's node.
struct SystemFacts: Hashable, Sendable {
  // MARK: MPI

  /// The library, in its own words.
  var mpiLibrary = "unknown"
  /// The version of the standard.
  var mpiStandard = "3.1"
  /// The level of thread support that the library grants.
  var threadLevel = "serialized"
  /// The ranks that MPI knows of.
  var ranks = 1
  /// The processes that the launcher says it started.
  var announcedRanks = 1
  /// The launcher that started this process; `nil` without one.
  var launcherName: String?
  /// The hosts.
  var hosts = 1
  /// The kinds of processor among the ranks.
  var processors = ["unknown"]

  // MARK: HDF5 and files

  /// The version of the library.
  var hdf5Version = "unknown"
  /// The reason why ranks could not write and read a file together; `nil` if they could.
  var collectiveFailure: String?
  /// The folder in which files are made.
  var folder = "."
  /// The reason why files cannot be made there; `nil` if they can.
  var folderFailure: String?
  /// The kind of its file system, as the system calls it.
  var fileSystem = "unknown"
  /// The reason why a file there cannot be locked; `nil` if it can.
  var lockFailure: String?
  /// The value of the environment variable `HDF5_USE_FILE_LOCKING`, if it is set.
  var fileLocking: String?
  /// The space left there [bytes].
  var freeBytes = 0

  // MARK: The node

  /// The processors of the node.
  var nodeProcessors = 1
  /// The processors that this process may use.
  var allowedProcessors = 1
  /// The processors whose time a container allows, if it says so.
  var processorQuota: Double?
  /// The ranks on the node.
  var ranksOnNode = 1
  /// The threads of each of them.
  var threads = 1
  /// Whether ranks that wait let others run.
  var yieldsWhenIdle = false
  /// The memory that jobs may take [bytes], and who says so.
  var memory = NodeMemory(bytes: 0, origin: "unknown")
  /// The memory that nothing uses [bytes].
  var availableMemory = 0

  // MARK: Programs and kernels

  /// The instructions that the kernels will use.
  var kernels = "portable"
  /// The library that computes the reference.
  var referenceKernels = "unknown"
  /// The path of gnuplot, if it is installed.
  var gnuplot: String?
  /// The scheduler of the cluster, and what shows that it is there; `nil` if none was found.
  var scheduler: String?

  /// The comparison of what two or more ranks computed with what one did.
  var bits = BitsOutcome.same(ranks: 2)
}

/// A comparison of what ranks computed together with what one rank computed alone.
enum BitsOutcome: Hashable, Sendable {
  /// The same bits.
  case same(ranks: Int)
  /// Other bits, or ranks that differ among themselves.
  case different(ranks: Int, alone: String, together: String)
  /// Nothing could be compared, for this reason.
  case unknown(String)
  /// The ranks failed, or did not end.
  case failed(String)
}
