import Foundation
import Networks
import TestSupport
import Testing

@testable import Training

/// Reading what a training writes, while it is being written.
struct HistoryTests {
  private let step = StepSummary(
    epoch: 0, step: 1, likelihood: 0.5, penalty: 2,
    likelihoodValues: LikelihoodValues(.truncatedCauchy, [0.2]), samples: 8, seconds: 4)
  private let epoch = EpochSummary(
    epoch: 0, step: 1, trainingLikelihood: 0.5, likelihood: .nan, penalty: 1.5,
    likelihoodValues: LikelihoodValues(.truncatedCauchy, [0.21]),
    correlation: 0.25, isBest: true)

  private func withFile(_ body: (String) throws -> Void) throws {
    let folder = try temporaryDirectory("history-\(UInt64.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body("\(folder)/metrics.jsonl")
  }

  @Test func linesAreReadAsTheyWereWritten() throws {
    try withFile { path in
      try Data("\(step.metricsLine)\n\(epoch.metricsLine)\n".utf8).write(to: URL(filePath: path))
      let metrics = try TrainingMetrics(contentsOf: path)
      #expect(metrics.steps == [step.record])
      #expect(metrics.epochs.count == 1)
      #expect(metrics.epochs[0].likelihood.isNaN, "null in the file")
      #expect(metrics.epochs[0].correlation == 0.25)
      #expect(metrics.best?.epoch == 0)
    }
  }

  @Test func aLineThatIsNotWholeYetIsLeftOutUntilItIs() throws {
    try withFile { path in
      let line = Data("\(step.metricsLine)\n".utf8)
      var tail = LogTail(path)
      #expect(try tail.read() == nil, "there is no file")
      try line.prefix(20).write(to: URL(filePath: path))
      #expect(try tail.read() == nil)
      try (line + line.prefix(5)).write(to: URL(filePath: path))
      #expect(try tail.read() == LogTail.Part(text: line, isBeginning: true))
      #expect(try tail.read() == nil)
      try (line + line).write(to: URL(filePath: path))
      #expect(try tail.read() == LogTail.Part(text: line, isBeginning: false))
    }
  }

  @Test func aFileThatWasCutBackIsReadAnew() throws {
    try withFile { path in
      let line = Data("\(step.metricsLine)\n".utf8)
      var tail = LogTail(path)
      try (line + line + line).write(to: URL(filePath: path))
      _ = try tail.read()
      try line.write(to: URL(filePath: path))
      #expect(try tail.read() == LogTail.Part(text: line, isBeginning: true))
      try Data().write(to: URL(filePath: path))
      #expect(try tail.read() == LogTail.Part(text: Data(), isBeginning: true))
    }
  }

  @Test(arguments: ["{}", "{\"kind\":\"rest\",\"epoch\":0,\"step\":1,\"gamma\":1}", "steps"])
  func aForeignLineIsNamedWithItsNumber(line: String) throws {
    try withFile { path in
      try Data("\(step.metricsLine)\n\(line)\n".utf8).write(to: URL(filePath: path))
      let error = #expect(throws: TrainingError.self) { try TrainingMetrics(contentsOf: path) }
      #expect("\(error.map { "\($0)" } ?? "")".contains("line 2"))
    }
  }

  @Test func theMedianTimeDoesNotSeeOneSlowStep() throws {
    var timings = TrainingTimings()
    let lines = [1.0, 1, 90, 2, 2].enumerated().map { number, seconds in
      "{\"step\":\(number + 1),\"seconds\":\(seconds),\"samplesPerSecond\":8,\"ranks\":1}\n"
    }
    try timings.add(Data(lines.joined().utf8), from: "timings.jsonl")
    #expect(timings.medianSeconds(ofLast: 5) == 2)
    #expect(timings.medianSeconds(ofLast: 100) == 2)
    #expect(TrainingTimings().medianSeconds(ofLast: 5) == nil)
  }
}
