// Numbers, and the names of all attributes; the text is beside.

internal import CParallelHDF5

extension HDF5File {
  /// Lists the attributes of an object, by name.
  public func attributeNames(of object: String = "/") throws(HDF5Error) -> [String] {
    let operation = Operation("listing the attributes of", object, of: path)
    let file = identifier.id
    let rooted = Self.rooted(object)
    var names: [String] = []
    let header = try header(of: object, operation)
    do {
      var info = H5O_info_t()
      try operation.call {
        H5Oget_info_by_name2(file, rooted, &info, UInt32(H5O_INFO_NUM_ATTRS), defaults)
      }
      // Where one of them cannot be decoded, version 1.10 crashes after it has found so: it is not asked for names
      // that are known.
      if let header,
        !header.mayHaveOthers || header.attributes.count == Int(clamping: info.num_attrs)
      {
        return header.attributes.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      }
      for index in 0..<info.num_attrs {
        func name(_ buffer: UnsafeMutablePointer<CChar>?, _ size: Int) throws(HDF5Error) -> Int {
          try operation.call {
            H5Aget_name_by_idx(
              file, rooted, H5_INDEX_NAME, H5_ITER_INC, index, buffer, size, defaults)
          }
        }
        let length = try name(nil, 0)
        var bytes = [CChar](repeating: 0, count: length + 1)
        _ = try name(&bytes, length + 1)
        names.append(
          String(decoding: bytes.prefix(length).map(UInt8.init(bitPattern:)), as: UTF8.self))
      }
    } catch {
      throw try withSiblings(error, missing: object)
    }
    return names
  }

  /// Returns whether an object has an attribute; throws if there is no such object.
  public func hasAttribute(_ name: String, of object: String = "/") throws(HDF5Error) -> Bool {
    let operation = Operation("looking for attribute \"\(name)\" of", object, of: path)
    let file = identifier.id
    try header(of: object, operation)
    do {
      return try operation.call {
        H5Aexists_by_name(file, Self.rooted(object), name, defaults)
      } > 0
    } catch {
      throw try withSiblings(error, missing: object)
    }
  }

  /// Reads the numbers of an attribute, converted, in C order; a scalar is one.
  ///
  /// Throws if they are not numbers, or one that the type asked for cannot represent even
  /// approximately.
  public func attribute<Element: HDF5Element>(
    _ name: String, of object: String = "/", as type: Element.Type
  ) throws(HDF5Error) -> [Element] {
    let operation = Operation("reading attribute \"\(name)\" of", object, of: path)
    let attribute = try openAttribute(name, of: object, operation)
    let stored = try operation.open(closedBy: H5Tclose) { H5Aget_type(attribute.id) }
    let storedType = try HDF5ElementType(of: stored, operation)
    guard storedType.isNumber else {
      throw operation.failure(
        "the attribute holds \(storedType), which cannot become \(Element.elementType)",
        in: "HDF5File")
    }
    let space = try operation.open(closedBy: H5Sclose) { H5Aget_space(attribute.id) }
    let count = Int(try operation.call { H5Sget_simple_extent_npoints(space.id) })
    guard count > 0 else { return [] }
    try requireWithinFile(count, of: storedType.byteCount, operation)

    // H5Aread has no transfer properties, hence replaces what is out of range; H5Tconvert has.
    let properties = try operation.transferProperties(isCollective: false)
    let byteCount = count * max(storedType.byteCount, Element.elementType.byteCount)
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
    defer { bytes.deallocate() }
    try operation.call { H5Aread(attribute.id, stored.id, bytes.baseAddress) }
    try operation.call {
      H5Tconvert(stored.id, Element.nativeType(), count, bytes.baseAddress, nil, properties.id)
    }
    return Array(bytes.bindMemory(to: Element.self).prefix(count))
  }

  /// Sets an attribute to one number.
  ///
  /// Collective if the file is. One of the same name is replaced.
  public func setAttribute<Element: HDF5Element>(
    _ name: String, to value: Element, of object: String = "/"
  ) throws(HDF5Error) {
    try setNumbers(name, to: [value], extents: [], of: object)
  }

  /// Sets an attribute to a list of numbers.
  ///
  /// Collective if the file is. One of the same name is replaced.
  public func setAttribute<Element: HDF5Element>(
    _ name: String, to values: [Element], of object: String = "/"
  ) throws(HDF5Error) {
    try setNumbers(name, to: values, extents: [values.count], of: object)
  }

  private func setNumbers<Element: HDF5Element>(
    _ name: String, to values: [Element], extents: [Int], of object: String
  ) throws(HDF5Error) {
    let operation = Operation("setting attribute \"\(name)\" of", object, of: path)
    let space = try operation.space(extents)
    let type = try operation.open(closedBy: H5Tclose) { H5Tcopy(Element.storedType()) }
    let attribute = try createAttribute(name, of: object, type, space, operation)
    // Room for one element at least: the library does not take a null pointer for nothing.
    try withUnsafeTemporaryAllocation(of: Element.self, capacity: max(values.count, 1)) {
      (buffer) throws(HDF5Error) in
      _ = buffer.initialize(from: values)
      try operation.call { H5Awrite(attribute.id, Element.nativeType(), buffer.baseAddress) }
    }
    try attribute.close(operation)
  }
}

extension HDF5File {
  /// Refuses elements that the file is too short for, before memory is taken for them.
  func requireWithinFile(
    _ count: Int, of byteCount: Int, _ operation: Operation
  ) throws(HDF5Error) {
    let file = identifier.id
    var size: hsize_t = 0
    try operation.call { H5Fget_filesize(file, &size) }
    let (bytes, isBeyond) = count.multipliedReportingOverflow(by: byteCount)
    guard !isBeyond, byteCount >= 0, bytes <= Int(clamping: size) else {
      throw operation.failure(
        "it says that it holds \(count) elements of \(byteCount) bytes, and the file has \(size) bytes",
        in: "HDF5File", hint: "The file is damaged: make it again, or restore it from a copy")
    }
  }

  /// Opens an attribute; the error about a missing one says which there are.
  func openAttribute(
    _ name: String, of object: String, _ operation: Operation
  ) throws(HDF5Error) -> Identifier {
    let file = identifier.id
    try header(of: object, operation)
    do {
      return try operation.open(closedBy: H5Aclose) {
        H5Aopen_by_name(file, Self.rooted(object), name, defaults, defaults)
      }
    } catch {
      guard try exists(object) else { throw try withSiblings(error, missing: object) }
      guard try !hasAttribute(name, of: object) else { throw error }
      var error = error
      error.hint = "Attributes of \"\(object)\": \(Self.listed(try attributeNames(of: object)))"
      throw error
    }
  }

  /// Creates an attribute in the place of one of the same name.
  func createAttribute(
    _ name: String, of object: String, _ type: borrowing Identifier,
    _ space: borrowing Identifier, _ operation: Operation
  ) throws(HDF5Error) -> Identifier {
    let (file, type, space) = (identifier.id, type.id, space.id)
    let object = Self.rooted(object)
    if try hasAttribute(name, of: object) {
      try operation.call { H5Adelete_by_name(file, object, name, defaults) }
    }
    return try operation.open(closedBy: H5Aclose) {
      H5Acreate_by_name(file, object, name, type, space, defaults, defaults, defaults)
    }
  }
}
