import Testing

/// Nothing is visible outside its target that no other target uses.
struct AccessRuleTests {
  private static func file(_ target: String, _ text: String) -> TextFile {
    TextFile(path: "Sources/toolbox/\(target)/File.swift", text: text)
  }

  @Test func whatIsVisibleIsUsed() throws {
    let files = try Repository.files(in: ["Sources"], ["swift"])
    let findings = AccessRules(files).unused()
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func aDeclarationWithoutAUserIsFound() {
    let user = Self.file("B", "let x = Used().value")
    let text = """
      package struct Used {
        package var value: Part
        package static func forgotten() {}
        var hidden = 1
      }

      package struct Part {}
      package enum Alone { case one }
      package struct Text: CustomStringConvertible {
        package var description: String { "a" }
      }
      """
    let findings = AccessRules([Self.file("A", text), user]).unused()
    #expect(findings.map(\.line) == [3, 8, 9])
    // The products are for programs that are not here.
    #expect(AccessRules([Self.file("MPI", text)]).unused().isEmpty)
  }

  @Test func whatAProtocolRequiresIsNot() {
    let text = """
      package protocol Shape { }
      package protocol Other {
        func area() -> Double
      }
      package struct Square: Other {
        package func area() -> Double { 1 }
      }
      """
    let findings = AccessRules([Self.file("A", text), Self.file("B", "Square Shape Other")])
      .unused()
    #expect(findings.isEmpty, "\(report(findings))")
  }
}
