import Foundation
import HDF5

/// A folder of its own for a test, removed with its last use.
final class Scratch {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "hdf5-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { folder.appending(path: name).path }

  deinit { try? FileManager.default.removeItem(at: folder) }
}

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
