import Foundation
import Testing

/// What is written beside the programs: references, decisions, links.
struct TextTests {
  /// Rows of a Markdown table, as cells; the heading and the line under it are left out.
  private func rows(_ text: String) -> [[String]] {
    text.split(separator: "\n").filter { $0.hasPrefix("|") }
      .map { line in
        line.dropFirst().dropLast().split(separator: "|", omittingEmptySubsequences: false)
          .map { $0.trimmingCharacters(in: .whitespaces) }
      }
      .filter { $0.first != "fixture" && $0.first?.hasPrefix("---") != true }
  }

  /// Fixtures that no row names, and rows with an empty cell.
  private func gaps(in table: String, fixtures: [String]) -> [String] {
    let rows = rows(table)
    let unnamed = fixtures.filter { fixture in
      !rows.contains { $0.first?.contains("`\(fixture)`") == true }
    }
    return unnamed + rows.filter { $0.count != 4 || $0.contains("") }.map { "\($0)" }
  }

  @Test func everyFixtureSaysWhichProgramMadeIt() throws {
    let programs = Repository.programs.union(["md"])
    let fixtures = try Repository.paths(in: ["Tests"])
      .filter { !programs.contains(($0 as NSString).pathExtension) }
    #expect(!fixtures.isEmpty)
    let table = try Repository.file("Tests/References/README.md").text
    #expect(gaps(in: table, fixtures: fixtures).isEmpty, "\(gaps(in: table, fixtures: fixtures))")
  }

  @Test func aFixtureWithoutAMakerIsFound() {
    let head = "| fixture | program | version | settings |\n| --- | --- | --- | --- |\n"
    let row = "| `Tests/a.h5` | h5py | 3.1 | none |"
    #expect(gaps(in: head + row, fixtures: ["Tests/a.h5"]).isEmpty)
    #expect(gaps(in: head + row, fixtures: ["Tests/b.h5"]) == ["Tests/b.h5"])
    #expect(gaps(in: head + "| `Tests/a.h5` | h5py | | none |", fixtures: []).count == 1)
  }

  @Test func everyDecisionHasItsThreeParts() throws {
    let records = try Repository.files(in: ["Documentation/decisions"], ["md"])
    #expect(!records.isEmpty)
    for record in records {
      for part in ["Context", "Decision", "Consequence"] {
        #expect(record.text.contains("\n**\(part).** "), "\(record.path) lacks \(part)")
      }
    }
    let numbers = records.compactMap { $0.path.split(separator: "/").last?.prefix(4) }
    #expect(Set(numbers).count == numbers.count, "two decisions have one number")
  }

  /// The targets of the relative links of a page that are not there.
  private func deadLinks(in page: TextFile) -> [String] {
    let folder = Repository.root.appending(path: page.path).deletingLastPathComponent()
    return page.text.matches(of: /\]\(([^)#\s]+)[^)]*\)/).map { String($0.output.1) }
      .filter { !$0.contains("://") }
      .filter { !FileManager.default.fileExists(atPath: folder.appending(path: $0).path) }
  }

  @Test func linksBetweenPagesLead() throws {
    let names = try FileManager.default.contentsOfDirectory(atPath: Repository.root.path)
      .filter { $0.hasSuffix(".md") }
    let pages =
      try Repository.files(in: ["Documentation", "Tests", "python"], ["md"])
      + names.map(Repository.file)
    for page in pages {
      #expect(deadLinks(in: page).isEmpty, "\(page.path): \(deadLinks(in: page))")
    }
  }

  @Test func aDeadLinkIsFound() {
    let page = TextFile(
      path: "Documentation/a.md", text: "[b](nowhere.md) [c](../Package.swift#top)")
    #expect(deadLinks(in: page) == ["nowhere.md"])
  }
}
