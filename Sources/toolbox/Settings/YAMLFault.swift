internal import Text
internal import Yams

/// What is wrong with a text that is not YAML, in words of one line, and where.
///
/// The library's own words quote the line of the file below them, with a mark below the place.
struct YAMLFault {
  /// The line of the text, from 1.
  private(set) var line = 1

  /// How much of the line is quoted [characters].
  private static let shownLength = 60

  /// The fault, as a clause.
  let reason: String

  /// Takes the fault out of an error of the library.
  init(_ error: any Error) {
    switch error as? YamlError {
    case .scanner(let context, let problem, let mark, let yaml),
      .parser(let context, let problem, let mark, let yaml),
      .composer(let context, let problem, let mark, let yaml):
      line = mark.line
      let before = context.map { "\($0.text) of line \($0.mark.line), " } ?? ""
      let lines = yaml.split(separator: "\n", omittingEmptySubsequences: false)
      let shown = lines.prefix(mark.line).last { !$0.isEmpty }?.prefix(Self.shownLength) ?? ""
      reason = Self.oneLine("\(before)\(problem) at column \(mark.column): `\(shown)`")
    case .reader(let problem, let offset, _, let yaml):
      if let offset { line += yaml.prefix(offset).count { $0.isNewline } }
      reason = Self.oneLine(problem)
    case .duplicatedKeysInMapping(let duplicates, let context):
      line = context.mark.line
      let keys = duplicates.sorted().map { "`\($0)`" }.joined(separator: ", ")
      reason = Self.oneLine("the section has more than one \(keys)")
    default: reason = Self.oneLine("\(error)")
    }
  }

  private static func oneLine(_ text: String) -> String {
    Quoting.terminal(YAMLSize.withAliases(text))
  }
}
