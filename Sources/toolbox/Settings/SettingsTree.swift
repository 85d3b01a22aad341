internal import Text

/// A value of an experiment file before it has a type: null, a scalar, a list or a mapping, each
/// with the place that it came from.
///
/// Experiments are decoded in three steps: the defaults are encoded to a tree, the user's tree is
/// laid over them, and the result is decoded by ``SettingsDecoder``, which names the place of
/// whatever does not fit.
package struct SettingsTree: Hashable, Sendable {
  /// The content of a node.
  package enum Content: Hashable, Sendable {
    case null
    /// A scalar as it is written, and whether it was quoted (then it can only be a text).
    case scalar(String, isQuoted: Bool)
    case sequence([SettingsTree])
    /// Keys in the order in which they are written.
    case mapping([Entry])
  }

  /// One key of a mapping and its value.
  package struct Entry: Hashable, Sendable {
    package var key: String
    var keyOrigin: SettingsOrigin
    package var value: SettingsTree
  }

  package var content: Content
  package var origin: SettingsOrigin

  /// The entries of a mapping, or nothing for any other node.
  var entries: [Entry] {
    if case .mapping(let entries) = content { entries } else { [] }
  }

  /// The value of `key` in a mapping.
  package subscript(key: String) -> SettingsTree? {
    entries.first { $0.key == key }?.value
  }

  /// Returns a mapping without one of its keys.
  package func without(key: String) -> SettingsTree {
    guard case .mapping(let entries) = content else { return self }
    return SettingsTree(content: .mapping(entries.filter { $0.key != key }), origin: origin)
  }

  /// Returns this tree with the keys of `other` replacing its own.
  ///
  /// Mappings are merged key by key; scalars and lists are replaced whole. A section with
  /// only its heading written (null over a mapping) keeps its defaults.
  package func overlaid(by other: SettingsTree) -> SettingsTree {
    switch (content, other.content) {
    case (.mapping, .null): return self
    case (.mapping(var merged), .mapping(let entries)):
      for entry in entries {
        if let index = merged.firstIndex(where: { $0.key == entry.key }) {
          merged[index].value = merged[index].value.overlaid(by: entry.value)
          merged[index].keyOrigin = entry.keyOrigin
        } else {
          merged.append(entry)
        }
      }
      return SettingsTree(content: .mapping(merged), origin: other.origin)
    default: return other
    }
  }

  /// The scalars and empty collections below this node as (path, text), in the order of the tree.
  package func leaves(under path: SettingsPath = .root) -> [(path: String, value: String)] {
    switch content {
    case .null: return [(path.description, "null")]
    case .scalar(let text, _): return [(path.description, text)]
    case .sequence(let elements):
      guard !elements.isEmpty else { return [(path.description, "[]")] }
      return elements.enumerated().flatMap { $1.leaves(under: path.appending(index: $0)) }
    case .mapping(let entries):
      guard !entries.isEmpty else { return [(path.description, "{}")] }
      return entries.flatMap { $0.value.leaves(under: path.appending(key: $0.key)) }
    }
  }
}

/// The place where a setting was written.
package enum SettingsOrigin: Hashable, Sendable {
  /// Nowhere: the default in the declaration.
  case defaults
  /// On a line of a file, counted from one.
  case file(path: String, line: Int)
  /// In an option of the command line, as it was typed.
  case option(String)
}

extension SettingsOrigin: CustomStringConvertible {
  /// The place as a message begins with it.
  package var description: String {
    switch self {
    case .defaults: "defaults"
    case .file(let path, let line): "\(Quoting.terminal(path)), line \(line)"
    case .option(let text): "option --set \(Quoting.terminal(text))"
    }
  }
}

/// The way to a setting from the root of the file, such as `simulations[1].initial`.
package struct SettingsPath: Hashable, Sendable, CustomStringConvertible {
  package static let root = SettingsPath(description: "")

  package let description: String

  package func appending(key: String) -> SettingsPath {
    SettingsPath(description: description.isEmpty ? key : "\(description).\(key)")
  }

  package func appending(index: Int) -> SettingsPath {
    SettingsPath(description: "\(description)[\(index)]")
  }
}
