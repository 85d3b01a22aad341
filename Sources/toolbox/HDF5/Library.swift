internal import CParallelHDF5

/// The version of the library that the program runs with, such as "1.10.8".
public func hdf5LibraryVersion() -> String {
  var (major, minor, release): (UInt32, UInt32, UInt32) = (0, 0, 0)
  return withLibrary { H5get_libversion(&major, &minor, &release) } >= 0
    ? "\(major).\(minor).\(release)" : "unknown"
}
