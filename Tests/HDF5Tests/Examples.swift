import HDF5

/// Numbers that are a pure function of their position and have no pattern along any axis.
func numbers(_ count: Int) -> [Int64] {
  (0..<count).map { Int64(truncatingIfNeeded: ($0 &* 2_654_435_761) % 1_000_003) }
}

/// The error that `body` throws, or nothing.
func error(of body: () throws(HDF5Error) -> Void) -> HDF5Error? {
  do throws(HDF5Error) {
    try body()
    return nil
  } catch {
    return error
  }
}
