internal import CParallelHDF5

extension HDF5File {
  /// Reads the text of an attribute, of fixed length with any padding or of variable length.
  ///
  /// Throws if it is not one text.
  public func textAttribute(
    _ name: String, of object: String = "/"
  ) throws(HDF5Error) -> String {
    let operation = Operation("reading attribute \"\(name)\" of", object, of: path)
    let attribute = try openAttribute(name, of: object, operation)
    let type = try operation.open(closedBy: H5Tclose) { H5Aget_type(attribute.id) }
    let storedType = try HDF5ElementType(of: type, operation)
    guard storedType.elementClass == .text else {
      throw operation.failure("the attribute holds \(storedType), not text", in: "HDF5File")
    }
    let space = try operation.open(closedBy: H5Sclose) { H5Aget_space(attribute.id) }
    let count = Int(try operation.call { H5Sget_simple_extent_npoints(space.id) })
    guard count > 0 else { return "" }
    guard count == 1 else {
      throw operation.failure("the attribute holds \(count) texts, not one", in: "HDF5File")
    }
    if try operation.call({ H5Tis_variable_str(type.id) }) > 0 {
      return try variableLengthText(attribute, type, space, operation)
    }
    try requireWithinFile(1, of: storedType.byteCount, operation)
    return try fixedLengthText(attribute, type, storedType.byteCount, operation)
  }

  /// Sets an attribute to a text, which may be empty.
  ///
  /// Collective if the file is. It is stored as UTF-8 of fixed length. One of the same name is replaced.
  public func setAttribute(
    _ name: String, to value: String, of object: String = "/"
  ) throws(HDF5Error) {
    let operation = Operation("setting attribute \"\(name)\" of", object, of: path)
    // A text of no bytes cannot be declared: the empty one is a single byte of padding.
    let bytes = value.isEmpty ? [0] : Array(value.utf8)
    let type = try operation.open(closedBy: H5Tclose) { H5Tcopy(ch5_character()) }
    try operation.call { H5Tset_size(type.id, bytes.count) }
    try operation.call { H5Tset_strpad(type.id, H5T_STR_NULLPAD) }
    try operation.call { H5Tset_cset(type.id, H5T_CSET_UTF8) }
    let attribute = try createAttribute(name, of: object, type, operation.space([]), operation)
    try operation.call { H5Awrite(attribute.id, type.id, bytes) }
    try attribute.close(operation)
  }

  private func fixedLengthText(
    _ attribute: borrowing Identifier, _ type: borrowing Identifier, _ byteCount: Int,
    _ operation: Operation
  ) throws(HDF5Error) -> String {
    let (attribute, type) = (attribute.id, type.id)
    var bytes = [UInt8](repeating: 0, count: byteCount)
    try operation.call { H5Aread(attribute, type, &bytes) }
    let padding = try operation.call { H5Tget_strpad(type).rawValue }
    let end =
      switch padding {
      case H5T_STR_SPACEPAD.rawValue: bytes.lastIndex { $0 != UInt8(ascii: " ") }.map { $0 + 1 }
      case H5T_STR_NULLPAD.rawValue: bytes.lastIndex { $0 != 0 }.map { $0 + 1 }
      default: bytes.firstIndex(of: 0) ?? bytes.count
      }
    return String(decoding: bytes.prefix(end ?? 0), as: UTF8.self)
  }

  private func variableLengthText(
    _ attribute: borrowing Identifier, _ type: borrowing Identifier, _ space: borrowing Identifier,
    _ operation: Operation
  ) throws(HDF5Error) -> String {
    let (attribute, type, space) = (attribute.id, type.id, space.id)
    var text: UnsafeMutablePointer<CChar>?
    try operation.call { H5Aread(attribute, type, &text) }
    let value = text.map { String(cString: $0) } ?? ""
    try operation.call { H5Dvlen_reclaim(type, space, defaults, &text) }
    return value
  }
}
