import Foundation
import TestSupport
import Testing
import Training

extension Refusals {
  /// Texts from files and names of folders that would be commands if they were not quoted.
  @Suite struct ForeignTextTests {
    private static let gnuplotIsInstalled = (ProcessInfo.processInfo.environment["PATH"] ?? "")
      .split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/gnuplot")
      }

    /// Runs a batch script with a launcher that prints its words and the variable A, in a folder of its own.
    private func run(_ script: String, in workspace: Workspace) throws -> String {
      try FileManager.default.createDirectory(
        atPath: workspace.path("bin"), withIntermediateDirectories: true)
      let launcher = "#!/bin/sh\nprintf '%s|' \"${A-}\" \"$@\"\n"
      try workspace.write(launcher, to: "bin/srun")
      try workspace.write(script, to: "script")
      let process = try childProcess()
      let output = Pipe()
      process.executableURL = URL(filePath: "/usr/bin/env")
      process.arguments = [
        "bash", "-c", "chmod +x bin/srun; PATH=$PWD/bin:$PATH exec bash script",
      ]
      process.currentDirectoryURL = workspace.folder
      process.environment = Job.environment
      process.standardOutput = output
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      return String(decoding: text, as: UTF8.self)
    }

    /// U+0600 and a quote are one character of Swift, as are a quote and U+0301: no scalar hides a quote from us.
    @Test(arguments: ["\u{600}'; touch PWNED; '", "'\u{301}; touch PWNED; '", "\\'$(touch PWNED)'"])
    func noPartOfAnExperimentOrItsNameRunsInABatchScript(text: String) throws {
      let workspace = try Workspace.with(experiment: "")
      let value = text.replacing("\\", with: "\\\\")
      let yaml = """
        name: e
        simulations:
          - {name: one, role: training, seed: 1}
        cluster:
          environment: ["A=\(value)"]

        """
      let file = "it's \(text).yaml"
      try workspace.write(yaml, to: file)
      let end = try Job(
        ["slurm", file, "--job", "train", "--dry-run"], ranks: 0, in: workspace.folder
      ).wait()
      #expect(end.code == 0, "\(end.messages)")
      let said = try run(end.output, in: workspace)
      #expect(
        said.utf8.contains("\(text)|".utf8) && said.utf8.contains("|\(file)|".utf8), "\(said)")
      let names = try FileManager.default.contentsOfDirectory(atPath: workspace.folder.path)
      #expect(!names.contains("PWNED"))
    }

    @Test(.enabled(if: gnuplotIsInstalled, "gnuplot is not installed: nothing is drawn"))
    func aFolderWithACommandInItsNameIsNoModel() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 1)
      let folder = "runs/small/predictions/x'; system(\"touch PWNED\"); '-seed1"
      try FileManager.default.copyItem(
        atPath: workspace.path("runs/small/predictions/raw-seed1"), toPath: workspace.path(folder))
      try workspace.run("analyze", Workspace.analysisOptions, ranks: 1)
      #expect(!workspace.resultFiles.contains { $0.hasSuffix("/PWNED") })
      let report = try JSONValue(contentsOf: workspace.path("runs/small/report/report.json"))
      #expect(report["variants"].count == 1)
      #expect(workspace.resultFiles.contains("small/report/figures/information.svg"))
    }

    @Test func noTagOfAFileOrAFolderIsATagOfThePage() throws {
      let workspace = try Workspace.withModel()
      try workspace.run("predict", ranks: 1)
      let table = try PredictionTable(contentsOf: workspace.predictions)
      let tag = "\u{600}<img src=x onerror=alert(1)>"
      try PredictionTable(
        simulations: table.simulations.map { "\(tag)\($0)" }, fingerprints: table.fingerprints,
        samples: table.samples,
        predictions: table.predictions
      ).write(
        to: workspace.predictions, model: Model(contentsOf: "\(workspace.training)/model.h5"))
      try FileManager.default.moveItem(atPath: workspace.path("runs"), toPath: workspace.path(tag))
      try workspace.run("analyze", Workspace.analysisOptions + ["--runs", tag], ranks: 1)
      let page = try Data(
        contentsOf: URL(filePath: workspace.path("\(tag)/small/report/report.html")))
      #expect(page.firstRange(of: Data("<img".utf8)) == nil)
      #expect(page.firstRange(of: Data("\u{600}&lt;img src=x onerror=alert(1)&gt;".utf8)) != nil)
    }

    @Test func aMessageCannotSteerATerminal() throws {
      let workspace = try Workspace.with(experiment: "name: \"\\e]0;owned\\a\\u202e\"\n")
      for name in ["experiment.yaml", "a\u{1B}[2J\u{9B}1m.yaml"] {
        let end = try Job(["check", "experiment", name], ranks: 0, in: workspace.folder).wait()
        #expect(end.code != 0 && end.failures.count == 1)
        let steers = end.messages.unicodeScalars.contains {
          $0.value < 0x20 && $0 != "\n" || (0x7f...0x9f).contains($0.value) || $0 == "\u{202E}"
        }
        #expect(!steers, "\(end.messages.debugDescription)")
        #expect(end.messages.contains("\\u{1b}"))
      }
    }
  }
}
