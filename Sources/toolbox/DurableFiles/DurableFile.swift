package import Foundation

/// Files that are there whole or not at all, whatever ends the process or the machine.
///
/// A new version is written beside the old one, stored on the disk, and then takes its name.
package enum DurableFile {
  /// The path beside `path` at which a new version is written before ``commit(_:as:)``.
  package static func temporary(for path: String) -> String { path + ".partial" }

  /// Removes what a process that was killed had begun to write: HDF5 files under the name that they have until they are
  /// complete, in a folder and two levels below it.
  ///
  /// For a folder in which nobody else writes. What cannot be removed stays.
  package static func removeTemporaries(below folder: String, levels: Int = 2) {
    let manager = FileManager.default
    for name in (try? manager.contentsOfDirectory(atPath: folder)) ?? [] {
      let path = "\(folder)/\(name)"
      let type = (try? manager.attributesOfItem(atPath: path))?[.type] as? FileAttributeType
      if type == .typeDirectory, levels > 0 {
        removeTemporaries(below: path, levels: levels - 1)
      } else if type == .typeRegular,
        [".h5", ".hdf5"].contains(where: { name.hasSuffix(temporary(for: $0)) })
      {
        unlink(path)
      }
    }
  }

  /// Writes a file, replacing one that exists once the new one is on the disk.
  ///
  /// If it fails, what was at `path` is still there, and the space is given back.
  package static func write(_ data: Data, to path: String) throws(FileError) {
    let temporary = temporary(for: path)
    do throws(FileError) {
      let file = try Descriptor.open(temporary, O_WRONLY | O_CREAT | O_TRUNC, for: "creating")
      try data.bytes.withUnsafeBytes { (bytes) throws(FileError) in try file.write(bytes) }
      try file.close()
      try commit(temporary, as: path)
    } catch {
      unlink(temporary)
      throw error
    }
  }

  /// Gives a file that was written at `temporary` its name, once it is on the disk.
  ///
  /// The two must be in the same file system. Whoever wrote the file must have closed it.
  package static func commit(_ temporary: String, as path: String) throws(FileError) {
    let file = try Descriptor.open(temporary, O_RDONLY, for: "opening")
    try file.sync()
    try file.close()
    try retrying("replacing", path) { rename(temporary, path) }
    try syncFolder(of: path)
  }

  /// Reads a whole file.
  package static func read(_ path: String) throws(FileError) -> Data {
    let file = try Descriptor.open(path, O_RDONLY, for: "opening")
    var data = Data(count: try file.length())
    var bytes = data.mutableBytes
    let count = try bytes.withUnsafeMutableBytes { (bytes) throws(FileError) in
      try file.read(into: bytes)
    }
    guard count == data.count else {
      throw FileError("reading", path, .tooShort(length: count, expected: data.count))
    }
    return data
  }

  /// Reads the last bytes of a file, at most `count` of them, and tells its length.
  package static func readEnd(
    of path: String, atMost count: Int
  ) throws(FileError) -> (data: Data, fileLength: Int) {
    let file = try Descriptor.open(path, O_RDONLY, for: "opening")
    let length = try file.length()
    var data = Data(count: min(count, length))
    try file.seek(to: length - data.count)
    var bytes = data.mutableBytes
    let filled = try bytes.withUnsafeMutableBytes { (bytes) throws(FileError) in
      try file.read(into: bytes)
    }
    guard filled == data.count else {
      throw FileError("reading", path, .tooShort(length: filled, expected: data.count))
    }
    return (data, length)
  }

  /// Opens a file without a name in the temporary folder, which is gone when it is closed.
  ///
  /// - Returns: The number of the open file.
  package static func scratch() throws(FileError) -> Int32 {
    let folder = FileManager.default.temporaryDirectory.path
    var name = Array("\(folder)/halompi-XXXXXX".utf8CString)
    let number = try retrying("creating", folder) { mkstemp(&name) }
    unlink(name)
    return number
  }

  /// Makes a file longer by zeros, and takes the room on the disk for them, so that writing there cannot fail for want
  /// of it.
  ///
  /// - Parameters:
  ///   - path: The file, which exists.
  ///   - byteCount: The bytes to add at its end.
  /// - Returns: The length of the file [bytes].
  /// - Throws: Also if there is not so much room. What was taken of it is given back when the file is removed.
  @discardableResult
  package static func extend(_ path: String, by byteCount: Int) throws(FileError) -> Int {
    let file = try Descriptor.open(path, O_WRONLY, for: "opening")
    do throws(FileError) {
      try file.extend(by: byteCount)
    } catch {
      let disk = mountPoint(of: path).map { " on the file system at \($0)" } ?? ""
      throw FileError("reserving \(byteCount) bytes\(disk) for", path, error.cause)
    }
    let length = try file.length()
    // On network file systems what was added is on its way now, before others write there.
    try file.close()
    return length
  }

  /// Makes a file shorter again, if it still has the length that ``extend(_:by:)`` gave it.
  package static func shorten(
    _ path: String, by byteCount: Int, ifOf length: Int
  ) throws(FileError) {
    let file = try Descriptor.open(path, O_WRONLY, for: "opening")
    if try file.length() == length { try file.truncate(to: length - byteCount) }
    try file.close()
  }

  /// Finds the folder at which the file system of a file is mounted.
  private static func mountPoint(of path: String) -> String? {
    func device(_ path: String) -> dev_t? {
      var status = stat()
      return stat(path, &status) == 0 ? status.st_dev : nil
    }
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    var place = folder(of: String(cString: resolved))
    let own = device(place)
    while place != "/", device(folder(of: place)) == own { place = folder(of: place) }
    return place
  }

  /// Adds bytes to the end of a file that is not known under its final name yet.
  package static func append(_ data: Data, to path: String) throws(FileError) {
    let file = try Descriptor.open(path, O_WRONLY | O_APPEND, for: "opening")
    try data.bytes.withUnsafeBytes { (bytes) throws(FileError) in try file.write(bytes) }
    try file.close()
  }

  /// Makes a folder and those on the way to it, unless they are there.
  package static func createDirectory(_ path: String) throws(FileError) {
    var isFolder: ObjCBool = false
    if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { throw FileError("creating", path, .system(ENOTDIR)) }
      return
    }
    let parent = folder(of: path)
    if parent != path { try createDirectory(parent) }
    do {
      try retrying("creating", path) { mkdir(path, 0o777) }
    } catch {
      // Another process may have made it since.
      guard error.cause == .system(EEXIST) else { throw error }
    }
    try syncFolder(of: path)
  }

  /// Stores the names in the folder of `path`, among which that of `path` may be new.
  static func syncFolder(of path: String) throws(FileError) {
    let folder = folder(of: path)
    let descriptor = try Descriptor.open(folder, O_RDONLY | O_DIRECTORY, for: "opening")
    do {
      try descriptor.sync()
    } catch {
      // Some network file systems store names by themselves, and cannot be asked to.
      guard error.cause == .system(EINVAL) else { throw error }
    }
    try descriptor.close()
  }

  private static func folder(of path: String) -> String {
    let folder = (path as NSString).deletingLastPathComponent
    return folder.isEmpty ? "." : folder
  }
}
