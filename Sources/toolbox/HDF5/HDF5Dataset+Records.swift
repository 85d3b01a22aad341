// Datasets whose elements are not numbers: records of named fields, and lists of different lengths.

internal import CParallelHDF5
internal import Foundation

extension HDF5Dataset {
  /// Whether the elements are records that have a field.
  public func hasField(_ field: String) throws(HDF5Error) -> Bool {
    let operation = Operation("looking for field \"\(field)\" of", name, of: path)
    return try fieldType(field, operation) != nil
  }

  /// Reads a field of all records, by this process alone.
  ///
  /// - Parameters:
  ///   - field: The name of the field.
  ///   - width: The numbers that it has; more than one are an array.
  ///   - type: The type to which the numbers are converted.
  /// - Returns: The numbers [record, component].
  /// - Throws: Also if the elements are no records, the field is not there, or has other contents.
  public func read<Element: HDF5Element>(
    field: String, width: Int = 1, as type: Element.Type
  ) throws(HDF5Error) -> [Element] {
    let operation = Operation("reading field \"\(field)\" of", name, of: path)
    guard extents.count == 1 else {
      throw operation.failure("its extents are \(extents), not those of a list", in: "HDF5Dataset")
    }
    if let obstacle = try obstacle() { throw operation.failure("\(obstacle)", in: "HDF5Dataset") }
    guard let stored = try fieldType(field, operation) else {
      throw operation.failure("there is no such field", in: "HDF5Dataset")
    }
    let (number, count) = try operation.component(of: stored)
    guard number.isNumber, count == width else {
      throw operation.failure(
        "the field holds \(count) of \(number), not \(width) numbers", in: "HDF5Dataset")
    }
    var extent = hsize_t(width)
    let inner = try operation.open(closedBy: H5Tclose) {
      width == 1
        ? H5Tcopy(Element.nativeType()) : H5Tarray_create2(Element.nativeType(), 1, &extent)
    }
    let memory = try operation.open(closedBy: H5Tclose) {
      H5Tcreate(H5T_COMPOUND, width * MemoryLayout<Element>.size)
    }
    try operation.call { H5Tinsert(memory.id, field, 0, inner.id) }
    let properties = try operation.transferProperties(isCollective: false)
    let id = identifier.id
    var failure: HDF5Error?
    let all = extents.reduce(1, *) * width
    let elements = [Element](unsafeUninitializedCapacity: all) { buffer, initializedCount in
      do throws(HDF5Error) {
        let space = hid_t(H5S_ALL)
        if all > 0 {
          try operation.call {
            H5Dread(id, memory.id, space, space, properties.id, buffer.baseAddress)
          }
        }
        initializedCount = all
      } catch {
        failure = error
      }
    }
    if let failure { throw failure }
    return elements
  }

  /// The stored type of a field; `nil` if there is none.
  private func fieldType(
    _ field: String, _ operation: Operation
  ) throws(HDF5Error) -> Identifier? {
    let id = identifier.id
    let type = try operation.open(closedBy: H5Tclose) { H5Dget_type(id) }
    guard try operation.call({ H5Tget_class(type.id).rawValue }) == H5T_COMPOUND.rawValue else {
      return nil
    }
    let index = withLibrary {
      let index = H5Tget_member_index(type.id, field)
      if index < 0 { H5Eclear2(hid_t(H5E_DEFAULT)) }
      return index
    }
    guard index >= 0 else { return nil }
    return try operation.open(closedBy: H5Tclose) { H5Tget_member_type(type.id, UInt32(index)) }
  }

