import Failures
import Foundation
import TestSupport
import Testing

@testable import Schedulers

/// The text of batch scripts.
struct BatchScriptTests {
  // MARK: - Golden files

  static var training: BatchScript {
    var cluster = ClusterSettings()
    cluster.nodes = 2
    cluster.ranksPerNode = 2
    cluster.coresPerRank = 8
    return BatchScript(
      name: "gadget-train", cluster: cluster,
      command: .words(["/sw/halompi", "train", "jobs/gadget.yaml", "--set", "training.seed=2"]),
      isResumable: true, folder: "/home/me", logFolder: "/home/me/runs/gadget/slurm",
      comment: ["Trains."])
  }

  static var everything: BatchScript {
    var cluster = ClusterSettings()
    cluster.partition = "long"
    cluster.account = "cosmo-1"
    cluster.nodes = 3
    cluster.coresPerRank = 32
    cluster.memoryPerNode = 64_000
    cluster.minutes = 1501
    cluster.warningSeconds = 300
    cluster.launcher = .mpirun
    cluster.modules = ["gcc/12.2", "openmpi/4.1"]
    cluster.environment = ["GREETING=it's a $(date) `date`"]
    cluster.options = ["--constraint=[a|b]", "--exclusive"]
    cluster.maximumRequeues = 5
    return BatchScript(
      name: "all", cluster: cluster,
      command: .words(["/s w/halompi", "simulate", "it's.yaml", "--set", "name=$(x)"]),
      isResumable: true, folder: "/home/a b", logFolder: "/home/a b/100% runs")
  }

  static var array: BatchScript {
    BatchScript(
      name: "paper-ablation", cluster: ClusterSettings(),
      command: .words(["/sw/halompi", "ablate", "jobs/paper.yaml"]), isResumable: true,
      elements: .init(indices: [9, 0, 1, 2, 5, 6], simultaneous: 3, option: "--run"),
      folder: "/home/me", logFolder: "/home/me/logs")
  }

  static var prediction: BatchScript {
    BatchScript(
      name: "gadget-predict", cluster: ClusterSettings(),
      command: .words(["/sw/halompi", "predict", "jobs/gadget.yaml"]), isResumable: false,
      folder: "/home/me")
  }

  private static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// Compares a script with a file of this copy of the repository, or writes it there if HALOMPI_RECORD is set.
  private func expect(_ script: BatchScript, isAt path: String) throws {
    let url = Self.root.appending(path: path)
    let text = try script.text()
    if ProcessInfo.processInfo.environment["HALOMPI_RECORD"] != nil {
      try text.write(to: url, atomically: true, encoding: .utf8)
    }
    #expect(try text == String(contentsOf: url, encoding: .utf8), "\(path)")
  }

  @Test(arguments: [
    ("train", training), ("everything", everything), ("array", array), ("predict", prediction),
  ])
  func theTextIsThatOfTheGoldenFile(name: String, script: BatchScript) throws {
    try expect(script, isAt: "Tests/SchedulersTests/Fixtures/\(name).sbatch")
  }

  @Test(arguments: ReadyScripts.all)
  func theReadyScriptsAreOfTheSameMaking(name: String, script: BatchScript) throws {
    try expect(script, isAt: "slurm/\(name).sbatch")
  }

  @Test(arguments: [
    ([0], "0"), ([0, 1], "0-1"), ([3, 1, 2, 7, 1], "1-3,7"), ([5, 3], "3,5"),
  ])
  func elementsAreListedAsSlurmDoes(numbers: [Int], list: String) {
    #expect(BatchScript.ranges(numbers) == list)
  }

  // MARK: - Words that must stay words

  /// Words as a user may give them, and as an attacker would.
  static let words = [
    "a", "a b", "it's", "'", "''", "\"", "\\", "a\\'b", "$HOME", "$(touch HACKED)",
    "`touch HACKED`", "; touch HACKED",
    "& touch HACKED", "| touch HACKED", "> HACKED", "'; touch HACKED; '", "*", "~", "!x",
    "#SBATCH --uid=0", "-n", "${x}", "é",
  ]

