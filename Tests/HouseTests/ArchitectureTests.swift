import Foundation
import Testing

/// What `Documentation/architecture.md` promises of words and of changes.
struct ArchitectureTests {
  /// The rows of the tables of a section, as cells, without headings.
  static func rows(of section: String, in page: String) -> [[String]] {
    let start = page.range(of: "\n## \(section)\n")?.upperBound
    guard let start else { return [] }
    let end = page.range(of: "\n## ", range: start..<page.endIndex)?.lowerBound ?? page.endIndex
    let lines = page[start..<end].split(separator: "\n")
    return lines.indices.filter { index in
      let next = index + 1 < lines.count ? lines[index + 1] : ""
      return lines[index].hasPrefix("|") && !lines[index].hasPrefix("| ---")
        && !next.hasPrefix("| ---")
    }.map { index in
      lines[index].dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: .whitespaces) }
    }
  }

  /// The texts between backticks.
  static func code(in cell: String) -> [String] {
    cell.matches(of: /`([^`]+)`/).map { String($0.output.1) }
  }

  private static func architecture() throws -> String {
    try Repository.file("Documentation/architecture.md").text
  }

  // MARK: - Glossary

  /// What the last column of a glossary refuses.
  private static func refused(in page: String) -> [String] {
    rows(of: "Glossary", in: page).flatMap { code(in: $0.last ?? "") }
  }

  /// The places where a file has a refused text.
  ///
  /// Names in files on disk are a contract, ours and those of other codes: they stay as they are.
  private static func findings(_ refused: [String], in file: TextFile) -> [Finding] {
    file.lines.enumerated().flatMap { number, line in
      let text = line.replacing(
        #/labelledCount|GroupCentreOfPotential|HaloCentre|Groups/Centres/#, with: "")
      return refused.filter { text.contains($0) }.map {
        Finding(path: file.path, line: number + 1, reason: "the glossary refuses `\($0)`")
      }
    }
  }

  @Test func oneWordMeansOneThing() throws {
    let refused = Self.refused(in: try Self.architecture())
    #expect(refused.count > 20, "the glossary was not found")
    let files =
      try Repository.files(in: ["Sources", "Documentation"], ["swift", "c", "h", "md"])
      + [Repository.file("README.md"), Repository.file("CONTRIBUTING.md")]
    let findings = files.filter {
      $0.path != "Documentation/architecture.md" && !$0.path.hasSuffix("Fields/FieldLayout.swift")
    }.flatMap { Self.findings(refused, in: $0) }
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func aRefusedWordIsFound() {
    let page = """
      # Page

      ## Glossary
      | word | the one thing that it means | not written |
      | --- | --- | --- |
      | deadline | the end of a wait | `Patience(` `centre` |

      ## Next
      | word | `other` |
      """
    let refused = Self.refused(in: page)
    #expect(refused == ["Patience(", "centre"])
    let file = TextFile(path: "Sources/A.swift", text: "let a = Patience(limit: 1)\nthe center")
    #expect(Self.findings(refused, in: file).map(\.line) == [1])
    let other = TextFile(path: "Sources/A.swift", text: "labelledCount of the centre")
    #expect(Self.findings(["labelled", "centre"], in: other).count == 1)
  }

  // MARK: - Changes on paper

  /// What is wrong with a row of the table of changes.
  private static func problems(of row: [String], files: Set<String>) -> [String] {
    guard row.count == 3 else { return ["the row has \(row.count) cells"] }
    let changed = code(in: row[2]).filter { $0.contains("/") }
    let count = changed.count + (row[1].isEmpty ? 0 : 1)
    let missing = changed.filter { name in !files.contains { $0.hasSuffix("/\(name)") } }
    return missing.map { "\($0) is not there" }
      + (changed.isEmpty ? ["no file changes"] : [])
      + (count > 5 ? ["it takes \(count) files"] : [])
  }

  @Test func everyChangeOnPaperTakesAtMostFiveFilesThatAreThere() throws {
    let rows = Self.rows(of: "Eight changes, walked on paper", in: try Self.architecture())
    #expect(rows.count == 8)
    let files = Set(try Repository.paths(in: ["Sources"]))
    for row in rows {
      let problems = Self.problems(of: row, files: files)
      #expect(problems.isEmpty, "\(row.first ?? ""): \(problems.joined(separator: ", "))")
    }
  }

  @Test func aChangeOfManyFilesOrOfNoneIsFound() {
    let files: Set = ["Sources/a/B/C.swift"]
    #expect(Self.problems(of: ["a", "", "`B/C.swift` (why)"], files: files).isEmpty)
    #expect(
      Self.problems(of: ["a", "", "`B/D.swift`"], files: files) == ["B/D.swift is not there"])
    #expect(Self.problems(of: ["a", "x", ""], files: files) == ["no file changes"])
    let many = [String](repeating: "`B/C.swift`", count: 5).joined(separator: " ")
    #expect(Self.problems(of: ["a", "x", many], files: files) == ["it takes 6 files"])
  }
}
