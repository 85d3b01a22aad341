package import Failures

/// A mistake in an experiment file or in a `--set` option.
package struct SettingsError: Error, Hashable, Sendable {
  /// The fault of a setting.
  package enum Problem: Hashable, Sendable {
    /// The file cannot be read; the reason is the system's.
    case unreadable(String)
    /// The text is not YAML; the reason is the parser's.
    case invalidYAML(String)
    /// The file has no setting of this name; `known` are the names that its section has.
    case unknownKey(known: [String])
    /// A setting without a default is not given; `present` are keys of its section that are unused.
    case missingKey(present: [String])
    /// The value does not fit the setting's type.
    case wrongType(value: String, expected: String)
    /// The value has the right type but makes no sense; `remedy` says what to do.
    case invalid(reason: String, remedy: String)
  }

  /// The way to the setting, such as `simulations[1].initial`; empty for the file as a whole.
  package let path: String

  /// The place where the setting was written.
  package let origin: SettingsOrigin

  /// The fault of the setting.
  package let problem: Problem

  /// Makes the value of its parts.
  package init(path: String, origin: SettingsOrigin, problem: Problem) {
    self.path = path
    self.origin = origin
    self.problem = problem
  }
}

extension SettingsError: CustomStringConvertible {
  /// Place, setting, mistake and remedy in one sentence.
  package var description: String {
    let place = origin == .defaults ? "" : "\(origin): "
    let subject = path.isEmpty ? "the experiment" : "`\(path)`"
    switch problem {
    case .unreadable(let reason):
      return "\(place)cannot read \(path): \(reason); give the path of an experiment file"
    case .invalidYAML(let reason):
      return "\(place)this is not valid YAML: \(reason); mend the line, or the one before it"
    case .unknownKey(let known):
      let key = path.split(separator: ".").last.map(String.init) ?? path
      let section = path.dropLast(key.count)
      let remedy =
        nearestKey(to: key, among: known).map { "did you mean `\(section)\($0)`?" }
        ?? "known keys: \(known.sorted().joined(separator: ", "))"
      return "\(place)unknown key `\(path)`; \(remedy)"
    case .missingKey(let present):
      let key = path.split(separator: ".").last.map(String.init) ?? path
      let remedy =
        nearestKey(to: key, among: present).map { "is `\($0)` a misspelling of it?" } ?? "add it"
      return "\(place)`\(path)` is not given and has no default; \(remedy)"
    case .wrongType(let value, let expected):
      return "\(place)\(subject) is \(value), but must be \(expected)"
    case .invalid(let reason, let remedy):
      return "\(place)\(subject): \(reason); \(remedy)"
    }
  }
}

/// Returns the word of `words` that `key` is most likely a misspelling of, if any is near enough.
///
/// Near enough is an edit distance of at most a third of the longer word, or 2 for short ones;
/// capitals do not count.
package func nearestKey(to key: String, among words: [String]) -> String? {
  let ranked = words.map { word in
    (word: word, distance: editDistance(key.lowercased(), word.lowercased()))
  }
  let nearest = ranked.min { ($0.distance, $0.word) < ($1.distance, $1.word) }
  guard let nearest, nearest.distance <= max(2, max(key.count, nearest.word.count) / 3),
    nearest.distance < nearest.word.count
  else { return nil }
  return nearest.word
}

/// Returns the number of characters to insert, delete or replace to make `a` of `b` (Levenshtein).
func editDistance(_ a: String, _ b: String) -> Int {
  let b = Array(b)
  var previous = Array(0...b.count)
  for (row, character) in a.enumerated() {
    var current = [row + 1]
    for column in b.indices {
      let substitution = previous[column] + (character == b[column] ? 0 : 1)
      current.append(min(substitution, previous[column + 1] + 1, current[column] + 1))
    }
    previous = current
  }
  return previous[b.count]
}

extension SettingsError: JobFailure {
  /// A mistake on the command line, in the experiment file, or no such file.
  package var exitCode: JobExitCode {
    switch (problem, origin) {
    case (.unreadable, _): .missingInput
    case (_, .option): .usage
    default: .badData
    }
  }
}
