import Foundation
import TestSupport
import Testing

/// The end of `make test`: the table of what ran, and the look at the temporary folder.
struct SummaryTests {
  private struct Test {
    var name: String
    var skipped: String?
    var failed: String?
  }

  private func list(_ tests: [Test]) -> String {
    let cases = tests.map { test in
      let head = "    <testcase classname=\"ATests.A\" name=\"\(test.name)()\" "
      if let message = test.failed {
        let failure = "<failure message=\"\(message)\" />"
        return head + ">\n      \(failure)\n      \(failure)\n    </testcase>\n"
      }
      guard let reason = test.skipped else { return head + "time=\"0.1\" />\n" }
      guard !reason.isEmpty else { return head + ">\n      <skipped />\n    </testcase>\n" }
      return head + ">\n      <skipped>\(reason)</skipped>\n    </testcase>\n"
    }
    return
      "<testsuites>\n  <testsuite name=\"TestResults\">\n\(cases.joined())  </testsuite>\n</testsuites>\n"
  }

  /// The table of groups, of which all others ran a test that passed.
  private func table(_ groups: [String: [Test]]) throws -> (code: Int32, text: String) {
    try withScratchFolder { folder in
      for group in [
        "unit", "fuzz", "ranks-2", "ranks-3", "ranks-4", "ranks-5", "mpi-2", "mpi-3", "slurm",
        "hosts",
      ] {
        try list(groups[group] ?? [Test(name: "plain")])
          .write(toFile: "\(folder)/\(group).xml", atomically: true, encoding: .utf8)
      }
      return try Repository.run("test-table", [folder])
    }
  }

  @Test func whatRanOnRanksIsNotCountedAsSkipped() throws {
    let (code, text) = try table([
      "unit": [Test(name: "plain"), Test(name: "together", skipped: "needs 2 ... 4 ranks")],
      "ranks-3": [Test(name: "together")],
    ])
    #expect(code == 0, "\(text)")
    #expect(text.contains(/one rank +1 +0 +1 +0\n/), "\(text)")
    #expect(text.contains(/together +2 +0 +0\n/), "\(text)")
  }

  @Test(arguments: [
    ("needs 6 ... 6 ranks", "needs 6 ... 6 ranks"), ("I had no mood", "I had no mood"),
    ("", "no reason is given"),
  ])
  func aSkipWithoutNeedIsAFailure(reason: String, words: String) throws {
    let (code, text) = try table(["unit": [Test(name: "left", skipped: reason)]])
    #expect(code == 1, "\(text)")
    #expect(text.contains("SKIPPED WITHOUT NEED: ATests.A/left(): \(words)\n"), "\(text)")
  }

  @Test func dataBesideTheRepositoryMayBeMissing() throws {
    let (code, text) = try table(["unit": [Test(name: "left", skipped: "needs ../shared/data")]])
    #expect(code == 0, "\(text)")
    #expect(text.contains("skipped: ATests.A/left(): needs ../shared/data"), "\(text)")
    #expect(text.contains(/one rank +0 +0 +0 +1\n/), "\(text)")
  }

  @Test func whatFailedIsToldWithWhatWasFoundFirst() throws {
    let (_, text) = try table(["unit": [Test(name: "bad", failed: "1 &#8594; &quot;a&quot;&#10;b")]]
    )
    #expect(text.contains(/one rank +0 +1 +0 +0\n/), "\(text)")
    #expect(text.contains("\nFAILED on unit: ATests.A/bad(): 1 -> \"a\" b\n"), "\(text)")
  }

  @Test func groupsThatDidNotRunAreNamed() throws {
    try withScratchFolder { folder in
      try list([Test(name: "plain")])
        .write(toFile: "\(folder)/unit.xml", atomically: true, encoding: .utf8)
      let (_, text) = try Repository.run("test-table", [folder])
      #expect(text.contains(/3 ranks +0 +NOT RUN/), "\(text)")
    }
  }

  private func summary(of command: String) throws -> (code: Int32, text: String) {
    try withScratchFolder { folder in
      let changes = ["TMPDIR": folder, "HALOMPI_TEST_COUNTS": "\(folder)/counts"]
      let end = try Repository.run("test-summary", ["sh", "-c", command], changes)
      let left = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(left.filter { $0.hasPrefix("halompi-test") }.isEmpty, "\(left)")
      return end
    }
  }

  @Test func whatIsLeftInTheTemporaryFolderIsNamedAndAFailure() throws {
    let clean = try summary(of: "mkdir \"$TMPDIR/a\" && rmdir \"$TMPDIR/a\"")
    #expect(clean.code == 0 && clean.text.contains("as it was"), "\(clean.text)")
    let left = try summary(of: "touch \"$TMPDIR/forgotten\"")
    #expect(left.code == 1 && left.text.contains("/forgotten\n"), "\(left.text)")
    let outside = try summary(of: "mkdir \"$(dirname \"$TMPDIR\")/ompi.node.0\"")
    #expect(outside.code == 1 && outside.text.contains("/ompi.node.0\n"), "\(outside.text)")
    #expect(try summary(of: "exit 3").code == 3)
  }
}
