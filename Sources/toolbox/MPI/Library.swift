internal import CMPI

/// The use that a process may make of MPI from its threads.
///
/// MPI-3.1, section 12.4.3.
public enum MPIThreadLevel: String, Hashable, Sendable {
  /// There is one thread only.
  case single
  /// The thread that started MPI alone calls it.
  case funneled
  /// Any thread calls it, one at a time.
  case serialized
  /// Any threads call it at any time.
  case multiple
}

/// The level that the library gave to this process; MPI must be active.
///
/// MPI-3.1, section 12.4.3.
public func mpiThreadLevel() throws(MPIError) -> MPIThreadLevel {
  var level: Int32 = 0
  try check("MPI_Query_thread") { MPI_Query_thread(&level) }
  if level >= Int32(MPI_THREAD_MULTIPLE) { return .multiple }
  if level >= Int32(MPI_THREAD_SERIALIZED) { return .serialized }
  return level >= Int32(MPI_THREAD_FUNNELED) ? .funneled : .single
}

/// The version of the standard that the library implements, such as "3.1".
///
/// MPI-3.1, section 8.1.1.
public func mpiStandardVersion() throws(MPIError) -> String {
  var (version, subversion): (Int32, Int32) = (0, 0)
  try check("MPI_Get_version") { MPI_Get_version(&version, &subversion) }
  return "\(version).\(subversion)"
}
