import Foundation

/// Finds declarations that other targets may use and none does.
///
/// A name counts as used if it stands, as a word, in the code of another target of Sources. A type may
/// also be needed by the signature of a declaration beside it, and what a protocol requires cannot be
/// hidden.
struct AccessRules {
  private struct Declaration {
    let file: TextFile
    let line: Int
    let kind: Substring
    let name: Substring
    let signature: String
  }

  /// The targets in whose code a word stands.
  private var targets: [Substring: Set<String>] = [:]

  private var declarations: [Declaration] = []

  /// The lines of declarations and cases in which a word stands, by target.
  private var signatures: [Substring: Set<String>] = [:]

  private var requirements: Set<Substring> = [
    "description", "debugDescription", "hash", "encode", "makeIterator", "next", "codingPath",
    "userInfo", "container", "unkeyedContainer", "singleValueContainer", "rawValue", "startIndex",
    "endIndex", "count", "underestimatedCount",
  ]

  /// Reads files of Sources.
  init(_ files: [TextFile]) {
    for file in files { read(file) }
  }

  private mutating func read(_ file: TextFile) {
    guard let target = file.target else { return }
    let lines = file.lines.map { String($0).replacing(#///.*/#, with: "") }
    for word in lines.joined(separator: "\n").matches(of: /\w+/) {
      targets[word.output, default: []].insert(target)
    }
    var isInProtocol = false
    for (number, line) in lines.enumerated() {
      let text = line.drop { $0 == " " }
      if text.firstMatch(of: #/^(package |public |private |fileprivate )?protocol /#) != nil {
        isInProtocol = true
      } else if line.hasPrefix("}") {
        isInProtocol = false
      }
      if isInProtocol,
        let match = text.firstMatch(
          of: #/^(?:static |mutating )*(?:func|var|associatedtype) (\w+)/#)
      {
        requirements.insert(match.output.1)
      }
      if text.hasPrefix("case ") {
        note(String(text), at: "\(file.path):\(number)", of: target)
      }
      guard let match = text.firstMatch(of: Self.declaration) else { continue }
      let signature = Self.signature(lines[number...], of: match.output.1)
      note(signature, at: "\(file.path):\(number)", of: target)
      declarations.append(
        Declaration(
          file: file, line: number, kind: match.output.1, name: match.output.2, signature: signature
        ))
    }
  }

  nonisolated(unsafe) private static let declaration =
    #/^(?:@\w+ )*package (?:(?:internal|private|package)\(set\) )?(?:static |mutating |consuming |convenience |final |indirect |nonisolated |borrowing |override )*(struct|enum|class|protocol|typealias|func|let|var|init|subscript)\b ?(\w*)/#

  /// The text of a declaration before its body or value.
  private static func signature(_ lines: ArraySlice<String>, of kind: Substring) -> String {
    let isValue = kind == "let" || kind == "var"
    var text = ""
    for line in lines.prefix(12).map({ $0.replacing("= {}", with: "") }) {
      text += line + " "
      if line.contains("{") || line.isEmpty || isValue && line.contains(" = ") { break }
    }
    return String(text.prefix { $0 != "{" })
  }

  private mutating func note(_ text: String, at place: String, of target: String) {
    for word in text.matches(of: /\w+/) {
      signatures[Substring(word.output), default: []].insert("\(target) \(place)")
    }
  }

  /// The declarations without a user outside their targets; those of the products are for everybody.
  func unused() -> [Finding] {
    declarations.filter { declaration in
      guard let target = declaration.file.target, !["MPI", "HDF5"].contains(target),
        !["init", "subscript"].contains(declaration.kind),
        !requirements.contains(declaration.name)
      else { return false }
      if targets[declaration.name, default: []] != [target] { return false }
      guard ["struct", "enum", "class", "protocol", "typealias"].contains(declaration.kind) else {
        return true
      }
      let own = "\(target) \(declaration.file.path):\(declaration.line)"
      return !signatures[declaration.name, default: []].contains {
        $0 != own && $0.hasPrefix("\(target) ")
      }
    }.map {
      Finding(
        path: $0.file.path, line: $0.line + 1, reason: "no other target uses \($0.kind) \($0.name)")
    }
  }
}
