import Foundation
import Testing

/// What comments of the sources name exists.
struct CommentRuleTests {
  private static let folders = ["Sources", "Tests", "Documentation", "scripts", "jobs", "slurm"]

  @Test func whatCommentsNameExists() throws {
    let code = try Repository.files(in: ["Sources", "Tests"], ["swift", "c", "h", "inc"])
    let own = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
    let rules = CommentRules(code: code, paths: try Repository.paths(in: Self.folders) + own)
    // Tests name functions of the programs that made their values.
    let sources = code.filter { $0.path.hasPrefix("Sources/") }
    #expect(sources.count > 100, "the sources were not found")
    let findings = sources.flatMap(rules.findings)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  private static let rules = CommentRules(
    code: [TextFile(path: "a.swift", text: "struct Known { func go(to place: Int) {} }")],
    paths: ["Documentation/known.md"])

  @Test(arguments: [
    "/// Like ``Unknown``.", "  // `Known.unknown` says so.", "/// See `gone(to:)`.",
    "// as in gone.swift", "let x = 1  // Documentation/gone.md",
  ])
  func aNameThatDoesNotExistIsFound(line: String) {
    #expect(Self.rules.findings(in: TextFile(path: "b.swift", text: line)).count == 1)
  }

  @Test(arguments: [
    "/// Like ``Known/go(to:)``.", "// `Known.go(to:)`", "// Documentation/known.md, `EX_USAGE`",
    "let text = \"// `unknown`\"",
  ])
  func whatExistsIsNot(line: String) {
    #expect(Self.rules.findings(in: TextFile(path: "b.swift", text: line)).isEmpty)
  }
}
