import Testing

/// A target imports only from those above it, and rooms only from earlier rooms.
struct ManifestTests {
  private static let example = """
    .systemLibrary(name: "CLow", path: "Sources/ground/CLow", pkgConfig: "low"),
    .target(name: "Low", dependencies: ["CLow"], path: "Sources/toolbox/Low"),
    .target(
      name: "High",
      dependencies: [
        "Low", .product(name: "Other", package: "other"),
      ], path: "Sources/universe/High"),
    .target(name: "Support", dependencies: ["Nobody"], path: "Tests/Support"),
    .testTarget(name: "HighTests", dependencies: ["High", "Support"]),
    """

  private static let exampleFiles = [
    TextFile(path: "Sources/toolbox/Low/A.swift", text: "internal import CLow"),
    TextFile(path: "Sources/universe/High/A.swift", text: "import Low\nimport Other"),
  ]

  private func manifest() throws -> Manifest { Manifest(try Repository.file("Package.swift").text) }

  @Test func dependenciesPointUpwardInTheManifest() throws {
    let manifest = try manifest()
    #expect(manifest.targets.count > 10, "the targets were not found")
    #expect(manifest.targets.last?.name == "halompi")
    #expect(Set(manifest.targets.compactMap(\.room)) == Set(Manifest.rooms))
    let findings = manifest.findings()
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func importsAreThoseOfTheManifest() throws {
    let manifest = try manifest()
    let files = try Repository.files(in: ["Sources"], ["swift"])
    #expect(Set(files.compactMap(\.target)).isSubset(of: Set(manifest.targets.map(\.name))))
    let findings = files.flatMap(manifest.findings(in:)) + manifest.unused(in: files)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func importsOfTestsAreThoseOfTheManifest() throws {
    let manifest = try manifest()
    #expect(manifest.tests.count > 30, "the targets of tests were not found")
    let files = try Repository.files(in: ["Tests"], ["swift"])
    #expect(Set(manifest.tests.map(\.name)).isSuperset(of: files.compactMap(\.testTarget)))
    let findings = files.flatMap(manifest.findings(in:))
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func theMapTellsTheDepthsThatTheImportsHave() throws {
    let manifest = try manifest()
    let imports = manifest.importsByTarget(in: try Repository.files(in: ["Sources"], ["swift"]))
    let (depths, circular) = manifest.depths(by: imports)
    #expect(circular.isEmpty)
    #expect((depths["halompi"] ?? 0) > 6)
    let map = try Repository.file("Documentation/architecture.md").text
    let findings = manifest.findings(inArchitecture: map, depths: depths)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func aManifestIsRead() {
    let manifest = Manifest(Self.example)
    #expect(manifest.targets.map(\.name) == ["CLow", "Low", "High"])
    #expect(manifest.tests.map(\.name) == ["Support", "HighTests"])
    #expect(manifest.targets.map(\.room) == ["ground", "toolbox", "universe"])
    #expect(manifest.targets.map(\.dependencies) == [[], ["CLow"], ["Low"]])
    #expect(manifest.findings().isEmpty)
    #expect(manifest.unused(in: Self.exampleFiles).isEmpty)
    let imports = manifest.importsByTarget(in: Self.exampleFiles)
    #expect(manifest.depths(by: imports).depths == ["CLow": 0, "Low": 1, "High": 2])
  }

  @Test(arguments: [
    (
      ".target(name: \"Low\", dependencies: [\"CLow\"]",
      ".target(name: \"Low\", dependencies: [\"CLow\", \"High\"]"
    ),
    ("\"Low\", .product", "\"Low\", \"CLow\", .product"),
    ("Sources/toolbox/Low", "Sources/learning/Low"),
    ("Sources/universe/High", "Sources/attic/High"),
  ])
  func aDependencyThatPointsDownIsFound(part: String, bad: String) {
    let changed = Self.example.replacing(part, with: bad)
    #expect(changed != Self.example)
    #expect(Manifest(changed).findings().count == 1)
  }

  @Test func aDependencyThatNobodyImportsIsFound() {
    let manifest = Manifest(Self.example)
    #expect(manifest.unused(in: [Self.exampleFiles[0]]).count == 1)
  }

  @Test func aCircleOfImportsIsFound() {
    let manifest = Manifest(Self.example)
    let (depths, circular) = manifest.depths(by: ["Low": ["High"], "High": ["Low"]])
    #expect(depths == ["CLow": 0] && circular == ["Low", "High"])
  }

  @Test(arguments: [
    "import High", "public import High", "@testable import High",
    "@_spi(Inside) internal import High",
    "import struct High.Thing",
  ])
  func anImportThatPointsDownIsFound(line: String) {
    let manifest = Manifest(Self.example)
    let path = "Sources/toolbox/Low/A.swift"
    #expect(manifest.findings(in: TextFile(path: path, text: line)).count == 1)
    for text in ["import CLow", "import Foundation", "// import High"] {
      #expect(manifest.findings(in: TextFile(path: path, text: text)).isEmpty)
    }
  }

  @Test func anImportThatATestDoesNotListIsFound() {
    let manifest = Manifest(Self.example)
    func count(_ line: String) -> Int {
      manifest.findings(in: TextFile(path: "Tests/HighTests/A.swift", text: line)).count
    }
    #expect(count("import Low") == 1)
    #expect(count("@testable import CLow") == 1)
    #expect(count("import High") == 0 && count("import Support") == 0)
    #expect(count("import Testing") == 0)
  }

  @Test func aWrongRowOfTheMapIsFound() {
    let manifest = Manifest(Self.example)
    let depths = ["CLow": 0, "Low": 1, "High": 2]
    func count(_ map: String) -> Int {
      manifest.findings(inArchitecture: map, depths: depths).count
    }
    let rows = "| ground | 0 | `CLow` | c |\n| toolbox | 1 | `Low` | low |\n"
    #expect(count(rows + "| universe | 2 | `High` | h |") == 0)
    #expect(count(rows + "| universe | 1 | `High` | h |") == 1)
    #expect(count(rows + "| toolbox | 2 | `High` | h |") == 1)
    #expect(count(rows) == 1)
    #expect(count(rows + "| universe | 2 | `High`, `Gone` | h |") == 1)
  }
}
