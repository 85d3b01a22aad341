internal import Yams

extension SettingsTree {
  /// Reads a tree from YAML text.
  ///
  /// - Parameters:
  ///   - yaml: The text of the file.
  ///   - file: The file's name in messages.
  /// - Throws: `SettingsError` for text that is not YAML, with the line.
  package init(yaml: String, file: String) throws(SettingsError) {
    self = try Self.compose(yaml, asIfFrom: file) { .file(path: file, line: $0) }
  }

  /// Reads the value of an option `KEY=VALUE`, with YAML's syntax.
  package init(value: String, option: String) throws(SettingsError) {
    self = try Self.compose(value, asIfFrom: "option --set \(option)") { _ in .option(option) }
  }

  private static func compose(
    _ yaml: String, asIfFrom source: String, origin: (Int) -> SettingsOrigin
  ) throws(SettingsError) -> SettingsTree {
    guard yaml.utf8.count <= YAMLSize.byteLimit else {
      throw tooLarge("it has more than \(YAMLSize.byteLimit) bytes", origin(1))
    }
    let root: Node?
    do {
      if let excess = try YAMLSize(of: yaml)?.excess { throw tooLarge(excess, origin(1)) }
      root = try Yams.compose(yaml: yaml)
    } catch let error as SettingsError {
      throw error
    } catch {
      let fault = YAMLFault(error)
      throw SettingsError(
        path: "", origin: origin(fault.line), problem: .invalidYAML(fault.reason))
    }
    guard let root else { return SettingsTree(content: .null, origin: origin(1)) }
    return SettingsTree(root, origin: origin)
  }

  private static func tooLarge(_ reason: String, _ origin: SettingsOrigin) -> SettingsError {
    SettingsError(
      path: "", origin: origin,
      problem: .invalid(
        reason: reason, remedy: "give a file of settings alone, without anchors and aliases"))
  }

  private init(_ node: Node, origin: (Int) -> SettingsOrigin) {
    self.origin = origin(node.mark?.line ?? 1)
    switch node {
    case .scalar(let scalar):
      let isQuoted = scalar.style != .plain && scalar.style != .any
      let isNull = !isQuoted && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
      content = isNull ? .null : .scalar(scalar.string, isQuoted: isQuoted)
    case .sequence(let sequence):
      content = .sequence(sequence.map { SettingsTree($0, origin: origin) })
    case .mapping(let mapping):
      content = .mapping(
        mapping.map { key, value in
          Entry(
            key: key.string ?? "", keyOrigin: origin(key.mark?.line ?? 1),
            value: SettingsTree(value, origin: origin))
        })
    case .alias:
      preconditionFailure("an alias was left in a composed document")
    }
  }

  /// Writes the tree as YAML that reads back as the same values.
  package func yaml() throws(SettingsError) -> String {
    do {
      return try Yams.serialize(node: node, width: -1, allowUnicode: true)
    } catch {
      throw SettingsError(path: "", origin: origin, problem: .invalidYAML("\(error)"))
    }
  }

  private var node: Node {
    switch content {
    case .null: Node("null", Tag(.implicit), .plain)
    case .scalar(let text, let isQuoted):
      Node(text, Tag(.implicit), isQuoted && Self.looksLikeAnotherType(text) ? .doubleQuoted : .any)
    case .sequence(let elements):
      Node(
        elements.map(\.node), Tag(.implicit),
        elements.allSatisfy(\.isScalar) ? .flow : .block)
    case .mapping(let entries):
      Node(
        entries.map { (Node($0.key, Tag(.implicit)), $0.value.node) }, Tag(.implicit),
        entries.isEmpty ? .flow : .block)
    }
  }

  private var isScalar: Bool {
    switch content {
    case .null, .scalar: true
    case .sequence, .mapping: false
    }
  }

  /// Whether a reader of YAML would take `text` for a number, a date, a truth value or null.
  private static func looksLikeAnotherType(_ text: String) -> Bool {
    guard let first = text.first else { return true }
    let words = ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n"]
    return first.isNumber || first == "+" || first == "-" || Double(text) != nil
      || text.hasPrefix(".") && text.dropFirst().first?.isNumber == true
      || words.contains(text.lowercased())
  }
}
