import Failures
import Foundation
import Testing

@testable import Settings

/// How large a document is that has aliases, before they are replaced.
struct YAMLSizeTests {
  private static func bomb(_ levels: Int, _ width: Int) -> String {
    var text = "a0: &a0 [\(Array(repeating: "x", count: width).joined(separator: ","))]\n"
    for level in 1..<levels {
      let list = Array(repeating: "*a\(level - 1)", count: width).joined(separator: ",")
      text += "a\(level): &a\(level) [\(list)]\n"
    }
    return text
  }

  /// Counted by hand: a mapping, and a scalar for each key and value, and what aliases stand for.
  @Test(arguments: [
    ("a", 1, 1), ("a: b", 3, 2), ("[a, [b]]", 4, 3), ("a: &x [1, 2]\nb: *x", 9, 3),
    ("a: &x 1\nb: &x [1]\nc: *x", 9, 3), ("a: '*x'\nb: \"[*x]\" # *x", 5, 2),
    ("? *x\n: 1", 3, 2), ("a: &x [1]\n? *x\n: [*x]", 9, 4), ("a: *", 3, 2),
  ])
  func aliasesCountAsWhatTheyStandFor(yaml: String, nodes: Int, depth: Int) throws {
    let size = try #require(try YAMLSize(of: yaml))
    #expect(size.nodes == nodes && size.depth == depth, "\(size)")
    #expect(size.excess == nil)
  }

  @Test func anEmptyDocumentHasNoSize() throws { #expect(try YAMLSize(of: "# *a") == nil) }

  static let tooLarge = [
    bomb(9, 9), bomb(60, 2), bomb(9, 9) + "? *a8\n: x\n", bomb(9, 9) + "z: {[*a8]: x}\n",
    "a: " + String(repeating: "[", count: 900) + String(repeating: "]", count: 900),
    (1...80).reduce("k0: &k0 [x]\n") { $0 + "k\($1): &k\($1) [*k\($1 - 1)]\n" },
    "a: [" + String(repeating: "1,", count: 150_000) + "]",
    "name: e #" + String(repeating: "x", count: 2_000_000),
  ]

  @Test(.timeLimit(.minutes(15)), arguments: tooLarge.indices)
  func whatGrowsWithoutBoundIsRefusedAtOnce(index: Int) throws {
    let error = #expect(throws: SettingsError.self) {
      try SettingsTree(yaml: Self.tooLarge[index], file: "x.yaml")
    }
    let text = error?.description ?? ""
    #expect(text.hasPrefix("x.yaml, line 1: the experiment: it "), "\(text.prefix(200))")
    #expect(text.hasSuffix("; give a file of settings alone, without anchors and aliases"))
    #expect(error?.exitCode == .badData)
  }

  @Test func anOptionIsBoundedToo() {
    let list = Self.bomb(9, 9).split(separator: "\n").map { "\($0)" }.joined(separator: ", ")
    #expect(throws: SettingsError.self) {
      try SettingsTree(value: "{\(list)}", option: "name={...}")
    }
  }

  @Test func aMessageAboutAnAliasShowsTheAlias() {
    let error = #expect(throws: SettingsError.self) {
      try SettingsTree(yaml: "a: [*b", file: "x.yaml")
    }
    #expect(error?.description.contains("[*b") == true, "\(error?.description ?? "")")
  }

  @Test(arguments: ["it's", "a, b", "x: y", "'\u{301}", "\u{600}'", "\u{1B}[2J\n", "-1", "~"])
  func aTextOnOneLineReadsBackAsTheSame(text: String) throws {
    for isQuoted in [true, false] where isQuoted || !["~"].contains(text) {
      let tree = SettingsTree(content: .scalar(text, isQuoted: isQuoted), origin: .defaults)
      let list = SettingsTree(content: .sequence([tree, tree]), origin: .defaults)
      let read = try SettingsTree(yaml: list.inlineYAML, file: "x.yaml")
      guard case .sequence(let elements) = read.content else {
        Issue.record("\(list.inlineYAML)")
        continue
      }
      #expect(elements.count == 2)
      for case .scalar(let found, _) in elements.map(\.content) {
        #expect(found.utf8.elementsEqual(text.utf8))
      }
    }
  }
}
