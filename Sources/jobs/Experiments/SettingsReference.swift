package import Settings

/// All settings of an experiment: their keys, what they may be, and their defaults, from the declarations.
package struct SettingsReference: Sendable {
  /// One setting.
  package struct Entry: Hashable, Sendable {
    /// The way to it in the file, such as `training.batchSize`; `[]` stands for any element of a list.
    package let key: String

    /// What it may be, in words.
    package let type: String

    /// The default as it is written in a file; nothing if it must be given.
    package let defaultValue: String?

    /// The property that declares it: its type with the module, and its name.
    package let declaration: (type: String, property: String)

    /// Whether two entries tell the same.
    package static func == (one: Entry, other: Entry) -> Bool {
      one.key == other.key && one.type == other.type && one.defaultValue == other.defaultValue
    }

    /// Feeds what an entry tells.
    package func hash(into hasher: inout Hasher) { hasher.combine(key) }
  }

  /// The settings in the order of their declarations.
  package let entries: [Entry]

  /// Reads the declarations.
  ///
  /// - Throws: `SettingsError` if a default cannot be written in a file.
  package init() throws(SettingsError) {
    // One element of the list shows the keys of all; its values are no defaults.
    let sample = SimulationSettings(name: "", role: .training, seed: 1)
    let tree = try SettingsEncoder.tree(of: Experiment())
    var entries: [Entry] = []
    Self.add(Experiment(), at: "", defaults: tree, sample: sample, to: &entries)
    self.entries = entries
  }

  private static func add(
    _ value: Any, at path: String, defaults: SettingsTree?, sample: SimulationSettings,
    to entries: inout [Entry]
  ) {
    for child in Mirror(reflecting: value).children {
      guard let label = child.label else { continue }
      let key = path.isEmpty ? label : "\(path).\(label)"
      let type = type(of: child.value)
      if type == [SimulationSettings].self {
        add(sample, at: "\(key)[]", defaults: nil, sample: sample, to: &entries)
        continue
      }
      if Mirror(reflecting: child.value).displayStyle == .struct, words(for: type) == nil {
        add(child.value, at: key, defaults: defaults?[label], sample: sample, to: &entries)
        continue
      }
      let isOptional = type is any OptionalSetting.Type
      entries.append(
        Entry(
          key: key, type: words(for: type) ?? "\(type)",
          defaultValue: defaults?[label].map(Self.text) ?? (isOptional ? "null" : nil),
          declaration: (String(reflecting: Swift.type(of: value)), label)))
    }
  }

  /// A default as it is written in a file, a word without quotes.
  private static func text(_ value: SettingsTree) -> String {
    if case .scalar(let word, _) = value.content, !word.isEmpty { return word }
    return value.inlineYAML
  }

  /// What a value of a type may be; nothing for a section of settings.
  private static func words(for type: Any.Type) -> String? {
    switch type {
    case is Int.Type: return "whole number"
    case is UInt64.Type: return "whole number from 0"
    case is Double.Type, is Float.Type: return "number"
    case is Bool.Type: return "`true` or `false`"
    case is String.Type: return "text"
    case let optional as any OptionalSetting.Type:
      return words(for: optional.wrapped).map { "\($0), or `null`" }
    case let list as any ListSetting.Type:
      return words(for: list.element).map { "list of: \($0)" }
    case let table as any TableSetting.Type:
      return words(for: table.value).map { "\($0) by name" } ?? "settings by name"
    case is SettingsTree.Type: return "any value"
    case let choice as any CaseIterable.Type:
      let names = (choice.allCases as any Collection).compactMap {
        ($0 as? any RawRepresentable)?.rawValue as? String
      }
      return names.isEmpty ? nil : names.map { "`\($0)`" }.joined(separator: ", ")
    default: return nil
    }
  }
}

/// A setting that may be left open.
private protocol OptionalSetting { static var wrapped: Any.Type { get } }
extension Optional: OptionalSetting { static var wrapped: Any.Type { Wrapped.self } }

/// A list of settings.
private protocol ListSetting { static var element: Any.Type { get } }
extension Array: ListSetting { static var element: Any.Type { Element.self } }

/// Settings by names that the user chooses.
private protocol TableSetting { static var value: Any.Type { get } }
extension Dictionary: TableSetting { static var value: Any.Type { Value.self } }