  /// Reads some of the lists of whole numbers that the elements are, by this process alone.
  ///
  /// The library takes memory by the length that a list states, and copies as much as the file has for it; so
  /// lists are taken from the global heap here, within the bounds of the file
  /// (HDF5 File Format Specification 3.0, section III.E).
  ///
  /// - Parameter range: The elements, which must be within the dataset's one axis.
  /// - Returns: The numbers of each list; those that are negative by their bits [list].
  /// - Throws: Also if the elements are no lists of whole numbers, or are compressed.
  public func read(lists range: Range<Int>) throws(HDF5Error) -> [[UInt64]] {
    let operation = Operation("reading lists of", name, of: path)
    guard extents.count == 1, range.lowerBound >= 0, range.upperBound <= extents[0] else {
      throw operation.failure(
        "lists \(range) are not within the extents \(extents)", in: "HDF5Dataset")
    }
    let id = identifier.id
    let type = try operation.open(closedBy: H5Tclose) { H5Dget_type(id) }
    guard try operation.call({ H5Tget_class(type.id).rawValue }) == H5T_VLEN.rawValue else {
      throw operation.failure("the dataset holds no lists", in: "HDF5Dataset")
    }
    let base = try operation.open(closedBy: H5Tclose) { H5Tget_super(type.id) }
    let number = try HDF5ElementType(of: base, operation)
    guard number.elementClass == .integer, [4, 8].contains(number.byteCount) else {
      throw operation.failure("the lists hold \(number), not IDs", in: "HDF5Dataset")
    }
    if let obstacle = try obstacle() { throw operation.failure("\(obstacle)", in: "HDF5Dataset") }
    if range.isEmpty { return [] }
    let isBigEndian = try operation.call { H5Tget_order(base.id).rawValue } == H5T_ORDER_BE.rawValue
    let places = try descriptorPlaces(operation)
    let bytes: Data
    do {
      bytes = try Data(contentsOf: URL(filePath: path), options: .alwaysMapped)
    } catch {
      throw operation.failure(error.localizedDescription, in: "HDF5Dataset")
    }
    var heap = GlobalHeap(bytes, operation)
    return try heap.lists(range, at: places, number, isBigEndian: isBigEndian)
  }

  /// The places in the file of the descriptors of lists, each block from its first element on, in order.
  private func descriptorPlaces(_ operation: Operation) throws(HDF5Error) -> [GlobalHeap.Block] {
    let id = identifier.id
    let file = try operation.open(closedBy: H5Fclose) { H5Iget_file_id(id) }
    let made = try operation.open(closedBy: H5Pclose) { H5Fget_create_plist(file.id) }
    var (addressSize, lengthSize, userBlock) = (0, 0, hsize_t(0))
    try operation.call { H5Pget_sizes(made.id, &addressSize, &lengthSize) }
    try operation.call { H5Pget_userblock(made.id, &userBlock) }
    let creation = try operation.open(closedBy: H5Pclose) { H5Dget_create_plist(id) }
    guard addressSize == 8, lengthSize == 8, userBlock == 0,
      try operation.call({ H5Pget_nfilters(creation.id) }) == 0
    else {
      throw operation.failure(
        "the lists are compressed, or the file has a block before it", in: "HDF5Dataset",
        hint: "h5repack -f NONE writes them without compression")
    }
    switch try operation.call({ H5Pget_layout(creation.id).rawValue }) {
    case H5D_CONTIGUOUS.rawValue:
      let address = withLibrary { H5Dget_offset(id) }
      return [GlobalHeap.Block(first: 0, address: UInt64(address))]
    case H5D_CHUNKED.rawValue:
      let space = try operation.open(closedBy: H5Sclose) { H5Dget_space(id) }
      var count: hsize_t = 0
      try operation.call { H5Dget_num_chunks(id, space.id, &count) }
      var blocks: [GlobalHeap.Block] = []
      for chunk in 0..<count {
        var (first, mask, address, size) = (hsize_t(0), UInt32(0), haddr_t(0), hsize_t(0))
        try operation.call {
          H5Dget_chunk_info(id, space.id, chunk, &first, &mask, &address, &size)
        }
        blocks.append(GlobalHeap.Block(first: Int(clamping: first), address: UInt64(address)))
      }
      return blocks.sorted { $0.first < $1.first }
    default:
      throw operation.failure(
        "the lists are stored neither in one piece nor in chunks", in: "HDF5Dataset")
    }
  }
}

extension Operation {
  /// The number that a field is, or is an array of, and how many there are.
  fileprivate func component(
    of type: borrowing Identifier
  ) throws(HDF5Error) -> (number: HDF5ElementType, count: Int) {
    let id = type.id
    guard try call({ H5Tget_class(id).rawValue }) == H5T_ARRAY.rawValue else {
      return (try HDF5ElementType(of: type, self), 1)
    }
    let base = try open(closedBy: H5Tclose) { H5Tget_super(id) }
    var extent: hsize_t = 0
    guard try call({ H5Tget_array_ndims(id) }) == 1 else {
      return (try HDF5ElementType(of: base, self), 0)
    }
    try call { H5Tget_array_dims2(id, &extent) }
    return (try HDF5ElementType(of: base, self), Int(clamping: extent))
  }
}

