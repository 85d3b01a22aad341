internal import Text

/// The content of an HDF5 file without the numbers: groups, datasets, attributes.
package struct FileTree: Hashable, Sendable {
  /// A group, a dataset, or something that is neither.
  package struct Node: Hashable, Sendable {
    /// The kind of a node.
    package enum Kind: Hashable, Sendable {
      /// A group of other nodes.
      case group
      /// An array, with the name of its type and its extents, slowest axis first.
      case dataset(type: String, extents: [Int])
      /// A named type, or a link that leads nowhere.
      case other
    }

    /// The name in the group around it.
    package var name: String

    /// The kind of the node.
    package var kind: Kind

    /// The attributes in the order of the file, their values as text.
    package var attributes: [Attribute] = []

    /// The result of comparing the content with its checksum.
    var verification = Verification.unasked

    /// The reason why the nodes of a group are not shown; `nil` if they are.
    package var note: String?

    /// The nodes of a group.
    package var children: [Node] = []
  }

  /// A name and a value in words.
  package struct Attribute: Hashable, Sendable {
    /// The name of the attribute.
    package var name: String

    /// The value: a text, a number, or a list of numbers.
    package var value: String

    /// The result of comparing a text with the checksum in the attribute beside it.
    var verification = Verification.unasked
  }

  /// The result of comparing the content of a dataset or a text with the checksum written with it.
  enum Verification: Hashable, Sendable {
    /// There is no checksum, or it was not compared.
    case unasked
    /// The content is what was written.
    case intact
    /// The content has another checksum than was written.
    case damaged(written: String, found: String)
    /// The content cannot be read.
    case unreadable(String)
  }

  /// The path of the file.
  package var path: String

  /// The size of the file [bytes].
  package var byteCount: Int

  /// The root group.
  package var root: Node

  /// The paths of datasets and attributes that are damaged or unreadable, in the order of the file.
  package var failures: [String] { root.failures(in: "") }
}

extension FileTree.Verification {
  fileprivate var isFailure: Bool {
    switch self {
    case .unasked, .intact: false
    case .damaged, .unreadable: true
    }
  }

  /// The words that follow the line of a node or an attribute, on its comparison with its checksum.
  fileprivate var remark: String {
    switch self {
    case .unasked: ""
    case .intact: " (checksum verified)"
    case .damaged(let written, let found):
      " (DAMAGED: checksum \(found), but \(Quoting.terminal(written)) was written)"
    case .unreadable(let reason): " (UNREADABLE: \(Quoting.terminal(reason)))"
    }
  }
}

extension FileTree.Node {
  fileprivate func failures(in path: String) -> [String] {
    let own = verification.isFailure ? [path] : []
    let texts = attributes.filter { $0.verification.isFailure }.map { "\(path)/@\($0.name)" }
    return own + texts + children.flatMap { $0.failures(in: "\(path)/\($0.name)") }
  }
}

extension FileTree: CustomStringConvertible {
  /// The tree as text, one node or attribute per line; names and texts of the file are made harmless for a terminal.
  package var description: String {
    "\(path), \(Self.size(byteCount))\(root.verification.remark)\n"
      + root.lines().map { $0 + "\n" }.joined()
  }

  private static func size(_ bytes: Int) -> String {
    let units = ["kB", "MB", "GB", "TB"]
    guard bytes >= 1000 else { return "\(bytes) bytes" }
    var value = Double(bytes) / 1000
    var unit = 0
    while value >= 999.95, unit < units.count - 1 {
      value /= 1000
      unit += 1
    }
    return "\((value * 10).rounded() / 10) \(units[unit])"
  }
}

extension FileTree.Node {
  /// The lines below this node's own.
  fileprivate func lines() -> [String] {
    let shown = attributes.filter { !isToldElsewhere($0) }
    let branches =
      shown.map { ["\(Quoting.terminal("\($0.name) = \($0.value)"))\($0.verification.remark)"] }
      + children.map { $0.branch() }
    return branches.enumerated().flatMap { index, branch in
      let isLast = index == branches.count - 1
      return branch.enumerated().map { line, text in
        (line == 0 ? (isLast ? "└─ " : "├─ ") : (isLast ? "   " : "│  ")) + text
      }
    }
  }

  /// The node's own line and those below.
  private func branch() -> [String] { [heading] + lines() }

  private var heading: String {
    func value(_ name: String) -> String? {
      attributes.first { $0.name == name }.map { Quoting.terminal($0.value) }
    }
    let name = Quoting.terminal(name)
    switch kind {
    case .group: return "\(name)/" + (note.map { " (\($0))" } ?? "")
    case .other: return "\(name) (neither group nor dataset)"
    case .dataset(let type, let extents):
      var text = "\(name): \(type) \(extents)"
      if let unit = value("unit") { text += " [\(unit)]" }
      if let description = value("description") { text += " \(description)" }
      return text + verification.remark
    }
  }

  /// Whether a dataset's own line, or that of another attribute, says this attribute already.
  private func isToldElsewhere(_ attribute: FileTree.Attribute) -> Bool {
    let isOfAnother = attributes.contains {
      $0.verification != .unasked && attribute.name == FileTree.checksumName($0.name)
    }
    guard case .dataset = kind else { return isOfAnother }
    return isOfAnother || ["unit", "description"].contains(attribute.name)
      || attribute.name == "checksum" && verification != .unasked
  }
}
