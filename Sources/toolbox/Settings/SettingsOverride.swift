/// An option `--set KEY=VALUE`, which replaces one setting of the experiment file.
///
/// `KEY` is the way to the setting (`training.seed`, `simulations[1].final`), `VALUE` is YAML.
package struct SettingsOverride {
  private enum Step {
    case key(String)
    case index(Int)
  }

  private let text: String
  private let key: String
  private let steps: [Step]
  private let value: SettingsTree

  /// Reads an option as it was typed after `--set`.
  package init(_ text: String) throws(SettingsError) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let steps = Self.steps(of: parts[0]) else {
      throw SettingsError(
        path: String(parts.first ?? ""), origin: .option(text),
        problem: .invalid(
          reason: "this is not KEY=VALUE", remedy: "write for example --set training.seed=3"))
    }
    self.text = text
    key = String(parts[0])
    self.steps = steps
    value = try SettingsTree(value: String(parts[1]), option: text)
  }

  /// Returns `tree` with the setting replaced; a section that is not there is made.
  package func applied(to tree: SettingsTree) throws(SettingsError) -> SettingsTree {
    try Self.replace(steps[...], in: tree, by: self)
  }

  private static func replace(
    _ steps: ArraySlice<Step>, in tree: SettingsTree, by override: SettingsOverride
  ) throws(SettingsError) -> SettingsTree {
    guard let step = steps.first else { return tree.overlaid(by: override.value) }
    var tree = tree
    switch step {
    case .key(let key):
      let inner = tree[key] ?? SettingsTree(content: .null, origin: .option(override.text))
      let value = try replace(steps.dropFirst(), in: inner, by: override)
      let entry = SettingsTree.Entry(
        key: key, keyOrigin: .option(override.text), value: value)
      switch tree.content {
      case .mapping(var entries):
        if let index = entries.firstIndex(where: { $0.key == key }) {
          entries[index] = entry
        } else {
          entries.append(entry)
        }
        tree.content = .mapping(entries)
      case .null: tree.content = .mapping([entry])
      case .scalar, .sequence: throw override.noSuchSetting
      }
    case .index(let index):
      guard case .sequence(var elements) = tree.content, elements.indices.contains(index) else {
        throw override.noSuchSetting
      }
      elements[index] = try replace(steps.dropFirst(), in: elements[index], by: override)
      tree.content = .sequence(elements)
    }
    return tree
  }

  private var noSuchSetting: SettingsError {
    SettingsError(
      path: key, origin: .option(text),
      problem: .invalid(
        reason: "the experiment has no such section or list element",
        remedy: "count list elements from 0 and give the key as in the file"))
  }

  /// Splits `simulations[1].final` into a key, an index and a key.
  private static func steps(of key: Substring) -> [Step]? {
    var steps: [Step] = []
    for part in key.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let name = pieces.first, !name.isEmpty else { return nil }
      steps.append(.key(String(name)))
      for piece in pieces.dropFirst() {
        guard piece.hasSuffix("]"), let index = Int(piece.dropLast()), index >= 0 else {
          return nil
        }
        steps.append(.index(index))
      }
    }
    return steps
  }
}
