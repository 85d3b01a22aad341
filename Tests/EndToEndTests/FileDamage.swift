import Foundation
import HDF5

/// Changes of files that no program of ours would make, on the bytes of the disk.
enum FileDamage {
  /// What was to be changed is not in the file.
  struct NothingToDamage: Error {
    let path: String
  }

  /// Cuts a file off in the middle.
  static func truncate(_ path: String) throws {
    let data = try Data(contentsOf: URL(filePath: path))
    try data.prefix(data.count / 2).write(to: URL(filePath: path))
  }

  /// Replaces an element of a dataset of an uncompressed file.
  static func overwrite(
    _ dataset: String, at index: Int, with value: Float, in path: String
  ) throws {
    let file = try HDF5File.open(path)
    let values = try file.dataset(dataset).read(as: Float.self)
    try file.close()
    // The elements around it tell where it is.
    let before = values[max(0, index - 8)..<index].flatMap(bytes)
    let after = values[index..<min(values.count, index + 8)].flatMap(bytes)
    let changed = before + bytes(value) + after.dropFirst(4)
    try replace(Data(before + after), by: Data(changed), in: path)
  }

  /// Replaces a number, such as that of an attribute.
  static func replace(_ number: Double, by other: Double, in path: String) throws {
    try replace(Data(bytes(number)), by: Data(bytes(other)), in: path)
  }

  /// Replaces the name of a dataset by one of the same length.
  static func rename(_ dataset: String, to name: String, in path: String) throws {
    try replace(Data(dataset.utf8), by: Data(name.utf8), in: path)
  }

  private static func replace(_ old: Data, by new: Data, in path: String) throws {
    var data = try Data(contentsOf: URL(filePath: path))
    guard let range = data.range(of: old) else { throw NothingToDamage(path: path) }
    data.replaceSubrange(range, with: new)
    try data.write(to: URL(filePath: path))
  }

  private static func bytes(_ value: Float) -> [UInt8] {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
  }

  private static func bytes(_ value: Double) -> [UInt8] {
    withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
  }
}
