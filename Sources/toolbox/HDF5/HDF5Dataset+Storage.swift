// What a file really stores of a dataset, which its extents alone do not tell.

internal import CParallelHDF5
internal import Foundation

/// A reason that the numbers of a dataset cannot be read, found before memory is taken for them.
public enum HDF5Obstacle: Hashable, Sendable {
  /// The dataset is put together from other files, one of which is not there.
  case missingSource(String)

  /// The file stores only some of the pieces or bytes that the extents announce.
  case unwritten(stored: Int, announced: Int, unit: String)
}

extension HDF5Obstacle: CustomStringConvertible {
  /// The reason, as a clause.
  public var description: String {
    switch self {
    case .missingSource(let file): "it is put together from other files, and \(file) is not there"
    case .unwritten(let stored, let announced, let unit):
      "the file stores \(stored) of the \(announced) \(unit) that its extents announce"
    }
  }
}

extension HDF5Dataset {
  /// Finds what keeps the numbers from being read, from the description of their storage alone.
  ///
  /// - Returns: The obstacle; `nil` if the file stores as much as the extents announce.
  /// - Throws: An ``HDF5Error`` if the description cannot be read.
  public func obstacle() throws(HDF5Error) -> HDF5Obstacle? {
    let operation = Operation("looking at the storage of", name, of: path)
    let id = identifier.id
    let creation = try operation.open(closedBy: H5Pclose) { H5Dget_create_plist(id) }
    switch try operation.call({ H5Pget_layout(creation.id).rawValue }) {
    case H5D_VIRTUAL.rawValue: return try missingSource(creation, operation)
    case H5D_CHUNKED.rawValue: return try missingChunks(creation, operation)
    // Version 1.10 reads past numbers in the header of a dataset that are fewer than its extents announce.
    case H5D_CONTIGUOUS.rawValue, H5D_COMPACT.rawValue:
      return try missingBytes(creation, operation)
    default: return nil
    }
  }

  /// The first file of a virtual dataset's that is not there.
  private func missingSource(
    _ creation: borrowing Identifier, _ operation: Operation
  ) throws(HDF5Error) -> HDF5Obstacle? {
    let properties = creation.id
    var count = 0
    try operation.call { H5Pget_virtual_count(properties, &count) }
    for index in 0..<count {
      let length = try operation.call { H5Pget_virtual_filename(properties, index, nil, 0) }
      var bytes = [CChar](repeating: 0, count: length + 1)
      try operation.call { H5Pget_virtual_filename(properties, index, &bytes, length + 1) }
      let name = String(decoding: bytes.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self)
      // A block of a series stands for any number of files; "." is this file.
      guard name != ".", !name.contains("%b") else { continue }
      let places = Self.places(of: name.replacing("%%", with: "%"), besides: path)
      if !places.contains(where: FileManager.default.fileExists(atPath:)) {
        return .missingSource(name)
      }
    }
    return nil
  }

  /// Returns the paths at which the library looks for a source: its name as it stands, beside the
  /// file, and in the folder that the variable `HDF5_VDS_PREFIX` names.
  private static func places(of name: String, besides path: String) -> [String] {
    let folder = (path as NSString).deletingLastPathComponent
    let beside = (folder.isEmpty ? "." : folder) + "/"
    let last = (name as NSString).lastPathComponent
    var places = [name, beside + name, beside + last]
    if let prefix = ProcessInfo.processInfo.environment["HDF5_VDS_PREFIX"] {
      places.append(prefix.replacing("${ORIGIN}", with: beside) + "/" + name)
    }
    return places
  }

  private func missingChunks(
    _ creation: borrowing Identifier, _ operation: Operation
  ) throws(HDF5Error) -> HDF5Obstacle? {
    let (id, properties) = (identifier.id, creation.id)
    var chunk = [hsize_t](repeating: 0, count: extents.count)
    try operation.call { H5Pget_chunk(properties, Int32(extents.count), &chunk) }
    var announced = 1
    for (extent, side) in zip(extents, chunk) {
      guard let side = Int(exactly: side), side > 0 else {
        throw operation.failure("a chunk has a side of \(side)", in: "HDF5Dataset")
      }
      // The product of all extents is within 64 bits, hence that of their parts.
      announced *= extent / side + (extent % side > 0 ? 1 : 0)
    }
    guard try operation.call({ H5Pget_external_count(properties) }) == 0 else { return nil }
    let space = try operation.open(closedBy: H5Sclose) { H5Dget_space(id) }
    var stored: hsize_t = 0
    if announced > 0, withLibrary({ H5Dget_storage_size(id) }) > 0 {
      try operation.call { H5Dget_num_chunks(id, space.id, &stored) }
    }
    return Int(clamping: stored) < announced
      ? .unwritten(stored: Int(clamping: stored), announced: announced, unit: "chunks") : nil
  }

  private func missingBytes(
    _ creation: borrowing Identifier, _ operation: Operation
  ) throws(HDF5Error) -> HDF5Obstacle? {
    let (id, properties) = (identifier.id, creation.id)
    guard try operation.call({ H5Pget_external_count(properties) }) == 0 else { return nil }
    let (announced, isBeyond) = extents.reduce(1, *)
      .multipliedReportingOverflow(by: elementType.byteCount)
    let file = try operation.open(closedBy: H5Fclose) { H5Iget_file_id(id) }
    var whole: hsize_t = 0
    try operation.call { H5Fget_filesize(file.id, &whole) }
    // What begins behind the end of the file is not there. Numbers in the header have no place of their own.
    let address = withLibrary { H5Dget_offset(id) }
    let room = address == haddr_t.max ? whole : whole - min(hsize_t(address), whole)
    let stored = min(withLibrary { H5Dget_storage_size(id) }, room)
    guard isBeyond || Int(clamping: stored) < announced else { return nil }
    return .unwritten(
      stored: Int(clamping: stored), announced: isBeyond ? .max : announced, unit: "bytes")
  }
}
