internal import Foundation
internal import Snapshots
internal import Text

/// An inspection of a halo catalogue: its format, and how it is used.
package struct CatalogueInspection: Sendable {
  private let path: String
  private let format: CatalogueFormat

  /// Whether it is a file of HDF5, whose tree can be printed.
  package let isHDF5: Bool

  /// Recognizes a catalogue; `nil` for other files, for what has a snapshot in it, and for what cannot be read.
  ///
  /// - Parameter path: One of its files, what they have in common, or their folder.
  package init?(of path: String) {
    var isFolder: ObjCBool = false
    let isFile =
      FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
    guard isFile || (try? Snapshot.open(path)) == nil,
      let format = CatalogueFormat.recognized(in: path)
    else { return nil }
    self.path = path
    self.format = format
    let beginning = try? FileHandle(forReadingFrom: URL(filePath: path)).read(upToCount: 8)
    isHDF5 = beginning == Data("\u{89}HDF\r\n\u{1A}\n".unicodeScalars.map { UInt8($0.value) })
  }
}

extension CatalogueInspection: CustomStringConvertible {
  /// Two lines: what the file is, and what to write in an experiment.
  package var description: String {
    """
    \(Quoting.terminal(path)): a halo catalogue (\(format.formatDescription))
    use as `catalogue` of a simulation, beside its `final` snapshot; prepare compares the two

    """
  }
}
