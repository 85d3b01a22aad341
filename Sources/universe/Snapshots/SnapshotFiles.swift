internal import Failures
internal import Foundation

/// Finds the files of a snapshot or a catalogue that may be split into several.
struct SnapshotFiles {
  /// The file that was given or found first.
  let first: String

  /// The possible endings of the first file's name, after the part that all files have in common.
  static let endings = [".hdf5", ".0.hdf5", ".h5", ".0.h5", ".0"]

  /// Looks for the first file.
  ///
  /// - Parameters:
  ///   - path: A file, the first of several (`x.0.hdf5`, or `x.0` of binary files), what they have in
  ///     common (`x`), or a folder that holds one set of files.
  ///   - prefixes: The possible beginnings of the names of the files in a folder.
  /// - Throws: A `Failure` if there is no file, or more than one set of them.
  init(_ path: String, prefixes: [String]) throws(Failure) {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    let exists = manager.fileExists(atPath: path, isDirectory: &isFolder)
    if exists, isFolder.boolValue {
      let names = ((try? manager.contentsOfDirectory(atPath: path)) ?? []).sorted()
      // The number of a part has its first beside it: that of "snapshot_z0.500.hdf5" is a redshift.
      let all = names.filter { name in
        guard prefixes.contains(where: name.hasPrefix) else { return false }
        let parts = FileName(name)
        return parts.part ?? 0 == 0 || !names.contains("\(parts.stem).0\(parts.type)")
      }
      // Files without an extension are taken for binary ones only where there are no others. One whose
      // last number is a redshift has none either.
      let candidates = [".hdf5", ".h5", ""].map { type in
        all.filter { FileName($0).type == type }
      }
      let firsts = candidates.first { !$0.isEmpty } ?? []
      guard let name = firsts.first, firsts.count == 1 else {
        if firsts.isEmpty, let other = UnreadFormat(folder: path, holding: names) {
          throw other.error(path)
        }
        throw Failure(
          .missingFile, in: path,
          because: firsts.isEmpty
            ? "the folder holds no file \(prefixes.map { "\($0)*.hdf5" }.joined(separator: " or "))"
            : "the folder holds several sets of files: \(firsts.joined(separator: ", "))",
          remedy: "Give the path of the first file.")
      }
      first = path + "/" + name
    } else if exists {
      first = path
    } else if let found = Self.endings.map({ path + $0 })
      .first(where: manager.fileExists(atPath:))
    {
      first = found
    } else {
      throw Failure(
        .missingFile, in: path, because: "there is no such file or folder",
        remedy: "Check the path; of several files give the first, the folder, or the common part.")
    }
  }

  /// All files, once the first has said how many there are.
  func all(_ count: Int) throws(Failure) -> [String] {
    guard count > 1 else { return [first] }
    let name = FileName(first)
    guard name.part == 0 else {
      throw Failure(
        .missingFile, in: first,
        because: "it says that it is one of \(count) files, but its name does not end in "
          + ".0\(name.type)",
        remedy: "Give the path of the first file, named x.0\(name.type).")
    }
    // One by one: the number may be wrong, and the first file that is missing ends it.
    var paths: [String] = []
    for part in 0..<count {
      let path = "\(name.stem).\(part)\(name.type)"
      guard FileManager.default.fileExists(atPath: path) else {
        throw Failure(
          .missingFile, in: path, because: "it is one of \(count) files, and is not there",
          remedy: "Copy all files of the set.")
      }
      paths.append(path)
    }
    return paths
  }

  /// The parts of a name such as `snapshot_000.3.hdf5`.
  private struct FileName {
    /// The part that the files of a set have in common, with its folder: `snapshot_000`.
    let stem: String

    /// The number of the file in its set: 3; `nil` if the name has none.
    let part: Int?

    /// `.hdf5`, or nothing for a binary file, or any other extension.
    let type: String

    init(_ path: String) {
      let name = path.split(separator: "/").last ?? ""
      var parts = name.split(separator: ".", omittingEmptySubsequences: false)
      var type = ""
      if parts.count > 1, Int(parts[parts.count - 1]) == nil { type = "." + parts.removeLast() }
      // Parts are numbered without zeros before the number: "000" belongs to the name.
      let number =
        parts.count > 1
        ? Int(parts[parts.count - 1]).flatMap { "\($0)" == parts[parts.count - 1] ? $0 : nil } : nil
      if number != nil { parts.removeLast() }
      stem = path.dropLast(name.count) + parts.joined(separator: ".")
      part = number
      self.type = type
    }
  }
}
