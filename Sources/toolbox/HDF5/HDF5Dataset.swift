internal import CParallelHDF5

/// An open dataset: an array of numbers in a file, in C order.
///
/// Its attributes are reached through the file by the dataset's name.
public struct HDF5Dataset: ~Copyable {
  /// The path of the dataset within its file, as it was asked for.
  public let name: String

  /// The number of elements along each axis, slowest first; none for a scalar.
  public let extents: [Int]

  /// The type of the elements in the file, which a transfer converts from and to.
  public let elementType: HDF5ElementType

  /// The path of the file, for errors.
  let path: String
  let identifier: Identifier
  let isParallel: Bool

  /// The most that one call of the library may move [bytes].
  ///
  /// HDF5 1.10 and ROMIO count bytes in 32 bits and fail from 2 GiB on.
  var bytesPerCall = 1 << 30
}

extension HDF5File {
  /// Opens a dataset.
  public func dataset(_ name: String) throws(HDF5Error) -> HDF5Dataset {
    let operation = Operation("opening dataset", name, of: path)
    let file = identifier.id
    try header(of: name, operation)
    do {
      return try dataset(
        name,
        operation.open(closedBy: H5Dclose) { H5Dopen2(file, Self.rooted(name), defaults) },
        operation)
    } catch {
      throw try withSiblings(error, missing: name)
    }
  }

  /// Creates a dataset, and the groups on the way to it that are missing.
  ///
  /// Collective if the file is. The numbers are little-endian. Room is made at once and is not filled: what is never written
  /// has no defined value.
  /// - Parameters:
  ///   - name: The path within the file, where nothing may exist.
  ///   - extents: The number of elements along each axis, slowest first; none for a scalar.
  ///   - type: The type of the elements.
  ///   - chunk: The shape of the pieces in which the data are stored, or all in one piece.
  /// - Returns: The dataset, open for writing and reading.
  /// - Throws: Also if there is an object of that name.
  public func createDataset<Element: HDF5Element>(
    _ name: String, extents: [Int], of type: Element.Type, chunk: [Int]? = nil
  ) throws(HDF5Error) -> HDF5Dataset {
    let dataset = try reserveDataset(name, extents: extents, of: type, chunk: chunk)
    if isParallel { try flush() }
    return dataset
  }

  /// Creates a dataset without waiting for the other ranks, which do the same.
  ///
  /// The file is to be flushed before numbers are written: it gets its new length then. Where MPI-IO
  /// writes pieces with holes, it reads the holes first, and beyond the end of a file it would write
  /// what happens to be in its memory.
  package func reserveDataset<Element: HDF5Element>(
    _ name: String, extents: [Int], of type: Element.Type, chunk: [Int]? = nil
  ) throws(HDF5Error) -> HDF5Dataset {
    let operation = Operation("creating dataset", name, of: path)
    guard extents.allSatisfy({ $0 >= 0 }) else {
      throw operation.failure("extents \(extents) are negative", in: "HDF5File")
    }
    let creation = try operation.open(closedBy: H5Pclose) { H5Pcreate(ch5_dataset_create()) }
    try operation.call { H5Pset_obj_track_times(creation.id, false) }
    try operation.call { H5Pset_fill_time(creation.id, H5D_FILL_TIME_NEVER) }
    try operation.call { H5Pset_alloc_time(creation.id, H5D_ALLOC_TIME_EARLY) }
    if let chunk {
      guard chunk.count == extents.count, chunk.allSatisfy({ $0 > 0 }) else {
        throw operation.failure(
          "chunks \(chunk) do not fit extents \(extents)", in: "HDF5File",
          hint: "A chunk has as many axes as its dataset, and no empty one")
      }
      try operation.call { H5Pset_chunk(creation.id, Int32(chunk.count), chunk.map(hsize_t.init)) }
    }
    let space = try operation.space(extents)
    try createParents(of: name)
    let file = identifier.id
    let new = try operation.open(closedBy: H5Dclose) {
      H5Dcreate2(
        file, Self.rooted(name), Element.storedType(), space.id, defaults, creation.id, defaults)
    }
    return try dataset(name, new, operation)
  }

  private func dataset(
    _ name: String, _ identifier: consuming Identifier, _ operation: Operation
  ) throws(HDF5Error) -> HDF5Dataset {
    let id = identifier.id
    let type = try operation.open(closedBy: H5Tclose) { H5Dget_type(id) }
    let space = try operation.open(closedBy: H5Sclose) { H5Dget_space(id) }
    return HDF5Dataset(
      name: name, extents: try operation.extents(space),
      elementType: try HDF5ElementType(of: type, operation), path: path, identifier: identifier,
      isParallel: isParallel)
  }
}

extension Operation {
  /// Makes a dataspace; without extents, that of a scalar.
  func space(_ extents: [Int]) throws(HDF5Error) -> Identifier {
    try open(closedBy: H5Sclose) {
      extents.isEmpty
        ? H5Screate(H5S_SCALAR)
        : H5Screate_simple(Int32(extents.count), extents.map(hsize_t.init), nil)
    }
  }

  /// Returns the extents of a dataspace.
  func extents(_ space: borrowing Identifier) throws(HDF5Error) -> [Int] {
    let id = space.id
    let rank = Int(try call { H5Sget_simple_extent_ndims(id) })
    var extents = [hsize_t](repeating: 0, count: rank)
    try call { H5Sget_simple_extent_dims(id, &extents, nil) }
    // Products of extents, and of parts of them, are taken later without looking again.
    var product: hsize_t = 1
    for extent in extents {
      let (next, isBeyond) = product.multipliedReportingOverflow(by: max(1, extent))
      guard !isBeyond, next <= hsize_t(Int.max) else {
        throw failure("its extents \(extents) are more than can be counted", in: "HDF5Dataset")
      }
      product = next
    }
    return extents.map(Int.init)
  }
}
