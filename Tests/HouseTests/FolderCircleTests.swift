import Testing

/// Folders of one target do not use each other in circles.
struct FolderCircleTests {
  private static func file(_ folder: String, _ text: String) -> TextFile {
    TextFile(path: "Sources/toolbox/Low/\(folder)A.swift", text: text)
  }

  @Test func noFoldersOfATargetUseEachOtherInACircle() throws {
    let circles = FolderCircles(try Repository.files(in: ["Sources"], ["swift"]))
    #expect(circles.uses.count > 10, "the folders were not found")
    #expect(circles.findings().isEmpty, "\(report(circles.findings()))")
  }

  @Test func aCircleIsFound() {
    let circles = FolderCircles([
      Self.file("One/", "struct First { let second: Second }"),
      Self.file("Two/", "package enum Second {}\nfunc two() { one() }"),
      Self.file("", "func one() { _ = First.self }"),
      Self.file("Above/", "func above() { one() }"),
    ])
    #expect(circles.circular().map(\.name) == ["", "One", "Two"])
  }

  @Test(arguments: ["/// Like ``First``.\nenum Second {}", "let second = \"First\""])
  func wordsOfCommentsAndTextsAreNoUse(text: String) {
    let circles = FolderCircles([
      Self.file("One/", "struct First { let second: Second }"), Self.file("Two/", text),
    ])
    #expect(circles.circular().isEmpty)
  }
}
