import ArgumentParser
import Foundation
import TestSupport
import Testing

@testable import halompi

/// What the commands say of themselves.
@Suite struct HelpTests {
  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The words of an example from the program on: without the launcher before it, without pipes and
  /// redirections behind it.
  private func arguments(of example: String) -> [String] {
    let words = example.split(separator: " ").map(String.init)
    let start = words.firstIndex(of: "halompi").map { $0 + 1 } ?? words.endIndex
    let isEnd: (String) -> Bool = { ["|", ">", ">>", "&&", "#"].contains($0) }
    return Array(words[start...].prefix { !isEnd($0) })
  }

  @Test func everyCommandShowsExamplesOfItself() throws {
    let commands = try CommandInformation.ofProgram().all()
    #expect(commands.count > 20, "the commands were not found")
    for (words, command) in commands {
      let own = command.examples.filter { example in
        arguments(of: example).starts(with: words.dropFirst())
      }
      #expect(!own.isEmpty, "\(words.joined(separator: " ")) --help has no example of it")
    }
  }

  @Test func everyExampleIsACommandLine() throws {
    for (words, command) in try CommandInformation.ofProgram().all() {
      for example in command.examples {
        do { _ = try Halompi.parseAsRoot(arguments(of: example)) } catch {
          Issue.record(
            "\(words.joined(separator: " ")): \(example): \(Halompi.message(for: error))")
        }
      }
    }
  }

  @Test func aWrongExampleIsFound() {
    let example = "mpirun -n 2 halompi train a.yaml --sed 3 > log"
    #expect(arguments(of: example) == ["train", "a.yaml", "--sed", "3"])
    #expect(throws: (any Error).self) { try Halompi.parseAsRoot(arguments(of: example)) }
  }

  @Test func everythingThatCanBeGivenIsExplained() throws {
    for (words, command) in try CommandInformation.ofProgram().all() {
      let name = words.joined(separator: " ")
      #expect(command.abstract?.hasSuffix(".") == true, "\(name) has no abstract")
      for argument in command.arguments ?? [] where argument.shouldDisplay {
        #expect(
          argument.abstract?.isEmpty == false, "\(name): \(argument.valueName ?? "?") has no help")
      }
    }
  }

  // MARK: - What is made from it

  /// Compares a text with a file of this copy of the repository, or writes it there if HALOMPI_RECORD is set.
  private func expectFile(_ path: String, is text: String) throws {
    let file = Self.root.appending(path: path)
    if ProcessInfo.processInfo.environment["HALOMPI_RECORD"] != nil {
      try Data(text.utf8).write(to: file)
    }
    let isCurrent = try String(contentsOf: file, encoding: .utf8) == text
    #expect(
      isCurrent, "\(path) is not up to date: run this test with HALOMPI_RECORD=1, and look at it")
  }

  @Test func theManualPageIsUpToDate() throws {
    let page = ManualPage(of: try .ofProgram()).text
    try expectFile("Documentation/halompi.1", is: page)
    for name in ["NAME", "COMMANDS", "EXIT STATUS"] { #expect(page.contains("\n.SH \(name)\n")) }
    // A line that starts with a point is a macro of man(7).
    let macros: Set<Substring> = ["TH", "SH", "SS", "TP", "PP", "B", "I", "RS", "RE", "nf", "fi"]
    for line in page.split(separator: "\n") where line.hasPrefix(".") {
      #expect(macros.contains(line.dropFirst().prefix { $0 != " " }), "\(line)")
    }
  }

  /// Runs a script, and returns what it printed; nothing if there is no such shell.
  private func run(_ shell: String, _ options: [String], script: String) throws -> (Int32, String)?
  {
    let scratch = try ScratchFolder()
    let file = scratch.url.appending(path: "script")
    try Data(script.utf8).write(to: file)
    let process = try childProcess()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [shell] + options + [file.path]
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return process.terminationStatus == 127 ? nil : (process.terminationStatus, text)
  }

  @Test(arguments: ["bash", "zsh", "fish"])
  func shellsCanReadTheirCompletions(name: String) throws {
    let shell = try #require(Completions.Shell(rawValue: name))
    let script = Halompi.completionScript(for: shell.parserShell)
    for word in ["export", "doctor", "safetensors"] { #expect(script.contains(word)) }
    // A shell that is not installed is asked elsewhere.
    guard let (code, _) = try run(name, ["-n"], script: script) else { return }
    #expect(code == 0)
  }

  @Test func bashCompletesCommands() throws {
    let script = Halompi.completionScript(for: .bash)
    let question = """

      COMP_WORDS=(halompi pre); COMP_CWORD=1; COMP_LINE='halompi pre'; COMP_POINT=11
      _halompi halompi pre halompi; echo "found ${COMPREPLY[*]}"
      """
    let (code, text) = try #require(try run("bash", [], script: script + question))
    #expect(code == 0 && text.contains("found prepare predict"), "\(code): \(text)")
  }
}
