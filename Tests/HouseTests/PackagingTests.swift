import Foundation
import Testing

/// What is beside the program when it is passed on: its version in every recipe, and the licenses of what it holds.
struct PackagingTests {
  /// The version that a text states after some words; `nil` if it does not.
  private func version(in text: String, after words: String) -> String? {
    guard let range = text.firstRange(of: words) else { return nil }
    return text[range.upperBound...].prefix(12).firstMatch(of: #/[0-9]+\.[0-9]+\.[0-9]+/#).map {
      String($0.output)
    }
  }

  @Test func everyRecipeHasTheVersionOfTheProgram() throws {
    let source = try Repository.file("Sources/toolbox/Text/Version.swift").text
    let program = try #require(version(in: source, after: "halompiVersion = "))
    for (path, words) in [
      ("CITATION.cff", "\nversion: "),
      ("packaging/spack/packages/halompi/package.py", "    version("),
      ("packaging/easybuild/halompi-\(program)-foss-2023a.eb", "\nversion = "),
      ("python/pyproject.toml", "\nversion = "),
    ] {
      let text = try Repository.file(path).text
      #expect(version(in: text, after: words) == program, "\(path)")
    }
  }

  @Test func aVersionIsReadWhereItIsStated() {
    #expect(version(in: "cff-version: 1.2.0\nversion: 0.3.1\n", after: "\nversion: ") == "0.3.1")
    #expect(version(in: "nothing", after: "version") == nil)
  }

  // The table of the licenses names files that are there, or that the script takes from the packages.
  @Test func everyPartThatTheProgramHoldsHasItsLicense() throws {
    let table = try Repository.file("packaging/licenses/README.md").text
    let script = try Repository.file("scripts/install").text
    let files = table.matches(of: #/\| ([a-z-]+\.txt) \|/#).map { String($0.output.1) }
    #expect(files.count == 5)
    for file in files {
      let isHere = FileManager.default.fileExists(
        atPath: Repository.root.appending(path: "packaging/licenses/\(file)").path)
      #expect(isHere || script.contains("$licenses/\(file)"), "\(file)")
    }
    // Whatever Package.swift depends on is in the table.
    let manifest = try Repository.file("Package.swift").text
    for package in manifest.matches(of: #/github\.com\/[\w-]+\/([\w-]+)", from/#) {
      let name = String(package.output.1)
      #expect(table.contains(name) || name == "swift-docc-plugin", "\(name)")
    }
  }
}
