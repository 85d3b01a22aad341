import Foundation
import TestSupport

/// Words that readers of texts stumble over: numbers out of every range, other types, signs of YAML, JSON and
/// tables, and what stands in no alphabet.
let awkwardWords: [String] =
  awkwardIntegers.map(String.init) + awkwardReals.map { "\($0)" } + [
    "9223372036854775808", "18446744073709551615", "18446744073709551616", "-0", "1e400", "0x7f",
    "0o17",
    ".nan", ".inf", "-.inf", "NaN", "~", "null", "true", "no", "\"\"", "''", "[]", "{}", "[[]]",
    "{a: [b]}",
    "[1, 2, 3]", "*x", "&x [*x]", "&x", "!!binary AA", "!!float 3", "!x y", "<<", "|", ">", "? a",
    "- -", "--- ",
    "...", "%YAML 9.9", "#", ":", ",", ",,,,", "\"", "'", "\\", "\"\\u0000\"", "\"\\ud800\"", "\t",
    "\u{0}", "\u{1B}[31m",
    "\u{7F}", "\u{FEFF}", "\u{202E}", "é", "e\u{301}", "🌌", "../../..", "/dev/null", "/dev/zero",
    "/", ".", "$(true)",
    "`true`", "2012-01-01", "12:30:45", "1_000", "one", String(repeating: "a", count: 300),
    String(repeating: "9", count: 400), String(repeating: "[", count: 20_000),
    String(repeating: "{a: ", count: 5000), String(repeating: "{\"a\":", count: 5000),
    String(repeating: "- ", count: 5000), String(repeating: "1,", count: 20_000),
  ]

/// Changes words and lines of a text as a seed says.
///
/// - Parameters:
///   - data: An intact text.
///   - seed: What the changes are drawn from.
/// - Returns: The text with one to three changes.
func mutatedText(_ data: Data, seed: UInt64) -> Data {
  var random = SeededGenerator(seed: seed)
  var lines = String(decoding: data, as: UTF8.self).split(
    separator: "\n", omittingEmptySubsequences: false
  ).map(String.init)
  for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&lines, &random) }
  let separator = Int.random(in: 0..<20, using: &random) == 0 ? "\r\n" : "\n"
  return Data(lines.joined(separator: separator).utf8)
}

private func mutate(_ lines: inout [String], _ random: inout SeededGenerator) {
  guard let place = lines.indices.randomElement(using: &random) else { return }
  let other = lines.indices.randomElement(using: &random) ?? place
  switch Int.random(in: 0..<14, using: &random) {
  case 0: lines.remove(at: place)
  case 1: lines.insert(lines[place], at: place)
  case 2: lines.swapAt(place, other)
  case 3:
    lines[place] =
      String(repeating: " ", count: [1, 2, 3, 80].randomElement(using: &random) ?? 1) + lines[place]
  case 4: lines[place] = String(lines[place].drop { $0 == " " })
  case 5: lines.insert(awkwardWords.randomElement(using: &random) ?? "", at: place)
  case 6:
    if let colon = lines[place].firstIndex(of: ":") {
      lines[place] =
        lines[place][...colon] + " " + (awkwardWords.randomElement(using: &random) ?? "")
    }
  case 7: lines.insert(expansionBomb, at: place)
  case 8: lines.removeSubrange(min(place, other)..<max(place, other))
  default: replaceWord(&lines[place], &random)
  }
}

/// Puts an awkward word in the place of a name or a number.
private func replaceWord(_ line: inout String, _ random: inout SeededGenerator) {
  let words = line.ranges(of: #/[\w.+\-]+/#)
  guard let word = words.randomElement(using: &random) else { return }
  line.replaceSubrange(word, with: awkwardWords.randomElement(using: &random) ?? "")
}

/// A few lines of YAML that stand for 10^9 words.
private let expansionBomb: String = {
  let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]
  let lines = zip(names, ["lol"] + names).map { name, before in
    let reference = name == "a" ? before : "*\(before)"
    return "\(name): &\(name) [" + Array(repeating: reference, count: 10).joined(separator: ", ")
      + "]"
  }
  return lines.joined(separator: "\n")
}()

/// Changes the header of a file of safetensors as a text, and tells its new length before it.
///
/// - Parameters:
///   - data: An intact file.
///   - seed: What the changes are drawn from.
/// - Returns: The changed file.
func mutatedSafeTensors(_ data: Data, seed: UInt64) -> Data {
  let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
  // A line for each entry: changes of lines are then changes of entries.
  let header = String(decoding: data.dropFirst(8).prefix(length), as: UTF8.self)
    .replacing(",\"", with: ",\n\"")
  let changed = mutatedText(Data(header.utf8), seed: seed)
  let count = withUnsafeBytes(of: UInt64(changed.count).littleEndian) { Data($0) }
  return count + changed + data.dropFirst(8 + length)
}
