internal import DurableFiles
internal import Foundation
internal import HDF5

/// Files of numbers that are written whole by one process: models and checkpoints.
///
/// Every dataset has a `checksum`, a `unit` and a `description`. The same content makes the same
/// bytes.
enum NumberFile {
  /// Writes a file beside its place, and moves it there when it is complete and on the disk.
  static func write(
    to path: String, format: String, version: Int,
    _ body: (borrowing HDF5File) throws -> Void
  ) throws {
    let temporary = DurableFile.temporary(for: path)
    let file = try HDF5File.create(temporary)
    try file.setAttribute("format", to: format)
    try file.setAttribute("version", to: Int32(version))
    try body(file)
    try file.close()
    try DurableFile.commit(temporary, as: path)
  }

  /// Opens a file, and checks its format and version, which may be as early as `oldest`.
  static func open(
    _ path: String, format: String, version: Int, oldest: Int? = nil
  ) throws -> HDF5File {
    let file = try HDF5File.open(path)
    let found =
      try file.hasAttribute("format") ? try file.textAttribute("format") : "of another kind"
    guard found == format else {
      throw TrainingError.damagedFile(path: path, reason: "it is \(found), not \(format)")
    }
    let number = try file.attribute("version", as: Int32.self).first ?? 0
    guard ((oldest ?? version)...version).contains(Int(number)) else {
      throw TrainingError.damagedFile(
        path: path, reason: "its version is \(number), and this program reads \(version)")
    }
    return file
  }

  /// Adds a dataset with its checksum.
  static func add<Element: HDF5Element>(
    _ name: String, _ values: [Element], shape: [Int], unit: String, description: String,
    to file: borrowing HDF5File
  ) throws {
    let dataset = try file.createDataset(name, extents: shape, of: Element.self)
    try dataset.write(values)
    try file.setAttribute("unit", to: unit, of: name)
    try file.setAttribute("description", to: description, of: name)
    try file.setAttribute("checksum", to: checksum(of: values), of: name)
  }

  /// Reads a dataset, and verifies its checksum.
  static func read<Element: HDF5Element>(
    _ name: String, from file: borrowing HDF5File, as type: Element.Type = Element.self
  ) throws -> [Element] {
    let values = try file.dataset(name).read(as: Element.self)
    guard try file.textAttribute("checksum", of: name) == checksum(of: values) else {
      throw TrainingError.damagedFile(
        path: file.path, reason: "the checksum of dataset \(name) does not match its content")
    }
    return values
  }

  /// Adds a value as the JSON text of an attribute, and the checksum of the text.
  static func addJSON(
    _ name: String, _ value: some Encodable, to file: borrowing HDF5File
  ) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = try encoder.encode(value)
    try file.setAttribute(name, to: String(decoding: text, as: UTF8.self))
    try file.setAttribute(checksumName(name), to: checksum(of: Array(text)))
  }

  /// Reads a value from the JSON text of an attribute, and verifies its checksum.
  static func json<Value: Decodable>(
    _ name: String, from file: borrowing HDF5File, as type: Value.Type = Value.self
  ) throws -> Value {
    let text = try file.textAttribute(name)
    guard try file.textAttribute(checksumName(name)) == checksum(of: Array(text.utf8)) else {
      throw TrainingError.damagedFile(
        path: file.path, reason: "the checksum of attribute \(name) does not match its content")
    }
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
      throw TrainingError.damagedFile(
        path: file.path, reason: "the attribute \(name) cannot be understood (\(error))")
    }
  }

  private static func checksumName(_ attribute: String) -> String { attribute + "Checksum" }

  private static func checksum(of values: [some HDF5Element]) -> String {
    var checksum = Checksum()
    values.withUnsafeBytes { checksum.add($0, at: 0) }
    return checksum.description
  }
}
