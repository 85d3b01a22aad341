import Foundation
import TestSupport
import Testing

@testable import Figures

/// The page of all experiments.
struct CataloguePageTests {
  private static let columns = [
    CataloguePage.Column("experiment", "Experiment"), .init("loss", "Best loss"),
    .init("report", "Report"), .init("settings", "Other settings"),
  ]

  private func page(_ name: String, path: String = "a/report.html") -> String {
    CataloguePage(
      name, creator: "halompi \(name)", columns: Self.columns,
      rows: [
        [
          .text(name), .number(-1.25, digits: 1, note: name), .links([.init(name, path: path)]),
          .settings([.init("key", name)]),
        ],
        [.ranked(name, 3), .missing(name), .links([]), .explained(name, 1, reason: name)],
      ]
    ).html
  }

  @Test(arguments: [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onclick='x", "a & b",
    "\u{600}\"<b>", "'\u{301}<b>",
  ])
  func noNameIsMarkup(name: String) {
    let plain = page("a"), text = page(name)
    func tags(_ text: String) -> [String] {
      text.matches(of: /<[\/a-zA-Z][a-zA-Z0-9]*/).map { String($0.output) }
    }
    #expect(tags(text) == tags(plain))
    #expect(!text.contains("onerror=alert(1)>") && !text.contains("<b>"))
  }

  @Test(arguments: [
    ("a/report.html", "./a/report.html"), ("javascript:alert(1)", "./javascript%3Aalert%281%29"),
    ("a b/\"<é>", "./a%20b/%22%3C%C3%A9%3E"), ("//host/x?y#z", ".///host/x%3Fy%23z"),
    ("../../x", "./../../x"), ("\t", "./%09"),
  ])
  func anAddressIsAPathBelowThePage(path: String, address: String) {
    #expect(CataloguePage.address(of: path) == address)
    #expect(page("a", path: path).contains("<a href=\"\(address)\">"))
  }

  @Test func theNumberIsWholeAndShownRounded() {
    #expect(page("a").contains("<data value=\"-1.25\">−1.2</data> <small>a</small>"))
    #expect(page("a").contains("data-missing title=\"a\""))
  }

  @Test func thePolicyNamesTheScriptByItsChecksumAndNothingElseRuns() throws {
    let text = page("a")
    let scripts = text.matches(of: /<script>([\s\S]*?)<\/script>/).map { String($0.output.1) }
    #expect(scripts == [CatalogueScript.text])
    #expect(text.contains("default-src 'none'") && !text.contains("script-src 'unsafe"))
    #expect(text.contains("script-src 'sha256-\(CatalogueScript.checksum)'"))
    // The program of coreutils, as hexadecimal digits.
    let scratch = try ScratchFolder()
    try CatalogueScript.text.write(
      toFile: scratch.path("script"), atomically: true, encoding: .utf8)
    let process = try childProcess()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["sha256sum", scratch.path("script")]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let digits = Array(output.fileHandleForReading.readDataToEndOfFile().prefix(64))
    process.waitUntilExit()
    let bytes = try stride(from: 0, to: 64, by: 2).map { place in
      try #require(UInt8(String(decoding: digits[place..<place + 2], as: UTF8.self), radix: 16))
    }
    #expect(Data(bytes).base64EncodedString() == CatalogueScript.checksum)
  }

  @Test func withoutExperimentsItSaysSo() {
    let text = CataloguePage("runs", creator: "halompi", columns: Self.columns, rows: []).html
    #expect(text.contains("There is no experiment here.") && text.contains("0 experiments"))
  }
}
