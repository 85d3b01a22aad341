internal import DurableFiles
internal import Foundation
package import HDF5
package import MPI

/// An HDF5 file that all ranks write together, and that appears when it is complete.
///
/// Ranks agree after every call in which one waits for the others, so that a rank that fails anywhere
/// ends the work on all of them. Calls that wait for nobody, such as those that set attributes, may be
/// taken together.
///
/// Before every call that writes, the root takes the room on the disk for it: where there is none, one
/// rank would fail inside of MPI, and the others would wait for it there. It takes more than is needed, and
/// what was not gets back with the next length of the file.
package struct CollectiveFile: ~Copyable {
  private let file: HDF5File

  /// Writes a file beside its place, and moves it there when it is complete and on the disk.
  ///
  /// Collective. If it fails, what was at `path` is still there, and nothing beside it.
  ///
  /// - Parameters:
  ///   - path: The file; one that exists is replaced. The same on every rank.
  ///   - isSealed: Whether the file ends in a checksum of its bytes.
  ///   - ranks: The ranks.
  ///   - body: Adds what the file holds, on every rank the same.
  /// - Throws: `AgreedFailure` on every rank, with the error of the rank that failed.
  package static func write(
    to path: String, isSealed: Bool = false, on ranks: borrowing Communicator,
    _ body: (borrowing CollectiveFile) throws -> Void
  ) throws {
    let temporary = DurableFile.temporary(for: path)
    do {
      let file = CollectiveFile(file: try create(temporary, on: ranks))
      var length = 0
      do {
        try body(file)
        try ranks.agree { () throws(HDF5Error) in try file.file.closeObjects() }
        length = try Self.extend(temporary, by: roomForDescriptions, on: ranks)
      } catch {
        // The ranks have not made the same calls: closing together might wait for ever.
        file.abandon()
        throw error
      }
      let closed = file.closed()
      try ranks.agree { () throws(HDF5Error) in try closed.get() }
      try ranks.agree { () throws(FileError) in
        // If nothing was added since the last flush, the library leaves the length as it is.
        if ranks.isRoot {
          try DurableFile.shorten(temporary, by: roomForDescriptions, ifOf: length)
        }
      }
      if isSealed { try FileSeal.seal(temporary, on: ranks) }
      try ranks.agree { () throws(FileError) in
        if ranks.isRoot { try DurableFile.commit(temporary, as: path) }
      }
    } catch {
      if ranks.isRoot { try? FileManager.default.removeItem(atPath: temporary) }
      throw error
    }
  }

  /// The room for attributes, groups and what the library keeps beside numbers, from one flush to the next [bytes].
  ///
  /// A number by which no length grows that the library gives a file.
  private static let roomForDescriptions = (1 << 16) + 1

  /// Makes a file longer, with room on the disk, and returns its length on the root; waits for no other rank but to
  /// agree.
  @discardableResult
  private static func extend(
    _ path: String, by byteCount: Int, on ranks: borrowing Communicator
  ) throws -> Int {
    try ranks.agree { () throws(FileError) in
      ranks.isRoot ? try DurableFile.extend(path, by: byteCount) : 0
    }
  }

  private static func create(
    _ path: String, on ranks: borrowing Communicator
  ) throws -> HDF5File {
    var properties = try ranks.agree { () throws(HDF5Error) in try CreationProperties(path) }
    try ranks.agree { () throws(HDF5Error) in try properties.share(on: ranks) }
    var file: HDF5File?
    do {
      try ranks.agree { () throws(HDF5Error) in file = try properties.create() }
    } catch {
      // A rank that has the file must not close it where another has none.
      file.take()?.abandon()
      throw error
    }
    guard let created = file.take() else { preconditionFailure("the ranks agreed on no file") }
    return created
  }

  private consuming func closed() -> Result<Void, HDF5Error> {
    do throws(HDF5Error) {
      return .success(try file.close())
    } catch {
      return .failure(error)
    }
  }

  private consuming func abandon() { file.abandon() }

  /// Makes groups and sets attributes, the same on every rank: a few at a time, of some kilobytes.
  ///
  /// Collective.
  ///
  /// - Throws: `AgreedFailure` on every rank.
  package func describe(
    on ranks: borrowing Communicator, _ body: (borrowing HDF5File) throws(HDF5Error) -> Void
  ) throws {
    try ranks.agree { () throws(HDF5Error) in try body(file) }
  }

  /// Sets the attributes that tell a format.
  ///
  /// Collective.
  ///
  /// - Throws: `AgreedFailure` on every rank.
  package func describe(as format: RecordFormat, on ranks: borrowing Communicator) throws {
    try describe(on: ranks) { (file) throws(HDF5Error) in
      try file.setAttribute("format", to: format.name)
      try file.setAttribute("version", to: Int32(format.version))
    }
  }

  /// Creates a dataset.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - name: The path within the file.
  ///   - extents: The number of elements along each axis, slowest first.
  ///   - type: The type of the elements.
  ///   - chunk: The shape of the pieces in which the data are stored, or all in one piece.
  ///   - ranks: The ranks.
  /// - Returns: The dataset, to be written by ``write(_:to:slab:on:)``.
  /// - Throws: `AgreedFailure` on every rank.
  package func create<Element: HDF5Element>(
    _ name: String, extents: [Int], of type: Element.Type, chunk: [Int]? = nil,
    on ranks: borrowing Communicator
  ) throws -> HDF5Dataset {
    let dataset = try ranks.agree { () throws(HDF5Error) in
      try file.reserveDataset(name, extents: extents, of: type, chunk: chunk)
    }
    let room = Self.room(for: extents, chunk, elementBytes: MemoryLayout<Element>.stride)
    try Self.extend(file.path, by: room, on: ranks)
    try ranks.agree { () throws(HDF5Error) in try file.flush() }
    return dataset
  }

  /// The room that a dataset takes, in whole chunks and with their index [bytes].
  private static func room(for extents: [Int], _ chunk: [Int]?, elementBytes: Int) -> Int {
    guard let chunk else { return extents.reduce(elementBytes, *) + roomForDescriptions }
    let count = zip(extents, chunk).reduce(1) { $0 * (($1.0 + $1.1 - 1) / $1.1) }
    let bytesOfChunk = chunk.reduce(elementBytes, *) + roomForIndexOfChunk
    return count * bytesOfChunk + roomForDescriptions
  }

  /// The room for the place of a chunk in trees that are half full [bytes].
  private static let roomForIndexOfChunk = 128

  /// Writes this rank's box of a dataset.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - elements: As many as the box.
  ///   - dataset: One of this file.
  ///   - slab: The box; those of two ranks do not overlap.
  ///   - ranks: The ranks.
  /// - Throws: `AgreedFailure` on every rank.
  package func write<Element: HDF5Element>(
    _ elements: [Element], to dataset: borrowing HDF5Dataset, slab: Hyperslab,
    on ranks: borrowing Communicator
  ) throws {
    let transfer = try ranks.agree { () throws(HDF5Error) in
      try dataset.preparedWrite(to: slab, elements.count, as: Element.self)
    }
    try ranks.agree { () throws(HDF5Error) in
      try elements.withUnsafeBufferPointer { (elements) throws(HDF5Error) in
        try dataset.write(elements, by: transfer)
      }
    }
  }

  /// Adds a dataset; this rank writes a box of it.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - description: The name, unit and meaning of the dataset.
  ///   - elements: As many as the box.
  ///   - slab: The box; those of two ranks do not overlap.
  ///   - extents: The number of elements of the dataset along each axis, slowest first.
  ///   - chunk: The shape of the pieces in which the data are stored, or all in one piece.
  ///   - checksum: The checksum of the whole dataset, if it has one of its own.
  ///   - ranks: The ranks.
  /// - Throws: `AgreedFailure` on every rank.
  package func add<Element>(
    _ description: RecordDataset<Element>, _ elements: [Element], slab: Hyperslab, extents: [Int],
    chunk: [Int]? = nil, checksum: String? = nil, on ranks: borrowing Communicator
  ) throws {
    let name = description.name
    let dataset = try create(name, extents: extents, of: Element.self, chunk: chunk, on: ranks)
    try write(elements, to: dataset, slab: slab, on: ranks)
    try describe(on: ranks) { (file) throws(HDF5Error) in
      try file.setAttribute("unit", to: description.unit, of: name)
      try file.setAttribute("description", to: description.meaning, of: name)
      if let checksum { try file.setAttribute("checksum", to: checksum, of: name) }
    }
  }
}
