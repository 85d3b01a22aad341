import Fields
import Foundation
import Testing

@testable import Experiments

/// The page of all settings, which is made from their declarations.
@Suite struct SettingsReferenceTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  @Test func everySettingIsInTheReferenceWithItsDefault() throws {
    let reference = try SettingsReference()
    let entries = reference.entries.filter { !$0.key.hasPrefix("simulations") }
    // A section that is left out by default is there with its own defaults.
    var experiment = Experiment()
    experiment.fields.filter = FieldFilter()
    // The leaves of a list with elements are their places.
    let leaves = try experiment.settings().filter { !$0.path.hasPrefix("simulations") }
      .map { ($0.path.replacing(/\[\d+\]/, with: ""), $0.value) }
    let keys = Set(leaves.map(\.0))
    #expect(Set(entries.map(\.key)) == keys)
    for (key, value) in leaves {
      let entry = try #require(entries.first { $0.key == key })
      #expect(entry.defaultValue?.contains(value) == true || value.isEmpty, "\(key): \(value)")
    }
    #expect(reference.entries.contains { $0.key == "simulations[].role" && $0.defaultValue == nil })
  }

  @Test(
    arguments: [
      ("training.batchSize", "whole number", "64"),
      ("training.variant", "`raw`, `averaged`, `shuffled`, `ellipsoidal`", "raw"),
      ("network.convolutionChannels", "list of: whole number", "[32, 32, 64, 128, 128, 128]"),
      ("training.threadsPerRank", "whole number, or `null`", "null"),
      ("simulations[].role", "`training`, `validation`, `test`, `twin`", nil),
      ("simulations[].seed", "whole number from 0, or `null`", "null"),
    ] as [(String, String, String?)])
  func aSettingIsDescribed(key: String, type: String, value: String?) throws {
    let entry = try #require(try SettingsReference().entries.first { $0.key == key })
    #expect(entry.type == type && entry.defaultValue == value)
  }

  // MARK: - The page

  /// The comments of stored properties by type (with its module) and name, read from the sources.
  private static func comments() throws -> [String: String] {
    var comments: [String: String] = [:]
    let sources = root.appending(path: "Sources")
    let paths = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
    for path in paths.sorted() where path.hasSuffix(".swift") {
      let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
      // Sources/<room>/<module>/..., but for the program itself.
      let folders = path.split(separator: "/")
      let module =
        folders[0].first?.isLowercase == true && folders.count > 2 ? folders[1] : folders[0]
      var scopes: [(indent: Int, name: Substring)] = []
      var comment: [Substring] = []
      for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let indent = line.prefix { $0 == " " }.count
        let code = line.dropFirst(indent)
        if code.hasPrefix("///") {
          comment.append(code.dropFirst(3).drop { $0 == " " })
          continue
        }
        if let match = code.prefixMatch(
          of: /(?:public |package )?(?:struct|enum|extension|final class) ([\w.]+)/)
        {
          scopes.removeAll { $0.indent >= indent }
          scopes.append((indent, match.1))
        } else if let match = code.prefixMatch(of: /(?:public |package )?(?:var|let) (\w+)/) {
          let type = scopes.filter { $0.indent < indent }.map(\.name).joined(separator: ".")
          // The first paragraph; a blank comment line ends it.
          let words = comment.split(separator: "").first?.joined(separator: " ") ?? ""
          comments["\(module).\(type).\(match.1)"] = words
        }
        comment = []
      }
    }
    return comments
  }

  private static func page() throws -> String {
    var text = """
      # Settings

      Every key of an [experiment file](../jobs/paper.yaml), section by section: what it may be, its default, and what it means. Made from the
      declarations in the sources; `halompi settings` prints keys, types and defaults, `halompi check experiment FILE` an experiment as used.
      `--set key=value` replaces any of them. A key with `[]` is one of each element of a list.
      A file with `extends: FILE`, or `extends: [ONE, OTHER]`, takes the settings of these files, whose paths refer to its folder: those of a
      later one over those of an earlier one, and its own over all of them. Sections are put together key by key; lists are replaced whole.

      """
    let comments = try comments()
    var section = ""
    for entry in try SettingsReference().entries {
      let name = entry.key.prefix { $0 != "." && $0 != "[" }
      let heading = entry.key.contains(".") ? String(name) : "The experiment"
      if heading != section {
        section = heading
        let purpose = comments["Experiments.Experiment.\(name)"] ?? ""
        text += "\n## \(heading)\n\(heading == name ? "\(purpose)\n\n" : "\n")"
        text += "| key | may be | default | meaning |\n| --- | --- | --- | --- |\n"
      }
      let (type, property) = entry.declaration
      let meaning = comments["\(type).\(property)"] ?? ""
      #expect(!meaning.isEmpty, "\(entry.key) is declared without a comment (\(type).\(property))")
      let value = entry.defaultValue.map { "`\($0)`" } ?? "required"
      text += "| `\(entry.key)` | \(entry.mayBe) | \(value) | \(plain(meaning)) |\n"
    }
    return text
  }

  /// A comment without the marks of links between declarations.
  private static func plain(_ comment: String) -> String {
    comment.replacing(/``([^`]+)``/) { "`\($0.1)`" }.replacing("|", with: "\\|")
  }

  @Test func thePageIsUpToDate() throws {
    let page = try Self.page()
    let file = Self.root.appending(path: "Documentation/settings.md")
    if ProcessInfo.processInfo.environment["HALOMPI_RECORD"] != nil {
      try Data(page.utf8).write(to: file)
    }
    let isCurrent = try String(contentsOf: file, encoding: .utf8) == page
    #expect(
      isCurrent,
      "Documentation/settings.md is not up to date: run this test with HALOMPI_RECORD=1, and look at it"
    )
  }
}
