package import DurableFiles
package import HDF5

extension HDF5Dataset {
  /// Reads the numbers in parts, and returns the checksum of their little-endian bytes.
  ///
  /// - Returns: The checksum; `nil` for a type that cannot be read as it is stored.
  /// - Throws: `HDF5Error`, also if the file does not store all numbers.
  package func checksum() throws(HDF5Error) -> Checksum? {
    if elementType == Float.elementType { return try checksum(as: Float.self) }
    if elementType == Double.elementType { return try checksum(as: Double.self) }
    if elementType == UInt8.elementType { return try checksum(as: UInt8.self) }
    if elementType == Int32.elementType { return try checksum(as: Int32.self) }
    if elementType == UInt32.elementType { return try checksum(as: UInt32.self) }
    if elementType == Int64.elementType { return try checksum(as: Int64.self) }
    if elementType == UInt64.elementType { return try checksum(as: UInt64.self) }
    return nil
  }

  private func checksum<Element: HDF5Element>(
    as type: Element.Type
  ) throws(HDF5Error) -> Checksum {
    var checksum = Checksum()
    var offset = 0
    // Parts end between words of eight bytes: what is left over goes with the next.
    var rest: [Element] = []
    let wordCount = 8 / MemoryLayout<Element>.stride
    for slab in Hyperslab(whole: extents).pieces(ofAtMost: Self.partLength(extents)) {
      let elements = rest + (try read(slab, as: type))
      let whole = elements.count / wordCount * wordCount
      elements.withUnsafeBytes { bytes in
        let length = whole * MemoryLayout<Element>.stride
        checksum.add(.init(rebasing: bytes[..<length]), at: offset)
        offset += length
      }
      rest = Array(elements[whole...])
    }
    rest.withUnsafeBytes { checksum.add($0, at: offset) }
    return checksum
  }

  /// The length of a part: the planes of a chunk of 64, but no more numbers than fit half a gigabyte.
  private static func partLength(_ extents: [Int]) -> Int {
    let planeSize = extents.dropFirst().reduce(1, *)
    let planes = planeSize.multipliedReportingOverflow(by: 64)
    return min(max(planes.overflow ? Int.max : planes.partialValue, 1 << 22), 1 << 26)
  }
}
