import DurableFiles
import Foundation
import MPI
import TestSupport
import Testing

@testable import Ablations
@testable import Experiments
@testable import Failures
@testable import Runs
@testable import Stages

/// An ablation in a folder of its own.
private func ablation() throws -> Ablation {
  let experiment = try ablationExample(["ablation.predicts=false"])
  let runs = try temporaryDirectory("states-\(UUID())")
  return try Ablation(experiment, in: RunDirectory(of: experiment, runs: runs))
}

@Test func whatWasNeverStartedIsPending() throws {
  let statuses = try ablation().statuses()
  #expect(statuses.count == 6)
  #expect(statuses.allSatisfy { $0.state == .pending && $0.fraction == 0 && $0.failure == nil })
}

@Test func aHeldLockIsARunningRunAndALockThatIsLeftIsNot() throws {
  let ablation = try ablation()
  let folder = ablation.directory.training(ablation.manifest.runs[2].training)
  do {
    let lock = try DirectoryLock(file: folder.lockFile, host: "node7")
    #expect(try ablation.statuses()[2].state == .running)
    #expect(try !ablation.unfinishedRuns().map(\.index).contains(2))
    _ = consume lock
  }
  #expect(try ablation.statuses()[2].state == .pending)
}

@Test func aFailureOnRecordIsTold() throws {
  let ablation = try ablation()
  let folder = ablation.directory.training(ablation.manifest.runs[1].training)
  try RunFailure(exitCode: 65, reason: "it diverged").write(to: folder.failureFile)
  let status = try ablation.statuses()[1]
  #expect(status.state == .failed)
  #expect(status.failure?.reason == "it diverged")
  #expect(try ablation.unfinishedRuns(onlyFailed: true).map(\.name) == ["averaged-seed1"])
  #expect(try ablation.unfinishedRuns().count == 6)
  let table = "\(StatusTable(try ablation.statuses()))"
  #expect(table.contains("averaged-seed1  failed"))
  #expect(table.contains("it diverged"))
  #expect(table.hasSuffix("6 runs: 5 pending, 1 failed"))
}

@Test func anInterruptedRunTellsHowFarItWas() throws {
  let ablation = try ablation()
  let folder = ablation.directory.training(ablation.manifest.runs[0].training)
  try DurableFile.createDirectory(folder.path)
  let lines = (1...15).map {
    "{\"kind\":\"step\",\"epoch\":\(($0 - 1) / 10),\"step\":\($0),\"likelihood\":1.5}\n"
  }
  // The last line lost its end when the job was killed.
  let text = lines.joined() + "{\"kind\":\"step\",\"epoch\":1,\"st"
  try DurableFile.write(Data(text.utf8), to: "\(folder.path)/metrics.jsonl")
  let status = try ablation.statuses()[0]
  #expect(status.state == .preempted)
  #expect(status.steps == 15)
  // 320 samples are 10 steps of 32, and raw sub-boxes are trained for 30 epochs.
  #expect(status.fraction == 15.0 / 300)
}

@Test func errorsThatAreNoFailureOfTheRunAreNotPutOnRecord() {
  let lock = LockError(file: "lock", problem: .taken(by: "process 1 on node7"))
  #expect(AblationRunTask.failure(of: lock) == nil)
  let missing = Failure(
    .missingInput, "opening the model model.h5", because: "it does not exist", remedy: "train")
  #expect(AblationRunTask.failure(of: missing)?.exitCode == JobExitCode.missingInput.rawValue)
}

@Test(
  arguments: [
    // ranks, runs, ranks per run; teams and ranks of a team; the team of each rank
    (1, 10, nil, 1, 1, [0]),
    (4, 10, nil, 3, 1, [nil, 0, 1, 2]),
    (5, 2, nil, 2, 2, [nil, 0, 0, 1, 1]),
    (6, 2, nil, 2, 2, [nil, 0, 0, 1, 1, 1]),
    (6, 9, 2, 2, 2, [nil, 0, 0, 1, 1, 1]),
    (3, 9, 8, 1, 2, [nil, 0, 0]),
  ] as [(Int, Int, Int?, Int, Int, [Int?])])
func teamsAreOfNeighboursAndLeaveNobodyOut(
  ranks: Int, runs: Int, ranksPerRun: Int?, teams: Int, ranksPerTeam: Int, places: [Int?]
) {
  let layout = TeamLayout(ranks: ranks, runs: runs, ranksPerRun: ranksPerRun)
  #expect(layout.teams == teams)
  #expect(layout.ranksPerTeam == ranksPerTeam)
  #expect((0..<ranks).map(layout.team) == places)
}

@Test func processesShareTheCoresAndAreStartedByMPIOnlyIfAsked() throws {
  let experiment = try ablationExample(["ablation.simultaneousRuns=1000"])
  let ablation = try Ablation(experiment, in: RunDirectory(of: experiment))
  let executor = LocalExecutor(command: ["halompi", "ablate", "run", "e.yaml"], timeLimit: 60)
  #expect(
    executor.words(for: ablation.manifest.runs[0], of: ablation) == [
      "halompi", "ablate", "run", "e.yaml", "raw-seed1", "--set", "training.threadsPerRank=1",
      "--time-limit", "60.0",
    ])
  let parallel = try ablationExample(["ablation.ranksPerRun=3", "training.threadsPerRank=2"])
  let words = executor.words(
    for: ablation.manifest.runs[0], of: try Ablation(parallel, in: RunDirectory(of: parallel)))
  let launcher = MPIFamily.current.launcher(ranks: 3)
  #expect(words.starts(with: launcher) && launcher[0].contains("mpi"), "\(words)")
  #expect(words.contains("3") && !words.contains("training.threadsPerRank=1"))
}
