import Foundation
import TestSupport
import Testing

/// The scripts, and what `slurm/train.sbatch` does, with a `srun` and a `scontrol` of the tests' own.
struct BatchScriptTests {
  /// The shell that a script asks for in its first line; `nil` for other files.
  private func shell(of file: TextFile) -> String? {
    guard let first = file.lines.first, first.hasPrefix("#!") else { return nil }
    return first.hasSuffix("/bash") ? "bash" : first.hasSuffix("/sh") ? "sh" : nil
  }

  /// Whether a shell can read a script; nothing of it is run.
  private func isReadable(_ text: String, by shell: String) throws -> Bool {
    let scratch = try ScratchFolder()
    let path = scratch.path("script")
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    let process = try start(shell, ["-n", path])
    process.waitUntilExit()
    return process.terminationStatus == 0
  }

  @Test func shellsCanReadAllScripts() throws {
    let files = try Repository.files(in: ["scripts", "slurm"], ["", "sh", "sbatch"])
    let scripts = files.compactMap { file in shell(of: file).map { (file, $0) } }
    #expect(scripts.contains { $0.0.path == "slurm/train.sbatch" })
    for (file, shell) in scripts {
      #expect(try isReadable(file.text, by: shell), "\(file.path) is not \(shell)")
    }
  }

  @Test func aBrokenScriptIsFound() throws {
    #expect(try !isReadable("if true; then echo\n", by: "bash"))
  }

  @Test(arguments: [
    "--signal=B:USR1@120", "--requeue", "--open-mode=append", "--cpus-per-task=8",
  ])
  func theJobAsksSlurmFor(option: String) throws {
    let script = try Repository.file("slurm/train.sbatch")
    #expect(script.lines.contains { $0 == "#SBATCH \(option)" })
  }

  // MARK: - What it does

  /// What became of a run of the script.
  private struct Outcome {
    var code: Int32
    var log: [Substring]
  }

  /// The script did not end though it was signalled.
  private struct Deaf: Error {
    let signal: Int32
  }

  private func start(
    _ program: String, _ arguments: [String], in folder: URL? = nil,
    _ changes: [String: String] = [:]
  ) throws -> Process {
    let process = try childProcess()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(changes) { $1 }
    process.currentDirectoryURL = folder
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try startUnblocked(process)
    return process
  }

  /// Runs the script with a job step that ends with `code`, at once or when it is signalled.
  private func run(
    code: Int32, restarts: Int = 0, signal: Int32? = nil, requeueFails: Bool = false,
    advances: Bool = true, state: String = "RUNNING", element: Int? = nil
  ) throws -> Outcome {
    let scratch = try ScratchFolder()
    let folder = scratch.url
    let log = folder.appending(path: "log")
    let step =
      signal == nil
      ? "exit \(code)"
      : "trap 'echo USR1 >> \"$LOG\"; exit \(code)' USR1; echo ready >> \"$LOG\"; "
        + "for i in {1..1000}; do sleep 0.02; done"
    for (name, body) in [
      (
        "srun",
        "echo \"srun $*\" >> \"$LOG\"; \(advances ? "touch \"$HALOMPI_PROGRESS_FILE\"; " : "")\(step)"
      ),
      ("squeue", "case $* in *--jobs=7*--format=%T*) echo \(state) ;; esac"),
      ("scontrol", "echo \"scontrol $*\" >> \"$LOG\"; exit \(requeueFails ? 1 : 0)"),
    ] {
      let path = folder.appending(path: name).path
      try writeExecutable("#!/bin/bash\n\(body)\n", to: path)
    }
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let script = Repository.root.appending(path: "slurm/train.sbatch").path
    let elementVariables =
      element.map { ["SLURM_ARRAY_JOB_ID": "7", "SLURM_ARRAY_TASK_ID": "\($0)"] } ?? [:]
    let process = try start(
      "bash", [script, "a.yaml", "--set", "training.seed=2"], in: folder,
      [
        "PATH": "\(folder.path):\(path)", "LOG": log.path, "HALOMPI": "halompi",
        "HALOMPI_REQUEUES": "3", "SLURM_JOB_ID": "7", "SLURM_CPUS_PER_TASK": "5",
        "SLURM_RESTART_COUNT": "\(restarts)",
      ].merging(elementVariables) { $1 })
    func lines() -> [Substring] {
      (try? String(contentsOf: log, encoding: .utf8))?.split(separator: "\n") ?? []
    }
    if let signal {
      let deadline = Date(timeIntervalSinceNow: 120)
      while !lines().contains("ready"), Date.now < deadline { usleep(10_000) }
      kill(process.processIdentifier, signal)
      while process.isRunning, Date.now < deadline { usleep(10_000) }
      if process.isRunning { throw Deaf(signal: signal) }
    }
    process.waitUntilExit()
    return Outcome(code: process.terminationStatus, log: lines())
  }

  private static let command =
    "srun --mpi=pmix --kill-on-bad-exit=1 --cpus-per-task=5 halompi train a.yaml --set "
    + "training.seed=2"

  @Test func aStoppedTrainingIsRequeued() throws {
    let outcome = try run(code: 75)
    #expect(outcome.log.map(String.init) == [Self.command, "scontrol requeue 7"])
    #expect(outcome.code == 0)
  }

  @Test(arguments: [0, 1, 64, 65, 66, 70, 74, 137] as [Int32])
  func nothingElseIs(code: Int32) throws {
    let outcome = try run(code: code)
    #expect(outcome.log.map(String.init) == [Self.command])
    #expect(outcome.code == code)
  }

  @Test func itIsRequeuedOnlySoManyTimes() throws {
    #expect(try run(code: 75, restarts: 2).log.contains("scontrol requeue 7"))
    let last = try run(code: 75, restarts: 3)
    #expect(!last.log.contains("scontrol requeue 7"))
    // Not 75: a cluster with RequeueExit=75 would requeue it for ever.
    #expect(last.code == 1)
  }

  @Test(arguments: [SIGUSR1, SIGTERM])
  func aSignalIsForwardedAndTheStepWaitedFor(signal: Int32) throws {
    let outcome = try run(code: 75, signal: signal)
    #expect(
      outcome.log.map(String.init) == [Self.command, "ready", "USR1", "scontrol requeue 7"])
    #expect(outcome.code == 0)
  }

  @Test func itIsNotRequeuedIfNoStepWasDoneSinceTheStart() throws {
    let outcome = try run(code: 75, advances: false)
    #expect(outcome.log.map(String.init) == [Self.command])
    #expect(outcome.code == 1)
  }

  @Test(arguments: ["COMPLETING", "CANCELLED", "TIMEOUT", "''"])
  func aJobThatWasCancelledStaysCancelled(state: String) throws {
    let outcome = try run(code: 75, signal: SIGTERM, state: state)
    #expect(!outcome.log.contains("scontrol requeue 7"))
    #expect(outcome.code == 1)
  }

  @Test func anElementOfAnArrayIsRequeuedAlone() throws {
    // The last element of an array has the number of the whole array in SLURM_JOB_ID.
    #expect(try run(code: 75, element: 3).log.last == "scontrol requeue 7_3")
  }

  @Test func aFailedRequeueIsAFailure() throws {
    #expect(try run(code: 75, requeueFails: true).code == 1)
  }
}
