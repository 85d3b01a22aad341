internal import Failures

/// The values that a number of an experiment may have; of a list, those of each of its elements.
package struct SettingRange: Hashable, Sendable {
  private let lower: Double
  private let upper: Double
  private let includesLower: Bool
  private let includesUpper: Bool
  private let words: String
  private var multiple = 1
  private var lengths: ClosedRange<Int>?

  private init(
    _ lower: Double, _ upper: Double, includesLower: Bool = true, includesUpper: Bool = true,
    _ words: String
  ) {
    self.lower = lower
    self.upper = upper
    self.includesLower = includesLower
    self.includesUpper = includesUpper
    self.words = words
  }

  /// All values that the type of the setting has, such as those of a seed.
  package static let any = SettingRange(-.infinity, .infinity, "any")

  /// The values from one to another, both included.
  package static func from(_ lower: Double, to upper: Double) -> SettingRange {
    SettingRange(lower, upper, "from \(text(lower)) to \(text(upper))")
  }

  /// The values from one to below another.
  package static func from(_ lower: Double, below upper: Double) -> SettingRange {
    SettingRange(
      lower, upper, includesUpper: false, "from \(text(lower)) to below \(text(upper))")
  }

  /// The values from one on, to a technical limit.
  package static func atLeast(_ lower: Double, limit: Double) -> SettingRange {
    SettingRange(lower, limit, "\(text(lower)) or more, \(text(limit)) at most")
  }

  /// The values above one, to another that is included.
  package static func above(_ lower: Double, to upper: Double) -> SettingRange {
    SettingRange(
      lower, upper, includesLower: false, "above \(text(lower)), \(text(upper)) at most")
  }

  /// The values between two.
  package static func above(_ lower: Double, below upper: Double) -> SettingRange {
    SettingRange(
      lower, upper, includesLower: false, includesUpper: false,
      "above \(text(lower)) and below \(text(upper))")
  }

  /// The same for even numbers alone.
  package var even: SettingRange {
    var range = self
    range.multiple = 2
    return range
  }

  /// Returns the range for a list of numbers, each in this range, whose count is in `lengths`.
  package func list(_ lengths: ClosedRange<Int>) -> SettingRange {
    var range = self
    range.lengths = lengths
    return range
  }

  /// The allowed values, such as "from 1 to 4096"; empty if every value is allowed.
  package var allowed: String {
    let number = self == .any ? "" : (multiple == 2 ? "an even number " : "") + words
    guard let lengths else { return number }
    let count =
      lengths.lowerBound == 0
      ? "up to \(lengths.upperBound)" : "\(lengths.lowerBound) to \(lengths.upperBound)"
    return "\(count) numbers" + (words == Self.any.words ? "" : ", each \(number)")
  }

  /// The ends of the range, where it has any: what a test tries.
  package var ends: [Double] { [lower, upper].filter(\.isFinite) }

  /// The lengths that a list may have.
  var listLengths: ClosedRange<Int>? { lengths }

  /// Whether a number is in the range.
  package func contains(_ value: Double) -> Bool {
    (includesLower ? value >= lower : value > lower)
      && (includesUpper ? value <= upper : value < upper)
      && (multiple == 1 || value.truncatingRemainder(dividingBy: Double(multiple)) == 0)
  }

  /// Returns what is wrong with a value, as it is written in an experiment file; `nil` if nothing is.
  package func problem(with text: String, at path: String) -> SettingProblem? {
    guard let value = Double(text), !contains(value) else { return nil }
    return SettingProblem(SettingOutOfRange(key: path, value: text, allowed: allowed))
  }

  /// Returns what is wrong with the length of a list; `nil` if nothing is.
  package func problem(withLength count: Int, at path: String) -> SettingProblem? {
    guard let lengths, !lengths.contains(count) else { return nil }
    return SettingProblem(
      SettingOutOfRange(
        key: path, value: count == 0 ? "an empty list" : "a list of \(count)", allowed: allowed))
  }

  /// A bound as it is said: whole numbers without a point.
  private static func text(_ bound: Double) -> String {
    bound == bound.rounded() && abs(bound) < 1e15 ? "\(Int(bound))" : "\(bound)"
  }
}

/// The ranges of all numbers of an experiment, by the keys of their settings.
///
/// `[]` stands for any element of a list of sections, such as `simulations[].seed`; a list of numbers has one
/// entry for all of them.
package struct SettingRanges: Sendable {
  private let ranges: [String: SettingRange]

  /// Makes a table.
  package init(_ ranges: [String: SettingRange]) { self.ranges = ranges }

  /// The keys that have a range.
  package var keys: Set<String> { Set(ranges.keys) }

  /// The range of a setting.
  package subscript(key: String) -> SettingRange? { ranges[key] }

  /// Returns the numbers of a tree that are out of their ranges, in the order of the tree.
  package func problems(in tree: SettingsTree) -> [SettingProblem] {
    problems(in: tree, at: .root, key: "")
  }

  /// Returns the problems in a part of a tree; `key` is its path without the numbers of elements.
  private func problems(
    in tree: SettingsTree, at path: SettingsPath, key: String
  ) -> [SettingProblem] {
    switch tree.content {
    case .null: return []
    case .mapping(let entries):
      return entries.flatMap {
        problems(
          in: $0.value, at: path.appending(key: $0.key),
          key: key.isEmpty ? $0.key : "\(key).\($0.key)")
      }
    case .scalar(let text, let isQuoted):
      if isQuoted { return [] }
      return ranges[key]?.problem(with: text, at: path.description).map { [$0] } ?? []
    case .sequence(let elements):
      guard let range = ranges[key] else {
        return elements.enumerated().flatMap {
          problems(in: $1, at: path.appending(index: $0), key: "\(key)[]")
        }
      }
      if let problem = range.problem(withLength: elements.count, at: path.description) {
        return [problem]
      }
      // The list as a whole is named, as a file has it on one line.
      let wrong = elements.lazy.compactMap { element -> String? in
        guard case .scalar(let text, false) = element.content,
          let value = Double(text), !range.contains(value)
        else { return nil }
        return text
      }.first
      guard wrong != nil else { return [] }
      return [
        SettingProblem(
          SettingOutOfRange(
            key: path.description, value: tree.inlineYAML, allowed: range.allowed))
      ]
    }
  }
}
