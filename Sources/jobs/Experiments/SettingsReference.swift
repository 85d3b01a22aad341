internal import Fields
package import Settings
internal import Snapshots

/// All settings of an experiment: their keys, what they may be, and their defaults, from the declarations.
package struct SettingsReference: Sendable {
  /// One setting.
  package struct Entry: Hashable, Sendable {
    /// The way to it in the file, such as `training.batchSize`; `[]` stands for any element of a list.
    package let key: String

    /// The type of the value, in words.
    package let type: String

    /// The numbers that are allowed, such as "from 1 to 4096"; empty if any is, or for a setting without one.
    package let range: String

    /// Type and range in words.
    package var mayBe: String { range.isEmpty ? type : "\(type), \(range)" }

    /// The default as it is written in a file; `nil` if a value must be given.
    package let defaultValue: String?

    /// The property that declares it: its type with the module, and its name.
    let declaration: (type: String, property: String)

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
    var sample = SimulationSettings(name: "", role: .training, seed: 1)
    sample.units = SnapshotUnits(length: 1, mass: 1, velocity: 1)
    sample.cosmology = Cosmology(omegaMatter: 0.3, omegaLambda: 0.7, hubble: 0.7)
    sample.labels = LabelTable(file: "")
    // A section that an experiment is without unless it is given.
    var experiment = Experiment()
    experiment.fields.filter = FieldFilter()
    let tree = try SettingsEncoder.tree(of: experiment)
    var entries: [Entry] = []
    Self.add(experiment, at: "", defaults: tree, sample: sample, to: &entries)
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
      // A section that may be left out is there in the sample.
      let mirror = Mirror(reflecting: child.value)
      let section: Any? =
        mirror.displayStyle == .optional ? mirror.children.first?.value : child.value
      if let section, Mirror(reflecting: section).displayStyle == .struct, words(for: type) == nil {
        add(section, at: key, defaults: defaults?[label], sample: sample, to: &entries)
        continue
      }
      let isOptional = type is any OptionalSetting.Type
      entries.append(
        Entry(
          key: key, type: words(for: type) ?? "\(type)",
          range: Experiment.ranges[key]?.allowed ?? "",
          defaultValue: defaults?[label].map(Self.text) ?? (isOptional ? "null" : nil),
          declaration: (String(reflecting: Swift.type(of: value)), label)))
    }
  }

  /// A default as it is written in a file, a word without quotes.
  private static func text(_ value: SettingsTree) -> String {
    if case .scalar(let word, _) = value.content, !word.isEmpty { return word }
    return value.inlineYAML
  }

  /// Returns the values that a type allows, in words; `nil` for a section of settings.
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
    case is AblationVariants.Type: return "overrides of settings by the variant's name"
    case is AblationMatrix.Type: return "lists of values by the setting's key"
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
