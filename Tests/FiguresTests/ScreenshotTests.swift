import Foundation
import TestSupport
import Testing

@testable import Figures

/// The page as a browser draws it.
struct ScreenshotTests {
  private static func has(_ programs: [String]) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return programs.contains { program in
      folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }
  }

  @Test(
    .enabled(
      if: has(["chromium", "chromium-browser", "google-chrome"]) && Gnuplot().program != nil,
      "chromium or gnuplot is not installed: the page is looked at by nobody"),
    .timeLimit(.minutes(20)))
  func aBrowserFindsNothingBrokenAndNothingTooWide() throws {
    let scratch = try ScratchFolder()
    let folder = scratch.path
    let report = MockReport().report()
    let pictures = try report.figures.map {
      ReportPage.Picture($0, try Gnuplot().draw($0, in: "\(folder)/figures"))
    }
    let facts = [
      ReportPage.Run.Fact("inputs", String(repeating: "a/very/long/path/without/blanks", count: 12))
    ]
    let page = ReportPage(
      report, pictures: pictures, runs: [ReportPage.Run(name: "report", facts: facts)])
    try page.html.write(toFile: "\(folder)/report.html", atomically: true, encoding: .utf8)

    let process = try childProcess()
    process.executableURL = URL(filePath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "scripts/checks/report_screenshot")
    process.arguments = ["\(folder)/report.html"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(text)")
    #expect(text.contains("figures=9 pictures=9"), "\(text)")
  }
}
