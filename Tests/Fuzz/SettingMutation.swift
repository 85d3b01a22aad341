import Experiments
import Foundation
import Settings
import TestSupport

/// Draws overrides of one to three settings, as a seed says.
///
/// Half of all values are of the kind that the setting has: within its range, at its ends or a little beyond. The others
/// are of any kind.
///
/// - Parameter seed: What the overrides are drawn from.
/// - Returns: The words of the command line.
func drawnOverrides(seed: UInt64) -> [String] {
  var random = SeededGenerator(seed: seed)
  return (0..<Int.random(in: 1...3, using: &random)).flatMap { _ -> [String] in
    guard let entry = entries.randomElement(using: &random) else { return [] }
    let value =
      Bool.random(using: &random)
      ? fittingValue(entry, &random) : awkwardWords.randomElement(using: &random) ?? ""
    let words = "\(key(entry, &random))=\(value)"
    // No word of a command line has a zero in it, or more than the system takes.
    return [
      "--set",
      String(words.unicodeScalars.filter { $0 != "\u{0}" }.prefix(60_000).map(Character.init)),
    ]
  }
}

/// Every setting that there is.
private let entries = (try? SettingsReference())?.entries ?? []

/// Returns a key, with an element in the place of `[]`; now and then one that there is not.
private func key(_ entry: SettingsReference.Entry, _ random: inout SeededGenerator) -> String {
  let elements = ["[0]", "[1]", "[2]"]
  let key = entry.key.replacing("[]", with: elements.randomElement(using: &random) ?? "[0]")
  switch Int.random(in: 0..<40, using: &random) {
  case 0: return key + "x"
  case 1: return key + "[0]"
  case 2: return key.replacing("[0]", with: "[99999999999999999999]")
  case 3: return key.replacing(".", with: "..")
  case 4: return String(key.prefix { $0 != "." })
  default: return key
  }
}

/// Returns a value of the type that a setting has.
private func fittingValue(
  _ entry: SettingsReference.Entry, _ random: inout SeededGenerator
) -> String {
  guard let range = Experiment.ranges[entry.key] else {
    // Choices stand between quotation marks.
    let choices = entry.type.split(separator: "`").map(String.init).filter { !$0.hasPrefix(",") }
    return choices.randomElement(using: &random) ?? "null"
  }
  guard entry.type.hasPrefix("list") else { return number(range, &random) }
  let count = [0, 1, 2, 3, 5, 16, 17, 101].randomElement(using: &random) ?? 1
  let numbers = (0..<count).map { _ in number(range, &random) }
  return "[\(numbers.joined(separator: ", "))]"
}

/// Returns a number: an end of a range or one beside it, one within, or one at which something else ends.
private func number(_ range: SettingRange, _ random: inout SeededGenerator) -> String {
  let ends = range.ends
  guard let end = ends.randomElement(using: &random) else {
    return "\(Int64.random(in: 0...9, using: &random))"
  }
  switch Int.random(in: 0..<8, using: &random) {
  case 0: return text(end)
  case 1: return text(end + 1)
  case 2: return text(end - 1)
  case 3: return "\(end.nextUp)"
  case 4: return "\(end.nextDown)"
  case 5: return "\(awkwardIntegers.randomElement(using: &random) ?? 0)"
  case 6: return "\(awkwardReals.randomElement(using: &random) ?? 0)"
  default:
    // Of every size alike.
    let (lower, upper) = (ends.min() ?? 0, ends.max() ?? 1)
    let share = pow(10, Double.random(in: -9...0, using: &random))
    return text((lower + share * (upper - lower)).rounded(.down))
  }
}

/// A number as a file has it: whole ones without a point.
private func text(_ value: Double) -> String {
  abs(value) < 1e15 && value == value.rounded() ? "\(Int(value))" : "\(value)"
}
