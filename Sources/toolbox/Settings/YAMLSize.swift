internal import Yams

/// The size of a YAML document when all its aliases are replaced by what they stand for.
///
/// An alias costs five bytes and may stand for a list of aliases: a file of 368 bytes can mean 3.5e9 nodes. So the
/// document is measured before it is expanded: it is read with a plain word in the place of each alias, and the size of
/// what the word stands for is added instead.
struct YAMLSize: Hashable {
  /// The number of scalars, lists and mappings, keys included.
  let nodes: Int

  /// The depth of their nesting: 1 for a scalar.
  let depth: Int

  /// The most nodes of a document; a large ablation has some thousand.
  static let nodeLimit = 100_000

  /// The deepest nesting; settings need 5.
  static let depthLimit = 64

  /// The most bytes of a document.
  static let byteLimit = 1_000_000

  /// Measures a document; `nil` for an empty one.
  ///
  /// - Parameter yaml: The text.
  /// - Throws: The error of Yams for a text that is not YAML.
  init?(of yaml: String) throws {
    let parser = try Parser(yaml: Self.withoutAliases(yaml))
    guard let root = try parser.singleRoot() else { return nil }
    var sizes: [String: YAMLSize] = [:]
    // The nodes refer to names of anchors that the parser keeps.
    self = withExtendedLifetime(parser) { Self.size(of: root, &sizes) }
  }

  private init(nodes: Int, depth: Int) {
    self.nodes = nodes
    self.depth = depth
  }

  /// The reason that a document of this size is not read; `nil` if it is read.
  var excess: String? {
    if nodes > Self.nodeLimit {
      return "it has more than \(Self.nodeLimit) values when its aliases are replaced"
    }
    return depth > Self.depthLimit ? "it is nested more than \(Self.depthLimit) deep" : nil
  }

  /// The first character of the word in the place of an alias: a scalar for private use.
  private static let mark: Unicode.Scalar = "\u{F8FF}"

  /// Replaces the `*` of all that may be an alias.
  ///
  /// In a quoted text or a comment this changes no size.
  private static func withoutAliases(_ yaml: String) -> String {
    var result = String.UnicodeScalarView()
    var before: Unicode.Scalar = "\n"
    for scalar in yaml.unicodeScalars {
      let isAlias = scalar == "*" && " \t\r\n[]{},:?-".unicodeScalars.contains(before)
      result.append(isAlias ? mark : scalar)
      before = scalar
    }
    return String(result)
  }

  /// Puts the aliases back into a message about the text without them.
  static func withAliases(_ message: String) -> String {
    String(String.UnicodeScalarView(message.unicodeScalars.map { $0 == mark ? "*" : $0 }))
  }

  /// Adds up nodes in the order of the document, in which an anchor stands before its aliases.
  private static func size(of node: Node, _ sizes: inout [String: YAMLSize]) -> YAMLSize {
    let size: YAMLSize
    switch node {
    case .scalar(let scalar):
      let scalars = scalar.string.unicodeScalars
      let isAlias = scalar.style == .plain && scalars.first == mark
      size = (isAlias ? sizes[String(scalars.dropFirst())] : nil) ?? YAMLSize(nodes: 1, depth: 1)
    case .sequence(let sequence): size = around(sequence.map { $0 }, &sizes)
    case .mapping(let mapping): size = around(mapping.flatMap { [$0.key, $0.value] }, &sizes)
    case .alias: size = YAMLSize(nodes: 1, depth: 1)
    }
    if let anchor = node.anchor { sizes[anchor.rawValue] = size }
    return size
  }

  private static func around(_ nodes: [Node], _ sizes: inout [String: YAMLSize]) -> YAMLSize {
    var (count, depth) = (1, 0)
    for node in nodes {
      let size = size(of: node, &sizes)
      // Sums of sums overflow soon.
      count = min(count + size.nodes, nodeLimit + 1)
      depth = max(depth, size.depth)
    }
    return YAMLSize(nodes: count, depth: min(depth, depthLimit) + 1)
  }
}
