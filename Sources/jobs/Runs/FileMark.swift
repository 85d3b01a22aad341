internal import DurableFiles
internal import Fields
internal import Foundation

/// A mark by which a file is known again: one that a result was made of, or that is part of it.
///
/// The checksum is what counts. It is computed anew only where the size or the time of the last change is
/// another than on record, so that looking whether nothing has changed reads no data.
package struct FileMark: Codable, Hashable, Sendable {
  /// The part that the file plays, such as `model.h5` or `fields of D`; it may be several files.
  package let name: String

  /// The size of all [bytes].
  let byteCount: Int

  /// The time of the last change of each file [ns since 1970].
  let modified: [Int64]

  /// The checksum of the bytes, or, of a field file, the fingerprint that it carries; `nil` if there is no file.
  package let checksum: String?
}

/// A file, or several that belong together, of which a mark can be made.
package struct MarkedFile: Hashable, Sendable {
  /// The content of a file, by which its checksum is found.
  package enum Content: Hashable, Sendable {
    /// Bytes of any kind.
    case bytes
    /// A field file, known by its fingerprint.
    case field
    /// A field file whose data are read too, and must be those of its fingerprint.
    case verifiedField
  }

  /// The part that the file plays.
  let name: String

  private let paths: [String]
  private let content: Content

  /// Names a file, or several.
  package init(_ name: String, _ paths: [String], _ content: Content = .bytes) {
    self.name = name
    self.paths = paths
    self.content = content
  }

  /// Names a file.
  package init(_ name: String, _ path: String, _ content: Content = .bytes) {
    self.init(name, [path], content)
  }

  /// Makes the mark of the file as it is now.
  ///
  /// - Parameters:
  ///   - earlier: A mark of before, whose checksum is taken over if neither size nor time has changed.
  ///   - checksum: The checksum, where it is known.
  /// - Returns: The mark; its checksum tells nothing that can be compared if the file cannot be read.
  package func mark(knowing earlier: FileMark? = nil, checksum: String? = nil) -> FileMark {
    var byteCount = 0
    var modified: [Int64] = []
    for path in paths {
      var status = stat()
      guard stat(path, &status) == 0 else {
        return FileMark(name: name, byteCount: 0, modified: [], checksum: nil)
      }
      byteCount += Int(status.st_size)
      modified.append(Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec))
    }
    let isKnown = earlier?.byteCount == byteCount && earlier?.modified == modified
    return FileMark(
      name: name, byteCount: byteCount, modified: modified,
      checksum: (isKnown ? earlier?.checksum : nil) ?? checksum ?? found() ?? "unreadable")
  }

  private func found() -> String? {
    switch content {
    case .bytes:
      let parts = paths.compactMap { try? Checksum.ofFile($0).description }
      guard parts.count == paths.count else { return nil }
      return parts.count == 1
        ? parts[0] : Checksum(of: Data(parts.joined(separator: " ").utf8)).description
    case .field, .verifiedField:
      do {
        let file = try FieldFile.open(paths[0])
        let fingerprint = file.metadata.fingerprint
        if content == .verifiedField { try file.verifyChecksums() }
        try file.close()
        return fingerprint
      } catch {
        return nil
      }
    }
  }
}
