internal import Foundation
internal import Snapshots
internal import Text

/// An inspection of a halo catalogue: its format, and how it is used.
package struct CatalogueInspection: Sendable {
  private let path: String
  private let format: CatalogueFormat

  /// Whether the file is HDF5, whose tree can be printed.
  package let isHDF5: Bool

  /// Recognizes a catalogue; `nil` for other files, folders, and what cannot be read.
  ///
  /// - Parameter path: The path of one of its files.
  package init?(of path: String) {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
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
