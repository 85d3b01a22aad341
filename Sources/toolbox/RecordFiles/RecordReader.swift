internal import DurableFiles
package import Failures
internal import Foundation
package import HDF5

/// An open file of one of our formats, whose content is checked before it is used.
///
/// Extents are compared with what is expected and with what the file stores before memory is taken,
/// numbers are converted checked, and content is compared with its checksum.
package struct RecordReader: ~Copyable {
  /// The format of the file.
  package let format: RecordFormat

  /// The version of the format that the file has.
  package let version: Int

  private let file: HDF5File

  /// Opens a file, and checks its format and version.
  ///
  /// A file that ends in a checksum of all its bytes is compared with it before it is opened, unless
  /// the caller has done so.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - format: The format that it must have.
  ///   - isVerified: Whether the checksum at its end was compared already.
  /// - Throws: `Failure`; `HDF5Error` or `FileError` if it is missing or cannot be read.
  package init(_ path: String, as format: RecordFormat, isVerified: Bool = false) throws {
    let seal = format.firstSealedVersion == nil ? nil : try FileSeal(endOf: path)
    if let seal, !isVerified { try seal.verify(remedy: format.remedy) }
    let file = try HDF5File.open(path)
    func failure(_ reason: String) -> Failure {
      Failure.unusable(path, because: reason, remedy: format.remedy)
    }
    let found =
      try file.hasAttribute("format") ? try file.textAttribute("format") : "of another kind"
    guard found == format.name else { throw failure("it is \(found), not \(format.name)") }
    let numbers = try file.attribute("version", as: Int64.self)
    let version = numbers.count == 1 ? numbers[0] : 0
    guard (Int64(format.oldestVersion)...Int64(format.version)).contains(version) else {
      throw failure("its version is \(version), and this program reads \(format.readVersions)")
    }
    if let first = format.firstSealedVersion, version >= first, seal == nil {
      throw failure("the checksum at its end is missing: it was cut off")
    }
    self.format = format
    self.version = Int(version)
    self.file = file
  }

  /// The path of the file.
  package var path: String { file.path }

  /// Closes the file.
  ///
  /// - Throws: `HDF5Error`.
  package consuming func close() throws { try file.close() }

  /// The error of what is wrong with the file, as a clause.
  package func failure(_ reason: String) -> Failure {
    Failure.unusable(path, because: reason, remedy: format.remedy)
  }

  // MARK: - Attributes

  /// Whether the file has an attribute.
  ///
  /// - Throws: `HDF5Error`.
  package func hasAttribute(_ name: String) throws -> Bool { try file.hasAttribute(name) }

  /// Reads the text of an attribute.
  ///
  /// - Throws: `HDF5Error`.
  package func text(_ name: String) throws -> String { try file.textAttribute(name) }

  /// Reads the one number of an attribute.
  ///
  /// - Throws: `Failure` for what is not as expected, `HDF5Error` for what cannot be read.
  package func number<Value: HDF5Element>(_ name: String, as type: Value.Type) throws -> Value {
    let values = try file.attribute(name, as: Value.self)
    guard let value = values.first, values.count == 1 else {
      throw failure("attribute \(name) holds \(values.count) values instead of one")
    }
    return value
  }

  /// Reads the count in an attribute, which is within `range`.
  ///
  /// - Throws: `Failure` for what is not as expected, `HDF5Error` for what cannot be read.
  package func count(_ name: String, in range: ClosedRange<Int> = 0...Int.max) throws -> Int {
    let value = Int(try number(name, as: Int64.self))
    guard range.contains(value) else {
      throw failure("attribute \(name) is \(value), and must be from \(range.lowerBound) on")
    }
    return value
  }

  /// Reads a value from the JSON text of an attribute, and verifies its checksum.
  ///
  /// - Throws: `Failure` for what is not as expected, `HDF5Error` for what cannot be read.
  package func json<Value: Decodable>(
    _ name: String, as type: Value.Type = Value.self
  ) throws -> Value {
    let text = try file.textAttribute(name)
    let checksum = Checksum(of: Data(text.utf8)).description
    guard try file.textAttribute(RecordWriter.checksumName(name)) == checksum else {
      throw failure("the checksum of attribute \(name) does not match its content")
    }
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
      throw failure("the attribute \(name) cannot be understood (\(error))")
    }
  }

  // MARK: - Datasets

  /// Whether the file has a dataset.
  ///
  /// - Throws: `HDF5Error`.
  package func has<Element>(_ dataset: RecordDataset<Element>) throws -> Bool {
    try file.exists(dataset.name)
  }

  /// Opens a dataset, all numbers of which the file must store.
  private func open<Element>(
    _ dataset: RecordDataset<Element>, _ extents: [Int]?
  ) throws -> HDF5Dataset {
    let found = try file.dataset(dataset.name)
    guard found.elementType == Element.elementType else {
      throw failure(
        "dataset \(dataset.name) holds \(found.elementType), not \(Element.elementType)")
    }
    if let extents, found.extents != extents {
      throw failure(
        "dataset \(dataset.name) has the extents \(found.extents), not \(extents)")
    }
    if let obstacle = try found.obstacle() { throw failure("dataset \(dataset.name): \(obstacle)") }
    return found
  }

  /// Returns the extents of a dataset, all numbers of which the file must store.
  ///
  /// - Throws: `Failure` for what is not as expected, `HDF5Error` for what cannot be read.
  package func extents<Element>(of dataset: RecordDataset<Element>) throws -> [Int] {
    try open(dataset, nil).extents
  }

  /// Reads a dataset, and verifies its checksum.
  ///
  /// - Parameters:
  ///   - dataset: The dataset.
  ///   - extents: The extents that it must have; without them, any along one axis.
  /// - Returns: The numbers in C order.
  /// - Throws: `Failure`, or `HDF5Error`.
  package func values<Element>(
    of dataset: RecordDataset<Element>, extents: [Int]? = nil
  ) throws -> [Element] {
    let found = try open(dataset, extents)
    guard extents != nil || found.extents.count == 1 else {
      throw failure("dataset \(dataset.name) has the extents \(found.extents), not a single one")
    }
    let values = try found.read(as: Element.self)
    guard try file.textAttribute("checksum", of: dataset.name) == RecordWriter.checksum(of: values)
    else {
      throw failure("the checksum of dataset \(dataset.name) does not match its content")
    }
    return values
  }

  /// Reads a box of a dataset of a file that was verified as a whole.
  ///
  /// - Parameters:
  ///   - dataset: The dataset.
  ///   - slab: The box.
  ///   - extents: The extents that the dataset must have.
  /// - Returns: The numbers in C order.
  /// - Throws: `Failure`, or `HDF5Error`.
  package func part<Element>(
    _ dataset: RecordDataset<Element>, _ slab: Hyperslab, extents: [Int]
  ) throws -> [Element] {
    try open(dataset, extents).read(slab, as: Element.self)
  }
}
