import DurableFiles
import Foundation
package import HDF5

extension FileTree {
  /// Reads what is in a file, and compares datasets and texts with their checksums.
  ///
  /// - Parameters:
  ///   - path: Any HDF5 file.
  ///   - verifying: Whether to read the datasets that have a checksum.
  /// - Throws: `HDF5Error` if it is no HDF5 file or its structure is damaged.
  package init(of path: String, verifying: Bool) throws(HDF5Error) {
    let file = try HDF5File.open(path)
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    self.path = path
    byteCount = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    root = Node(name: "/", kind: .group)
    root.attributes = try Self.attributes(of: "/", in: file, verifying: verifying)
    root.children = try Self.children(of: "", in: file, verifying: verifying)
    try file.close()
  }

  private static func children(
    of group: String, in file: borrowing HDF5File, verifying: Bool
  ) throws(HDF5Error) -> [Node] {
    var nodes: [Node] = []
    for link in try file.children(of: group.isEmpty ? "/" : group) {
      let path = "\(group)/\(link.name)"
      var node = Node(name: link.name, kind: .other)
      switch link.kind {
      case .other: break
      case .group:
        node.kind = .group
        node.attributes = try attributes(of: path, in: file, verifying: verifying)
        node.children = try children(of: path, in: file, verifying: verifying)
      case .dataset:
        let dataset = try file.dataset(path)
        node.kind = .dataset(type: "\(dataset.elementType)", extents: dataset.extents)
        node.attributes = try attributes(of: path, in: file, verifying: verifying)
        if verifying, let written = node.attributes.first(where: { $0.name == "checksum" }) {
          node.verification = verification(of: dataset, written: written.value)
        }
      }
      nodes.append(node)
    }
    return nodes
  }

  private static func verification(
    of dataset: borrowing HDF5Dataset, written: String
  ) -> Verification {
    do {
      guard let checksum = try dataset.checksum() else {
        return .unreadable("\(dataset.elementType) cannot be verified")
      }
      return checksum.description == written
        ? .intact : .damaged(written: written, found: checksum.description)
    } catch {
      return .unreadable(error.description)
    }
  }

  private static func attributes(
    of object: String, in file: borrowing HDF5File, verifying: Bool
  ) throws(HDF5Error) -> [Attribute] {
    var attributes: [Attribute] = []
    let names = try file.attributeNames(of: object)
    for name in names {
      var attribute = Attribute(name: name, value: value(of: name, of: object, in: file))
      if verifying, names.contains(checksumName(name)) {
        let written = try file.textAttribute(checksumName(name), of: object)
        let found = Checksum(of: Data(try file.textAttribute(name, of: object).utf8)).description
        attribute.verification =
          found == written ? .intact : .damaged(written: written, found: found)
      }
      attributes.append(attribute)
    }
    return attributes
  }

  /// The attribute beside a text that holds the text's checksum.
  static func checksumName(_ attribute: String) -> String { attribute + "Checksum" }

  /// The value of an attribute in words: a text, numbers, or that it is neither.
  private static func value(
    of name: String, of object: String, in file: borrowing HDF5File
  ) -> String {
    if let text = try? file.textAttribute(name, of: object) { return shortened(text) }
    guard let numbers = try? file.attribute(name, of: object, as: Double.self) else {
      return "(neither one text nor numbers)"
    }
    let signed = try? file.attribute(name, of: object, as: Int64.self)
    let unsigned = try? file.attribute(name, of: object, as: UInt64.self)
    let texts = numbers.enumerated().map { index, number in
      // A whole number is shown with all its digits, which Double may not have.
      guard number == number.rounded(), number.magnitude <= 0x1p64 else { return "\(number)" }
      return signed.map { "\($0[index])" } ?? unsigned.map { "\($0[index])" } ?? "\(number)"
    }
    guard texts.count != 1 else { return texts[0] }
    let shown = texts.prefix(8).joined(separator: ", ")
    return texts.count > 8 ? "[\(shown), … \(texts.count) numbers]" : "[\(shown)]"
  }

  private static func shortened(_ text: String) -> String {
    let line = text.replacing(/\s+/, with: " ")
    return line.count > 100 ? "\(line.prefix(80))… (\(text.count) characters)" : line
  }
}

extension HDF5Dataset {
  /// Reads the numbers in parts, and returns the checksum of their little-endian bytes; `nil` for a
  /// type that cannot be read as it is stored.
  fileprivate func checksum() throws(HDF5Error) -> Checksum? {
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
    var byteOffset = 0
    for slab in slabs() {
      let elements = try read(slab, as: type)
      elements.withUnsafeBytes { bytes in
        checksum.add(bytes, at: byteOffset)
        byteOffset += bytes.count
      }
    }
    return checksum
  }

  /// Parts of about four million numbers that end between chunks of 64 and between 64-bit words.
  private func slabs() -> [Hyperslab] {
    guard let length = extents.first else { return [Hyperslab(whole: extents)] }
    let planeCount = max(1, extents.dropFirst().reduce(1, *))
    let planes = max(64, (1 << 22) / planeCount / 64 * 64)
    return stride(from: 0, to: length, by: planes).map { start in
      Hyperslab(
        offset: [start] + extents.dropFirst().map { _ in 0 },
        count: [min(planes, length - start)] + extents.dropFirst())
    }
  }
}
