import Foundation
import TestSupport
import Testing

extension Refusals {
  /// A job that can tell nobody how it goes: it goes on, and says so in its run directory.
  @Suite struct LostLogTests {
    /// The words that start what follows them with other outputs.
    private static func with(_ redirections: String, after command: String = "true") -> [String] {
      ["bash", "-c", "\(command); exec \"$@\" \(redirections)", "bash"]
    }

    /// The lines of the note in the run directory.
    private func note(of workspace: Workspace) -> [String] {
      let text = try? String(
        contentsOfFile: workspace.path("runs/small/log-lost.txt"), encoding: .utf8)
      return (text ?? "").split(separator: "\n").map(String.init)
    }

    /// The note must tell once that the standard error output was lost, and why.
    private func expectNote(
      of workspace: Workspace, saying reason: String, at location: SourceLocation = #_sourceLocation
    ) {
      let lines = note(of: workspace)
      #expect(lines.count == 1, "\(lines)", sourceLocation: location)
      let words = [
        "the standard error output could not be written (\(reason))", " train ", "process ",
      ]
      for word in words {
        #expect(lines.first?.contains(word) == true, "\(lines)", sourceLocation: location)
      }
    }

    @Test(arguments: [
      ("2>/dev/full", "No space left on device"), ("2>&-", "Bad file descriptor"),
      ("<&- >&- 2>&-", "Bad file descriptor"), (">/dev/full 2>&1", "No space left on device"),
      ("2>&1 | true", "Broken pipe"),
    ])
    func aTrainingWithoutALogEndsInTheSameBytes(redirections: String, reason: String) throws {
      let workspace = try Workspace.withFields()
      let launcher =
        redirections.contains("|")
        ? ["bash", "-c", "{ sleep 0.3; \"$@\" \(redirections); exit ${PIPESTATUS[0]}; }", "bash"]
        : Self.with(redirections)
      let end = try workspace.start("train", ranks: 0, launcher: launcher).wait()
      #expect(end.code == 0, "\(end.messages)")
      try workspace.expectUninterruptedBytes()
      expectNote(of: workspace, saying: reason)
    }

    @Test func ranksWithoutALogEndInTheSameBytes() throws {
      let workspace = try Workspace.withFields()
      let job = Job.launcher(ranks: 2)
      let end = try workspace.start(
        "train", ranks: 0, launcher: job + Self.with("2>/dev/full")
      ).wait()
      #expect(end.code == 0, "\(end.messages)")
      try workspace.expectUninterruptedBytes()
      expectNote(of: workspace, saying: "No space left on device")
    }

    /// As a pager does in which somebody has gone on reading something else: the pipe is full.
    @Test func aTrainingOutlivesAReaderThatReadsNoMore() throws {
      let workspace = try Workspace.withFields()
      // What Linux keeps of a pipe that nobody reads.
      let fill = "mkfifo pipe && exec 3<>pipe && head -c 65536 /dev/zero >pipe"
      let end = try workspace.start(
        "train", ranks: 0, launcher: Self.with("2>pipe", after: fill)
      ).wait()
      #expect(end.code == 0, "\(end.messages)")
      try workspace.expectUninterruptedBytes()
      expectNote(of: workspace, saying: "Resource temporarily unavailable")
    }

    @Test func aTrainingOutlivesItsTerminal() throws {
      let workspace = try Workspace.withFields()
      let terminal = try Terminal()
      let process = try childProcess()
      process.executableURL = URL(filePath: Job.program)
      process.arguments = ["train", "experiment.yaml"]
      process.currentDirectoryURL = workspace.folder
      process.environment = Job.environment
      process.standardInput = FileHandle.nullDevice
      process.standardOutput = FileHandle.nullDevice
      process.standardError = terminal.slave
      try process.run()
      try terminal.slave.close()
      #expect(terminal.reads(until: "training starts"))
      terminal.close()
      process.waitUntilExit()
      #expect(process.terminationReason == .exit && process.terminationStatus == 0)
      try workspace.expectUninterruptedBytes()
      expectNote(of: workspace, saying: "Input/output error")
    }

    /// A page of 4096 bytes is left for the log, of which 3900 are used: the training says more than the rest.
    @Test(.enabled(if: MountSpace.isPossible, "needs root, and mounts in a namespace of its own"))
    func aDiskThatFillsUpUnderTheLogStopsNothing() throws {
      let workspace = try Workspace.withFields()
      let folder = workspace.path("log")
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let space = try MountSpace("mount -t tmpfs -o size=100k none '\(folder)'")
      let fill = "head -c 3900 /dev/zero > log/log; cat /dev/zero > log/rest 2>&-"
      let end = try workspace.start(
        "train", ranks: 0,
        launcher: space.words(in: workspace.folder) + Self.with("2>> log/log", after: fill)
      ).wait()
      #expect(end.code == 0, "\(end.messages)")
      try workspace.expectUninterruptedBytes()
      expectNote(of: workspace, saying: "No space left on device")
      let log = try Data(contentsOf: URL(filePath: space.path(of: "\(folder)/log")))
      #expect(log.count == 4096)
    }

    @Test func aLogOfTheLargestSizeStopsNothing() throws {
      let workspace = try Workspace.withFields()
      // Nothing else that is written is as large.
      let fill = "ulimit -f 1000; head -c 1023900 /dev/zero > log"
      let job = Job.launcher(ranks: 1, with: Job.withoutSharedFiles)
      let end = try workspace.start(
        "train", ranks: 0, launcher: job + Self.with("2>> log", after: fill)
      ).wait()
      #expect(end.code == 0, "\(end.messages)")
      try workspace.expectUninterruptedBytes()
      expectNote(of: workspace, saying: "File too large")
    }

