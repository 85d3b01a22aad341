internal import DurableFiles
internal import Foundation
internal import HDF5
internal import RecordFiles

extension FileTree {
  /// Reads what is in a file, and compares datasets and texts with their checksums.
  ///
  /// - Parameters:
  ///   - path: Any HDF5 file.
  ///   - verifying: Whether to read the datasets that have a checksum.
  /// - Throws: `HDF5Error` if it is no HDF5 file or its structure is damaged, `Failure` if it
  ///   ends in a checksum of its bytes and differs from it.
  package init(of path: String, verifying: Bool) throws {
    let seal = try? FileSeal(endOf: path)
    // Before the library looks at what may be damaged.
    if verifying, let seal { try seal.verify() }
    let file = try HDF5File.open(path)
    let attributes = try? FileManager.default.attributesOfItem(atPath: path)
    self.path = path
    byteCount = (attributes?[.size] as? NSNumber)?.intValue ?? 0
    root = Node(name: "/", kind: .group)
    root.verification = verifying && seal != nil ? .intact : .unasked
    root.attributes = try Self.attributes(of: "/", in: file, verifying: verifying)
    var visited: Set = [try file.address(of: "/")]
    root.children = try Self.children(of: "", in: file, verifying: verifying, &visited)
    try file.close()
  }

  /// The greatest depth of groups within each other that is shown.
  private static let deepest = 100

  private static func children(
    of group: String, in file: borrowing HDF5File, verifying: Bool,
    _ visited: inout Set<HDF5Address>, depth: Int = 0
  ) throws(HDF5Error) -> [Node] {
    var nodes: [Node] = []
    for link in try file.children(of: group.isEmpty ? "/" : group) {
      let path = "\(group)/\(link.name)"
      var node = Node(name: link.name, kind: .other)
      switch link.kind {
      case .other: break
      case .group:
        node.kind = .group
        guard visited.insert(try file.address(of: path)).inserted else {
          node.note = "the same group as one above"
          break
        }
        guard depth < deepest else {
          node.note = "what lies deeper is not shown"
          break
        }
        node.attributes = try attributes(of: path, in: file, verifying: verifying)
        node.children = try children(
          of: path, in: file, verifying: verifying, &visited, depth: depth + 1)
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
      if let obstacle = try dataset.obstacle() { return .unreadable("\(obstacle)") }
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
