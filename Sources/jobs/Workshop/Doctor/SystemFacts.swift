internal import Hardware

/// What jobs need of a machine, as it is.
///
/// Facts of a node are those of the first rank's.
struct SystemFacts: Hashable, Sendable {
  // MARK: MPI

  /// The library, in its own words.
  var mpiLibrary = "unknown"
  /// The version of the standard.
  var mpiStandard = "3.1"
  /// What its threads may do.
  var threadLevel = "serialized"
  /// The ranks that MPI knows of.
  var ranks = 1
  /// The processes that the launcher says it started.
  var announcedRanks = 1
  /// The hosts.
  var hosts = 1
  /// The kinds of processor among the ranks.
  var processors = ["unknown"]

  // MARK: HDF5 and files

  /// The version of the library.
  var hdf5Version = "unknown"
  /// Why ranks could not write and read a file together; nothing if they could.
  var collectiveFailure: String?
  /// The folder in which files are made.
  var folder = "."
  /// Why files cannot be made there; nothing if they can.
  var folderFailure: String?
  /// The kind of its file system, as the system calls it.
  var fileSystem = "unknown"
  /// Why a file there cannot be locked; nothing if it can.
  var lockFailure: String?
  /// What `HDF5_USE_FILE_LOCKING` says, if it is set.
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
  var memory = NodeMemory(bytes: 0, source: "unknown")
  /// The memory that nothing uses [bytes].
  var availableMemory = 0

  // MARK: Programs and kernels

  /// The instructions that the kernels will use.
  var kernels = "portable"
  /// The library that computes the reference.
  var referenceKernels = "unknown"
  /// Where gnuplot is, if it is there.
  var gnuplot: String?

  /// What two or more ranks computed beside one.
  var bits = BitsOutcome.same(ranks: 2)
}

/// What ranks together computed beside one rank alone.
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