/// The objects of a file's global heap, in which lists of different lengths are stored.
private struct GlobalHeap {
  /// Descriptors of lists that follow each other in the file.
  struct Block {
    /// The number of the first list.
    let first: Int
    let address: UInt64
  }

  private let bytes: Data
  private let operation: Operation

  /// The ranges of bytes of the objects in a collection, by its address and their numbers.
  private var collections: [UInt64: [UInt16: Range<Int>]] = [:]

  init(_ bytes: Data, _ operation: Operation) {
    self.bytes = bytes
    self.operation = operation
  }

  /// The lists of a range, whose descriptors are in blocks.
  mutating func lists(
    _ range: Range<Int>, at blocks: [Block], _ number: HDF5ElementType, isBigEndian: Bool
  ) throws(HDF5Error) -> [[UInt64]] {
    var lists: [[UInt64]] = []
    var total = 0
    var block = 0
    for list in range {
      while block + 1 < blocks.count, blocks[block + 1].first <= list { block += 1 }
      guard block < blocks.count, blocks[block].first <= list else {
        throw operation.failure("list \(list) was never written", in: "HDF5Dataset")
      }
      // A descriptor has the length in 4 bytes, the collection's address in 8, and the object's number in 4.
      let place = Int(clamping: blocks[block].address)
        .addingReportingOverflow((list - blocks[block].first) * 16).partialValue
      let count = Int(try load(place, UInt32.self))
      let address = try load(place &+ 4, UInt64.self)
      let object = try load(place &+ 12, UInt32.self)
      guard count > 0 else {
        lists.append([])
        continue
      }
      let objects = try collection(at: address)
      guard let own = UInt16(exactly: object).flatMap({ objects[$0] }),
        own.count >= count * number.byteCount
      else {
        throw operation.failure(
          "list \(list) of \(count) numbers is not in the file", in: "HDF5Dataset")
      }
      total += count * number.byteCount
      guard total <= bytes.count else {
        throw operation.failure("the lists hold more than the file", in: "HDF5Dataset")
      }
      lists.append(
        (0..<count).map { index in
          value(at: own.lowerBound + index * number.byteCount, number, isBigEndian)
        })
    }
    return lists
  }

  /// Finds the objects of a collection.
  private mutating func collection(
    at address: UInt64
  ) throws(HDF5Error) -> [UInt16: Range<Int>] {
    if let known = collections[address] { return known }
    let start = Int(clamping: address)
    let signature = UInt32(littleEndian: 0x4C4F_4347)  // "GCOL"
    guard try load(start, UInt32.self) == signature,
      let size = Int(exactly: try load(start + 8, UInt64.self)), size >= 16,
      size <= bytes.count - start
    else {
      throw operation.failure("there is no heap at byte \(address)", in: "HDF5Dataset")
    }
    var objects: [UInt16: Range<Int>] = [:]
    var place = start + 16
    while place <= start + size - 16 {
      let number = try load(place, UInt16.self)
      // Object 0 is the free space at the end.
      if number == 0 { break }
      guard let length = Int(exactly: try load(place + 8, UInt64.self)),
        length <= start + size - place - 16
      else {
        throw operation.failure("heap at byte \(address) is damaged", in: "HDF5Dataset")
      }
      objects[number] = place + 16..<place + 16 + length
      place += 16 + (length + 7) / 8 * 8
    }
    collections[address] = objects
    return objects
  }

  /// A little-endian number of the file's own structures.
  private func load<Number: FixedWidthInteger>(
    _ place: Int, _ type: Number.Type
  ) throws(HDF5Error) -> Number {
    guard place >= 0, place <= bytes.count - MemoryLayout<Number>.size else {
      throw operation.failure(
        "byte \(place) is beyond the end of the file", in: "HDF5Dataset")
    }
    return Number(
      littleEndian: bytes.withUnsafeBytes {
        $0.loadUnaligned(fromByteOffset: place, as: Number.self)
      })
  }

  /// A number of a list, at a place within an object.
  private func value(
    at place: Int, _ number: HDF5ElementType, _ isBigEndian: Bool
  ) -> UInt64 {
    bytes.withUnsafeBytes { bytes in
      if number.byteCount == 4 {
        let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt32.self)
        return UInt64(isBigEndian ? word.bigEndian : word.littleEndian)
      }
      let word = bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)
      return isBigEndian ? word.bigEndian : word.littleEndian
    }
  }
}
