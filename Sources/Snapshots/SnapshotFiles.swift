internal import Foundation

/// Finds the files of a snapshot or a catalogue that may be split into several.
struct SnapshotFiles {
  /// The file that was given or found first.
  let first: String

  private let stem: String?

  /// Looks for the first file.
  ///
  /// - Parameters:
  ///   - path: A file, the first of several (`x.0.hdf5`), what they have in common (`x`), or a
  ///     folder that holds one set of files.
  ///   - prefixes: How the files in a folder may begin.
  /// - Throws: A ``SnapshotError`` if there is no file, or more than one set of them.
  init(_ path: String, prefixes: [String]) throws(SnapshotError) {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    let exists = manager.fileExists(atPath: path, isDirectory: &isFolder)
    if exists, isFolder.boolValue {
      let names = ((try? manager.contentsOfDirectory(atPath: path)) ?? []).sorted()
      let firsts = names.filter { name in
        prefixes.contains { name.hasPrefix($0) } && name.hasSuffix(".hdf5")
          && (name.hasSuffix(".0.hdf5") || Self.part(of: name) == nil)
      }
      guard let name = firsts.first, firsts.count == 1 else {
        throw SnapshotError(
          .missingFile, in: path,
          because: firsts.isEmpty
            ? "the folder holds no file \(prefixes.map { "\($0)*.hdf5" }.joined(separator: " or "))"
            : "the folder holds several sets of files: \(firsts.joined(separator: ", "))",
          remedy: "Give the path of the first file.")
      }
      self.init(first: path + "/" + name)
    } else if exists {
      self.init(first: path)
    } else if let found = [".hdf5", ".0.hdf5"].map({ path + $0 })
      .first(where: manager.fileExists(atPath:))
    {
      self.init(first: found)
    } else {
      throw SnapshotError(
        .missingFile, in: path, because: "there is no such file or folder",
        remedy: "Check the path; of several files give the first, the folder, or the common part.")
    }
  }

  private init(first: String) {
    self.first = first
    stem = first.hasSuffix(".0.hdf5") ? String(first.dropLast(7)) : nil
  }

  /// All files, once the first has said how many there are.
  func all(_ count: Int) throws(SnapshotError) -> [String] {
    guard count > 1 else { return [first] }
    guard let stem else {
      throw SnapshotError(
        .missingFile, in: first,
        because: "it says that it is one of \(count) files, but its name does not end in .0.hdf5",
        remedy: "Give the path of the first file, named x.0.hdf5.")
    }
    let paths = (0..<count).map { "\(stem).\($0).hdf5" }
    if let missing = paths.first(where: { !FileManager.default.fileExists(atPath: $0) }) {
      throw SnapshotError(
        .missingFile, in: missing, because: "it is one of \(count) files, and is not there",
        remedy: "Copy all files of the set.")
    }
    return paths
  }

  /// The number before the extension: 3 in `snapshot_000.3.hdf5`.
  private static func part(of name: String) -> Int? {
    let parts = name.split(separator: ".")
    return parts.count >= 3 ? Int(parts[parts.count - 2]) : nil
  }
}