  /// Runs the script in a folder of its own with launchers that write down their words, NUL-separated.
  private func run(_ script: BatchScript) throws -> (
    words: [String], environment: String, files: Set<String>
  ) {
    let scratch = try ScratchFolder()
    let folder = scratch.url
    let tools = folder.appending(path: "tools")
    let place = folder.appending(path: "place")
    try FileManager.default.createDirectory(at: tools, withIntermediateDirectories: true)
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    for tool in ["srun", "mpirun"] {
      let path = tools.appending(path: tool).path
      try writeExecutable(
        "#!/bin/bash\nprintf '%s\\0' \"$@\" >'\(folder.path)/words'\n"
          + "printf %s \"${GREETING:-}\" >'\(folder.path)/greeting'\n", to: path)
    }
    // `module` is a function of the shell on a cluster.
    let file = folder.appending(path: "script").path
    try (try script.text()).write(toFile: file, atomically: true, encoding: .utf8)
    for options in [["-n", file], [file]] {
      let process = try childProcess()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = ["bash"] + options
      process.currentDirectoryURL = place
      process.environment = [
        "PATH": "\(tools.path):/usr/bin:/bin", "BASH_FUNC_module%%": "() { :; }",
        "SLURM_ARRAY_TASK_ID": "4",
      ]
      process.standardOutput = FileHandle.nullDevice
      process.standardError = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "bash \(options)")
    }
    let written = try Data(contentsOf: folder.appending(path: "words"))
    let greeting = try Data(contentsOf: folder.appending(path: "greeting"))
    return (
      written.split(separator: 0, omittingEmptySubsequences: false).dropLast()
        .map { String(decoding: $0, as: UTF8.self) }, String(decoding: greeting, as: UTF8.self),
      Set(try FileManager.default.contentsOfDirectory(atPath: place.path))
    )
  }

  @Test(arguments: [true, false])
  func wordsOfTheCommandArriveAsTheyAre(isResumable: Bool) throws {
    var script = Self.training
    script.command = .words(["halompi"] + Self.words)
    script.isResumable = isResumable
    script.folder = nil
    let result = try run(script)
    let launcher = ["--mpi=pmix", "--kill-on-bad-exit=1", "--cpus-per-task=8", "halompi"]
    #expect(result.words == launcher + Self.words)
    #expect(result.files.isEmpty, "\(result.files)")
  }

  @Test func valuesOfVariablesArriveAsTheyAre() throws {
    for word in Self.words {
      var script = Self.everything
      script.cluster.environment = ["GREETING=\(word)"]
      let result = try run(script)
      #expect(result.environment == word)
      #expect(result.files.isEmpty, "\(result.files)")
      #expect(result.words.first == "--map-by")
    }
  }

  @Test func anElementIsToldItsNumber() throws {
    let result = try run(Self.array)
    #expect(result.words.suffix(4) == ["ablate", "jobs/paper.yaml", "--run", "4"])
  }

  @Test(arguments: ["a\nb", "a\rb", "a\0b", "", "a\u{2028}b"])
  func aWordOfSeveralLinesIsRefused(word: String) {
    var script = Self.training
    script.command = .words(["halompi", word])
    #expect(throws: SettingOutOfRange.self) { try script.text() }
  }

  @Test(arguments: ["a\nb", "a'b", "a\"b", "a\\b"])
  func aFolderThatSlurmWouldMisreadIsRefused(folder: String) {
    var script = Self.training
    script.folder = folder
    #expect(throws: SettingOutOfRange.self) { try script.text() }
    script.folder = nil
    script.logFolder = folder
    #expect(throws: SettingOutOfRange.self) { try script.text() }
  }

  @Test func everyDirectiveStandsBeforeTheFirstCommand() throws {
    let lines = try Self.everything.text().split(separator: "\n")
    let first = try #require(lines.firstIndex { !$0.hasPrefix("#") })
    #expect(!lines[first...].contains { $0.hasPrefix("#SBATCH") })
    #expect(lines[..<first].count { $0.hasPrefix("#SBATCH") } == 15)
  }
}