    @Test(arguments: ["2>&-", "2>/dev/full", ">&- 2>&-"])
    func aFailureThatCannotBeSaidKeepsItsCodeAndIsNoted(redirections: String) throws {
      let workspace = try Workspace.withFields()
      try FileManager.default.removeItem(atPath: workspace.field("B"))
      let launcher = Self.with(redirections)
      let end = try workspace.start("train", ranks: 0, launcher: launcher).wait()
      #expect(end.code == 66)
      #expect(note(of: workspace).last?.contains("the job ended with: halompi: ") == true)
      try workspace.write("nam: x", to: "bad.yaml")
      let bad = try Job(
        ["check", "experiment", "bad.yaml"], ranks: 0, in: workspace.folder, launcher: launcher
      ).wait()
      #expect(bad.code == 65)
    }

    @Test(arguments: [">/dev/full 2>&1", ">&- 2>&-"])
    func everyStageGoesOnWithoutOutputs(redirections: String) throws {
      let workspace = try Workspace.withFields()
      try FileManager.default.removeItem(atPath: workspace.path("runs"))
      for command in ["prepare", "train", "predict", "analyze"] {
        let options = command == "analyze" ? Workspace.analysisOptions : []
        let end = try workspace.start(
          command, options, ranks: 0, launcher: Self.with(redirections)
        ).wait()
        #expect(end.code == 0, "\(command)")
      }
      try workspace.expectUninterruptedBytes()
      #expect(workspace.resultFiles.contains("small/report/report.json"))
      for stage in [" prepare ", " train ", " predict ", " analyze "] {
        #expect(note(of: workspace).contains { $0.contains(stage) }, "\(stage)")
      }
    }

    // MARK: - Results that cannot be printed

    static let printing = [
      ["settings"], ["--help"], ["--version"], ["manual"], ["completions", "bash"],
      ["check", "experiment", "experiment.yaml"], ["inspect", "A/snapdir_000/snapshot_000.hdf5"],
      ["slurm", "experiment.yaml", "--job", "train", "--dry-run"],
      [
        "information", "table.csv", "--columns", "a,b", "--bootstraps", "0", "--estimator", "ksg",
        "--json",
      ],
      ["ablate", "expand", "experiment.yaml"], ["watch", "runs/small", "--once"],
      ["watch", "runs/small/training/raw-seed1", "--once"], ["plan", "experiment.yaml"],
      ["ablate", "status", "experiment.yaml"], ["ablate", "status", "experiment.yaml", "--json"],
      ["run", "experiment.yaml", "--dry-run"], ["run", "experiment.yaml", "--dry-run", "--why"],
      ["inspect", "runs/small/training/raw-seed1/model.h5"], ["doctor"], ["train", "--help"],
      ["information", "table.csv", "--columns", "a,b", "--bootstraps", "0", "--estimator", "ksg"],
      ["benchmark", "kernels", "--json", "--runs", "1", "--box-width", "9"],
    ]

    @Test(arguments: printing)
    func aResultThatCannotBePrintedIsAnError(command: [String]) throws {
      let workspace = try Workspace.withModel()
      let rows = (0..<200).map { "\($0 * 37 % 101),\($0 * 11 % 89)\n" }
      try workspace.write("a,b\n" + rows.joined(), to: "table.csv")
      if command.starts(with: ["ablate", "status"]) {
        _ = try Job(["ablate", "expand", "experiment.yaml"], ranks: 0, in: workspace.folder).wait()
      }
      for redirection in [">/dev/full", ">&-"] {
        let end = try Job(
          command, ranks: 0, in: workspace.folder, launcher: Self.with(redirection)
        ).wait()
        #expect(end.code == 74, "\(redirection): \(end.messages)")
        #expect(end.failures.count == 1, "\(end.messages)")
        #expect(end.messages.contains("writing the result to the standard output"))
        // Neither can be said; the code stays.
        let silent = try Job(
          command, ranks: 0, in: workspace.folder, launcher: Self.with("\(redirection) 2>&-")
        ).wait()
        #expect(silent.code == 74)
      }
      let end = try Job(command, ranks: 0, in: workspace.folder).wait()
      #expect(end.code == 0 && !end.output.isEmpty, "\(end.messages)")
    }

    @Test func aReaderThatHasGoneIsNotToldSo() throws {
      let workspace = try Workspace.with(experiment: Workspace.experiment)
      let script = "{ sleep 0.3; \"$@\"; } | true; exit ${PIPESTATUS[0]}"
      let end = try Job(
        ["manual"], ranks: 0, in: workspace.folder, launcher: ["bash", "-c", script, "bash"]
      ).wait()
      #expect(end.code == 74 && end.messages.isEmpty, "\(end.messages)")
    }
  }
}

/// A terminal without a screen, whose other side a test holds.
private final class Terminal {
  private let master: Int32

  /// The side of the program.
  let slave: FileHandle

  init() throws {
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // TIOCSPTLCK and TIOCGPTN of <asm-generic/ioctls.h>: unlock the other side, and which it is.
    var (isLocked, number): (Int32, UInt32) = (0, 0)
    try #require(ioctl(master, 0x4004_5431, &isLocked) == 0)
    try #require(ioctl(master, 0x8004_5430, &number) == 0)
    let path = "/dev/pts/\(number)"
    let descriptor = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC)
    try #require(descriptor >= 0)
    slave = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
  }

  /// Reads what the program says until it has said a text; false if it ends before.
  func reads(until text: String) -> Bool {
    var said: [UInt8] = []
    var part = [UInt8](repeating: 0, count: 4096)
    while !String(decoding: said, as: UTF8.self).contains(text) {
      let count = read(master, &part, part.count)
      guard count > 0 else { return false }
      said += part[..<count]
    }
    return true
  }

  func close() { Foundation.close(master) }
}
