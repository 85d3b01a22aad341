import Foundation
import TestSupport
import Testing

@testable import Text

/// Texts that are given to programs: whatever stands beside a quote, no part of them becomes a command.
@Suite(.ranks(1...1)) struct ProgramTests {
  private static func has(_ program: String) -> Bool {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
      .contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
  }

  /// The line in which an output differs from what is expected; `nil` if it does not.
  ///
  /// A comparison of millions of lines as collections would take hours to tell where they differ.
  private func difference(of output: Data, from expected: String) -> String? {
    let wanted = Data(expected.utf8)
    guard output != wanted else { return nil }
    let place = zip(output, wanted).prefix { $0 == $1 }.count
    return "at byte \(place): "
      + String(decoding: output.dropFirst(max(0, place - 40)).prefix(240), as: UTF8.self)
  }

  /// Runs a program on a script in a folder of its own, in which it must leave nothing, and returns what it prints.
  private func output(of words: [String], script: String, locale: String) throws -> Data {
    let scratch = try ScratchFolder()
    let folder = scratch.url
    try FileManager.default.createDirectory(
      at: folder.appending(path: "run"), withIntermediateDirectories: true)
    try Data(script.utf8).write(to: folder.appending(path: "script"))
    try Data().write(to: folder.appending(path: "output"))
    let handle = try FileHandle(forWritingTo: folder.appending(path: "output"))
    let process = try childProcess()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["LC_ALL=\(locale)"] + words + ["../script"]
    process.currentDirectoryURL = folder.appending(path: "run")
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = handle
    process.standardError = handle
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let left = try FileManager.default.contentsOfDirectory(
      atPath: folder.appending(path: "run").path)
    #expect(left.isEmpty, "\(left)")
    return try Data(contentsOf: folder.appending(path: "output"))
  }

  /// bash reads bytes in the first locale, and characters of several bytes in the second.
  @Test(arguments: ["C", "C.UTF-8"])
  func bashGetsEveryScalarBesideAQuoteAsItIs(locale: String) throws {
    var expected = Data()
    var script = ""
    for text in Scalars(around: "'") {
      script += "printf '%s\\0' \(Quoting.shell(text))\n"
      expected += Data(text.utf8.filter { $0 != 0 }) + [0]
    }
    let output = try output(of: ["bash"], script: script, locale: locale)
    #expect(output == expected)
  }

  @Test(arguments: [
    "\u{600}'; touch PWNED; '", "'\u{301}; touch PWNED; '", "$(touch PWNED)", "`touch PWNED`",
    "\\'; touch PWNED #", "a\r\n'; touch PWNED", "\u{1F3F4}\u{E0067}'\u{200D}; touch PWNED; '",
  ])
  func bashRunsNoPartOfAWord(word: String) throws {
    let script = "printf %s \(Quoting.shell(word))\n"
    #expect(try output(of: ["bash"], script: script, locale: "C.UTF-8") == Data(word.utf8))
  }

  @Test(.enabled(if: has("gnuplot"), "gnuplot is not installed: its strings are not tried"))
  func gnuplotGetsEveryScalarBesideASignAsItIs() throws {
    var expected = ""
    var script = "set encoding utf8\nset print '-'\n"
    for text in Scalars(around: "'\\") {
      script += "print \(Quoting.gnuplotMarkup(text))\n"
      expected += "\(Quoting.comment(text))\n"
    }
    let output = try output(of: ["gnuplot"], script: script, locale: "C.UTF-8")
    #expect(difference(of: output, from: expected) == nil)
  }

  @Test(
    .enabled(if: has("gnuplot"), "gnuplot is not installed: its strings are not tried"),
    arguments: [
      "x'; system(\"touch PWNED\"); '", "x''; system(\"touch PWNED\")", "'; !touch PWNED",
      "\u{600}'; system('touch PWNED'); '", "`touch PWNED`",
      "@a\u{301}'\n!touch PWNED", "< touch PWNED", "| touch PWNED", "-", "+", "$a",
    ])
  func gnuplotRunsNoPartOfATextOrName(text: String) throws {
    let script = """
      # \(Quoting.comment(text))
      set terminal dumb
      set title \(Quoting.gnuplot(text))
      set label 1 \(Quoting.gnuplotMarkup(text)) at 0,0
      set output '/dev/null'
      plot [0:1] x title \(Quoting.gnuplot(text))
      set output
      name = \(Quoting.gnuplotFile(text))
      if (name eq \(Quoting.gnuplotMarkup(text)) && strlen(name) < 3) { exit status 3 }
      """
    _ = try output(of: ["gnuplot"], script: script, locale: "C.UTF-8")
    // A file of that name is not there: gnuplot says so and starts nothing.
    let plot = "set terminal dumb\nplot \(Quoting.gnuplotFile(text)) using 1:2\n"
    let ignoring = ["sh", "-c", "gnuplot \"$0\" >/dev/null 2>&1; test $? -ne 0"]
    _ = try output(of: ignoring, script: plot, locale: "C.UTF-8")
  }

  @Test func aDirectiveOfSlurmIsOneLineWithoutQuotesOfItsOwn() {
    for value in 0..<0x110000 {
      guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
      let word = "a\(scalar)b"
      let isRefused = scalar.isControl || "'\"\\".unicodeScalars.contains(scalar)
      let directive = Quoting.batchDirective(word)
      guard (directive == nil) == isRefused else {
        Issue.record("U+\(scalar.hexadecimal(4)): \(directive ?? "refused")")
        continue
      }
      if let directive, directive != word, directive != "\"\(word)\"" {
        Issue.record("U+\(scalar.hexadecimal(4)): \(directive)")
      }
    }
    for text in Scalars(around: "'") { #expect(Quoting.batchDirective(text) == nil) }
    #expect(Quoting.batchDirective("") == nil)
    #expect(Quoting.batchDirective("a b") == "\"a b\"")
  }

  @Test func aTerminalGetsNoCommandAndEverythingElseAsItIs() {
    let bidirectional: [ClosedRange<UInt32>] = [
      0x061c...0x061c, 0x200e...0x200f, 0x202a...0x202e, 0x2066...0x2069,
    ]
    for value in 0..<UInt32(0x110000) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let text = "a\(scalar)\u{301}"
      let shown = Quoting.terminal(text)
      let isCommand =
        value < 0x20 || (0x7f...0x9f).contains(value) || bidirectional.contains { $0 ~= value }
      let code = "a\\u{\(String(value, radix: 16))}\u{301}"
      if isCommand ? shown != code : shown != text && shown != code {
        Issue.record("U+\(scalar.hexadecimal(4)): \(shown)")
      }
    }
    #expect(Quoting.terminal("\u{1b}]0;x\u{7}\u{9b}2J") == "\\u{1b}]0;x\\u{7}\\u{9b}2J")
    #expect(Quoting.terminal("a\n\tb\r", keepingLines: true) == "a\n\\u{9}b\\u{d}")
    #expect(Quoting.terminal("Mᵇ ☉ ├─ ⣿ 質量") == "Mᵇ ☉ ├─ ⣿ 質量")
  }

  @Test func aNameOfAFileHasLettersAndDigitsOfASCII() {
    for value in 0..<UInt32(0x110000) {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let isAllowed = isLetterOrDigit(scalar) || "-_.".unicodeScalars.contains(scalar)
      if isFileName("a\(scalar)") != isAllowed { Issue.record("U+\(scalar.hexadecimal(4))") }
    }
    for name in ["", ".", "..", "-a", ".a", "a/b", "a'"] { #expect(!isFileName(name)) }
  }
}
