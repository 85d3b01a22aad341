package import Analysis
internal import Settings

/// Settings that vary in an ablation, each with its values: the variants are all combinations.
package struct AblationMatrix: Codable, Hashable, Sendable {
  /// A setting that varies.
  package struct Axis: Hashable, Sendable {
    /// The way to the setting, such as `sampling.boxWidth`.
    package let key: String

    /// The values, each in YAML on one line.
    package let values: [String]

    /// The names of the values, which those of the variants are made of.
    let names: [String]

    /// The values in words, as reports show them.
    let words: [String]
  }

  /// The settings that vary, the one that varies slowest first.
  package let axes: [Axis]

  /// Decodes a section: the ways to the settings, with dots or as sections in sections, and a list of values for each.
  package init(from decoder: any Decoder) throws {
    axes = try Self.axes(of: SettingsTree(from: decoder), at: .root)
  }

  /// Encodes the section, with the dots of the ways.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: VariantKey.self)
    for axis in axes {
      let values = "[" + axis.values.joined(separator: ", ") + "]"
      try container.encode(
        SettingsTree(value: values, option: "\(axis.key)=\(values)"),
        forKey: VariantKey(stringValue: axis.key))
    }
  }

  private static func axes(
    of tree: SettingsTree, at path: SettingsPath
  ) throws(SettingsError) -> [Axis] {
    switch tree.content {
    case .mapping(let entries):
      var axes: [Axis] = []
      for entry in entries {
        axes += try Self.axes(of: entry.value, at: path.appending(key: entry.key))
      }
      return axes
    case .sequence(let values):
      let key = path.description
      return [
        Axis(
          key: key, values: values.map(\.inlineYAML),
          names: values.map { Self.name(of: $0, key: key) }, words: values.map(Self.words(of:)))
      ]
    case .scalar, .null:
      throw SettingsError(
        path: "ablation.matrix.\(path)", origin: tree.origin,
        problem: .wrongType(
          value: "no list", expected: "the values of the setting, such as [51, 75, 101]"))
    }
  }

  /// The name of a value: itself if it is a word, with the last word of its key before it if it is not.
  private static func name(of value: SettingsTree, key: String) -> String {
    let lastWord = String(key.split(separator: ".").last ?? "")
    switch value.content {
    case .mapping(let entries) where !entries.isEmpty:
      return entries.map { name(of: $0.value, key: $0.key) }.joined(separator: "-")
    case .sequence(let values) where !values.isEmpty:
      let names = values.map { name(of: $0, key: "") }.joined(separator: "-")
      return names.first?.isLetter == true ? names : lastWord + names
    case .null, .mapping, .sequence: return "\(lastWord)none"
    case .scalar:
      let word = String(value.inlineYAML.map { $0 == "." ? "_" : $0 }.filter { $0 != "+" })
      let isWord = word.first?.isLetter == true && !["true", "false"].contains(word)
      return isWord ? word : lastWord + word
    }
  }

  private static func words(of value: SettingsTree) -> String {
    switch value.content {
    case .mapping(let entries) where !entries.isEmpty:
      entries.map { "\($0.key) \(words(of: $0.value))" }.joined(separator: ", ")
    case .sequence(let values): values.map(words(of:)).joined(separator: ", ")
    case .scalar: value.inlineYAML
    case .null, .mapping: "none"
    }
  }

  /// The largest number of combinations.
  static let largestCount = 10_000

  /// Whether there are more combinations than anybody trains.
  var isTooLarge: Bool {
    var count = 1
    for axis in axes where count <= Self.largestCount { count *= axis.values.count }
    return count > Self.largestCount
  }

  /// The combinations of all values, the last setting varying fastest; none of a matrix that is too large.
  var variants: AblationVariants {
    guard !axes.isEmpty, !isTooLarge else { return AblationVariants([]) }
    var variants = [AblationVariant(name: "", overrides: [])]
    for axis in axes {
      variants = variants.flatMap { variant in
        zip(axis.names, axis.values).map { name, value in
          AblationVariant(
            name: variant.name.isEmpty ? name : "\(variant.name)-\(name)",
            overrides: variant.overrides + [.init(key: axis.key, value: value)])
        }
      }
    }
    return AblationVariants(variants)
  }
}

extension AblationSettings {
  /// The matrix that the variants are the combinations of, as reports show it; `nil` without one.
  package var variantMatrix: VariantMatrix? {
    guard variants == nil, let matrix, !matrix.axes.isEmpty else { return nil }
    return VariantMatrix(
      axes: matrix.axes.map { VariantMatrix.Axis(key: $0.key, values: $0.words) },
      variants: matrix.variants.elements.map(\.name))
  }
}
