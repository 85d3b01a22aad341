internal import DurableFiles
internal import Foundation
package import HDF5
internal import Text

/// A file of one of our formats that one process writes, and that appears when it is complete.
///
/// Every dataset has a `checksum`, a `unit` and a `description`. The same content makes the same
/// bytes.
package struct RecordWriter: ~Copyable {
  private let file: HDF5File

  /// Writes a file beside its place, and moves it there when it is complete and on the disk.
  ///
  /// If it fails, what was at `path` is still there, and nothing beside it.
  ///
  /// - Parameters:
  ///   - path: The file; one that exists is replaced.
  ///   - format: Its format.
  ///   - body: Adds what it holds.
  /// - Throws: `HDF5Error`, `FileError`, and what `body` throws.
  package static func write(
    to path: String, as format: RecordFormat, _ body: (borrowing RecordWriter) throws -> Void
  ) throws {
    let temporary = DurableFile.temporary(for: path)
    do {
      let writer = RecordWriter(file: try HDF5File.create(temporary))
      try writer.file.setAttribute("format", to: format.name)
      try writer.file.setAttribute("version", to: Int32(format.version))
      try body(writer)
      try writer.close()
      try DurableFile.commit(temporary, as: path)
    } catch {
      try? FileManager.default.removeItem(atPath: temporary)
      throw error
    }
  }

  private consuming func close() throws { try file.close() }

  /// Sets an attribute of the file to a text.
  ///
  /// - Throws: `HDF5Error`.
  package func set(_ attribute: String, to text: String) throws {
    try file.setAttribute(attribute, to: text)
  }

  /// Sets an attribute of the file to a number.
  ///
  /// - Throws: `HDF5Error`.
  package func set<Value: HDF5Element>(_ attribute: String, to value: Value) throws {
    try file.setAttribute(attribute, to: value)
  }

  /// Adds a dataset with its checksum.
  ///
  /// - Throws: `HDF5Error`.
  package func add<Element>(
    _ dataset: RecordDataset<Element>, _ values: [Element], extents: [Int]
  ) throws {
    let name = dataset.name
    try file.createDataset(name, extents: extents, of: Element.self).write(values)
    try file.setAttribute("unit", to: dataset.unit, of: name)
    try file.setAttribute("description", to: dataset.meaning, of: name)
    try file.setAttribute("checksum", to: Self.checksum(of: values), of: name)
  }

  /// Adds a value as the JSON text of an attribute, and the checksum of the text.
  ///
  /// - Throws: `HDF5Error`, and what encoding the value throws.
  package func addJSON(_ attribute: String, _ value: some Encodable) throws {
    let text = try JSONEncoder.stable(isIndented: false).encode(value)
    try file.setAttribute(attribute, to: String(decoding: text, as: UTF8.self))
    try file.setAttribute(Self.checksumName(attribute), to: Checksum(of: text).description)
  }

  /// The attribute that holds the checksum of the text of another.
  package static func checksumName(_ attribute: String) -> String { attribute + "Checksum" }

  /// The checksum of numbers as they are stored: little-endian, in C order.
  static func checksum(of values: [some HDF5Element]) -> String {
    var checksum = Checksum()
    values.withUnsafeBytes { checksum.add($0, at: 0) }
    return checksum.description
  }
}
