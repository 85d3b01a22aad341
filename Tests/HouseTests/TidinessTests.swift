import Foundation
import MPI
import TestSupport
import Testing

/// Tests leave nothing in the temporary folder, however they end.
@Suite(.serialized) struct TidinessTests {
  /// How a process of tests ends.
  enum Ending: String, CaseIterable { case success, failure, death }

  private static let variable = "HALOMPI_TEST_ENDING"

  /// How this process is to end; `nil` unless a test below has started it.
  private static let ending = ProcessInfo.processInfo.environment[variable].flatMap(Ending.init)

  @Test(.enabled(if: ending != nil, "runs in processes that TidinessTests starts"))
  func thisProcessMakesFolders() throws {
    let scratch = try ScratchFolder()
    try Data(count: 10).write(to: scratch.url.appending(path: "a"))
    try Data(count: 10).write(to: URL(filePath: try temporaryDirectory("kept") + "/b"))
    // Open MPI has a folder too, in that of the process.
    try startMPI()
    let names = try FileManager.default.contentsOfDirectory(
      atPath: ProcessFolder.own.get().path)
    let isOpenMPI = MPIFamily.current == .openMPI
    #expect(names.count >= (isOpenMPI ? 4 : 3), "\(names)")
    #expect(names.contains { $0.hasPrefix("ompi.") } == isOpenMPI, "\(names)")
    switch Self.ending {
    case .failure: Issue.record("as it was asked for")
    case .death: kill(getpid(), SIGKILL)
    default: break
    }
  }

  private func names(in folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder)
  }

  /// Runs the test above in a process whose temporary folder is `folder`, and returns its code, or minus the signal.
  private func run(_ ending: Ending, in folder: String) throws -> Int32 {
    let process = try childProcess()
    process.executableURL = URL(
      filePath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
    process.arguments = [
      "--testing-library", "swift-testing", "--filter", "TidinessTests/thisProcessMakesFolders",
    ]
    process.environment = programEnvironment().merging(
      ["TMPDIR": folder, Self.variable: ending.rawValue]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationReason == .exit
      ? process.terminationStatus : -process.terminationStatus
  }

  @Test(arguments: [Ending.success, .failure])
  func aProcessLeavesNothingBehind(ending: Ending) throws {
    try withScratchFolder { folder in
      let code = try run(ending, in: folder)
      #expect((code == 0) == (ending == .success), "\(code)")
      let left = try names(in: folder)
      #expect(left.isEmpty, "\(left)")
    }
  }

  @Test func theNextProcessRemovesWhatAKilledOneLeft() throws {
    try withScratchFolder { folder in
      #expect(try run(.death, in: folder) == -SIGKILL)
      #expect(try names(in: folder).count == 1)
      #expect(try run(.success, in: folder) == 0)
      let left = try names(in: folder)
      #expect(left.isEmpty, "\(left)")
    }
  }

  @Test func ranksShareAFolderAndTheLastRemovesIt() throws {
    try withScratchFolder { parent in
      let first = try ProcessFolder(named: "job", in: parent)
      let second = try ProcessFolder(named: "job", in: parent)
      #expect(first.path == second.path)
      // Nobody removes what another job uses.
      let other = try ProcessFolder(named: "other", in: parent)
      first.leave()
      #expect(try names(in: parent).count == 2)
      second.leave()
      #expect(try names(in: parent) == [URL(filePath: other.path).lastPathComponent])
      other.leave()
      #expect(try names(in: parent).isEmpty)
    }
  }

  // MARK: - No other way to a temporary folder

  @Test func testsTakeTheirFoldersFromTestSupport() throws {
    let findings = try Repository.files(in: ["Tests"], ["swift"])
      .filter { !$0.path.hasPrefix("Tests/TestSupport/") }.flatMap(SourceRules.takesScratchFolders)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test(arguments: [
    "let folder = FileManager.default.temporaryDirectory", "NSTemporaryDirectory() + name",
    "mkdtemp(&template)", "mkstemp(&template)", "fm.url(for: .itemReplacementDirectory, in: .user)",
  ])
  func anotherTemporaryFolderIsFound(line: String) {
    let file = TextFile(path: "Tests/ATests/A.swift", text: line)
    #expect(SourceRules.takesScratchFolders(file).count == 1)
  }

  @Test(arguments: [
    "try temporaryDirectory(\"a\")", "let text = \"NSTemporaryDirectory()\"", "// mkdtemp(x)",
  ])
  func theWayOfTestSupportIsNone(line: String) {
    let file = TextFile(path: "Tests/ATests/A.swift", text: line)
    #expect(SourceRules.takesScratchFolders(file).isEmpty)
  }

  /// A script that makes a temporary file or folder removes it however it ends.
  @Test func scriptsRemoveTheirTemporaryFolders() throws {
    let scripts = try Repository.files(in: ["scripts", "slurm"], ["", "sh", "sbatch"])
      .filter { $0.text.contains("$(mktemp") }
    #expect(scripts.count > 5)
    for script in scripts {
      #expect(script.text.contains(/(?m)^trap .+ EXIT$/), "\(script.path) has no trap")
    }
  }
}
