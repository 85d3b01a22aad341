import Testing

/// A target imports only from those above it.
struct LevelTests {
  private static let example = """
    // Level 0
    .systemLibrary(name: "CLow", pkgConfig: "low"),
    // Level 1
    .target(name: "Low", dependencies: ["CLow"]),
    // Level 2
    .target(
      name: "High",
      dependencies: [
        "Low", .product(name: "Other", package: "other"),
      ]),
    .target(name: "Support", dependencies: ["Nobody"], path: "Tests/Support"),
    .testTarget(name: "HighTests", dependencies: ["High", "Support"]),
    """

  private func manifest() throws -> Manifest { Manifest(try Repository.file("Package.swift").text) }

  @Test func dependenciesPointUpwardInTheManifest() throws {
    let manifest = try manifest()
    #expect(manifest.targets.count > 10, "the targets were not found")
    #expect(manifest.targets.contains { $0.name == "halompi" && $0.level == 7 })
    let findings = manifest.findings()
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func importsAreThoseOfTheManifest() throws {
    let manifest = try manifest()
    let files = try Repository.files(in: ["Sources"], ["swift"])
    #expect(Set(files.compactMap(\.target)).isSubset(of: Set(manifest.targets.map(\.name))))
    let findings = files.flatMap(manifest.findings(in:))
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func theMapTellsTheLevelsOfTheManifest() throws {
    let map = try Repository.file("Documentation/architecture.md").text
    #expect(map.matches(of: /(?m)^\| \d+ \|/).count > 10, "the table was not found")
    let findings = try manifest().findings(inArchitecture: map)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func aManifestIsRead() {
    let targets = Manifest(Self.example).targets
    #expect(targets.map(\.name) == ["CLow", "Low", "High"])
    #expect(targets.map(\.level) == [0, 1, 2])
    #expect(targets.map(\.dependencies) == [[], ["CLow"], ["Low"]])
    #expect(Manifest(Self.example).findings().isEmpty)
  }

  @Test(arguments: [
    (
      ".target(name: \"Low\", dependencies: [\"CLow\"])",
      ".target(name: \"Low\", dependencies: [\"CLow\", \"High\"])"
    ),
    ("\"Low\", .product", "\"Low\", \"CLow\", .product"),
    ("// Level 2", "// Level 0"),
  ])
  func aDependencyThatPointsDownIsFound(part: String, bad: String) {
    let changed = Self.example.replacing(part, with: bad)
    #expect(changed != Self.example)
    #expect(Manifest(changed).findings().count == 1)
  }

  @Test(arguments: [
    "import High", "public import High", "@testable import High",
    "@_spi(Inside) internal import High",
    "import struct High.Thing",
  ])
  func anImportThatPointsDownIsFound(line: String) {
    let manifest = Manifest(Self.example)
    #expect(manifest.findings(in: TextFile(path: "Sources/Low/A.swift", text: line)).count == 1)
    for text in ["import CLow", "import Foundation", "// import High"] {
      #expect(manifest.findings(in: TextFile(path: "Sources/Low/A.swift", text: text)).isEmpty)
    }
  }

  @Test func aWrongLevelInTheMapIsFound() {
    let manifest = Manifest(Self.example)
    #expect(manifest.findings(inArchitecture: "| 1 | `Low` | low |\n| 2 | `High` | h |").isEmpty)
    #expect(manifest.findings(inArchitecture: "| 2 | `Low`, `High` | both |").count == 1)
    #expect(manifest.findings(inArchitecture: "| 1 | `Gone` | nothing |").count == 1)
  }
}
