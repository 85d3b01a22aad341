import Failures
import Foundation
import Progress
import TestSupport
import Testing
import Training

@testable import Workshop

/// What `halompi watch` shows.
struct WatchTests {
  // Braille (Unicode, chapter 21.1): two columns of dots at each of four heights, joined upward.
  @Test func aRisingLineIsDrawnFromTheLowerLeftToTheUpperRight() {
    let line = (0...7).map { BrailleChart.Point(x: Double($0), y: Double($0)) }
    let rows = BrailleChart(line: line, xRange: 0...7).rows(width: 14, height: 1)
    #expect(rows == ["       7 ┤⣀⡤⠖⠋"])
  }

  @Test func marksStandUponTheLine() {
    let chart = BrailleChart(
      line: [.init(x: 0, y: 1), .init(x: 10, y: 1)],
      marks: [(.init(x: 10, y: 2), "*")], xRange: 0...10)
    let rows = chart.rows(width: 20, height: 3)
    #expect(rows.count == 3)
    #expect(rows[0].hasSuffix("*"))
    #expect(rows[2].contains("⡀") && rows[2].contains("⢀") && rows[2].hasPrefix("       1 ┤"))
  }

  @Test func aChartOfNothingFiniteSaysSo() {
    let chart = BrailleChart(line: [.init(x: 0, y: .nan)], xRange: 0...1)
    #expect(chart.rows(width: 40, height: 5).joined().contains("no finite number"))
    let flat = BrailleChart(line: [.init(x: 0, y: 3), .init(x: 1, y: 3)], xRange: 0...1)
    #expect(flat.rows(width: 20, height: 2).count == 2)
  }

  @Test(
    arguments: [
      ([0.0, 7], "▁█"), ([1, 1, 1], "▁▁▁"), ([Double.nan], ""), ([0, 0, 4, 4, 7, 7], "▁▁▅▅██"),
    ] as [([Double], String)])
  func aSparklineHasABlockForEachValue(values: [Double], text: String) {
    #expect(sparkline(values, width: 10) == text)
  }

  /// A training of two epochs of two steps of 3 s, of which the second is under way.
  private func withTraining(_ body: (String) throws -> Void) throws {
    let run = try temporaryDirectory("watch-\(UInt64.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(atPath: run) }
    let folder = "\(run)/training/raw-seed1"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try """
    name: watched
    simulations: [{name: a, role: training, seed: 1}, {name: b, role: validation, seed: 2}]
    sampling: {trainingSamples: 16}
    training: {batchSize: 8, epochs: 2}

    """.write(toFile: "\(run)/experiment.yaml")
    try """
    {"kind":"step","epoch":0,"step":1,"likelihood":1,"penalty":2,"loss":3,"gamma":0.2}
    {"kind":"step","epoch":0,"step":2,"likelihood":0.8,"penalty":2,"loss":2.8,"gamma":0.21}
    {"kind":"epoch","epoch":0,"step":2,"trainingLikelihood":0.9,"validation":{"likelihood":0.7,"penalty":1,"loss":1.7,"correlation":0.5},"gamma":0.22,"isBest":true}
    {"kind":"step","epoch":1,"step":3,"likelihood":0.6,"penalty":1,"loss":1.6,"gamma":0.22}

    """.write(toFile: "\(folder)/metrics.jsonl")
    try (1...3).map {
      "{\"step\":\($0),\"seconds\":3,\"samplesPerSecond\":2.5,\"ranks\":2}\n"
    }.joined().write(toFile: "\(folder)/timings.jsonl")
    try body(run)
  }

  /// The paper trains 40 epochs on the potential (Appendix D), and 30 on the raw density.
  @Test(arguments: [("density", 30), ("potential", 40)])
  func epochsThatAreLeftOpenAreThoseOfTheInput(input: String, epochs: Int) throws {
    try withTraining { run in
      let folder = "\(run)/training/potential-seed1"
      try FileManager.default.moveItem(atPath: "\(run)/training/raw-seed1", toPath: folder)
      try """
      name: watched
      simulations: [{name: a, role: training, seed: 1}, {name: b, role: validation, seed: 2}]
      sampling: {trainingSamples: 16}
      training: {batchSize: 8}
      fields: {input: \(input)}

      """.write(toFile: "\(run)/experiment.yaml")
      var monitor = TrainingMonitor(folder)
      try monitor.update()
      #expect(monitor.epochLimit == epochs)
    }
  }

  @Test func theViewSaysStepsEpochsSpeedAndTheTimeLeft() throws {
    try withTraining { run in
      let folders = TrainingMonitor.folders(in: run)
      #expect(folders == ["\(run)/training/raw-seed1"])
      // This process is the job that trains.
      try
        "process \(ProcessInfo.processInfo.processIdentifier) on \(ProcessInfo.processInfo.hostName)\n"
        .write(toFile: "\(folders[0])/lock")
      var monitor = TrainingMonitor(folders[0])
      try monitor.update()
      #expect(monitor.state == .running)
      #expect(monitor.lastStep == 4, "two epochs of two steps")
      #expect(monitor.secondsLeft == 3, "one more step")
      let text = TrainingView(monitor).lines(width: 100, height: 30).joined(separator: "\n")
      for part in [
        "raw-seed1: running, epoch 1 of at most 2, step 3 of 4", "2.5 samples/s on 2 ranks",
        "3 s left", "best epoch 0: validation loss 1.7", "0.22",
      ] {
        #expect(text.contains(part), "\(part) is not in\n\(text)")
      }
      #expect(TrainingView(monitor).lines(width: 100, height: 12).count <= 12)
      #expect(TrainingView(monitor).line.contains("best epoch 0, validation 1.7"))
    }
  }

  @Test func whatIsAppendedIsShownAndADeadJobIsNotRunning() throws {
    try withTraining { run in
      let folder = TrainingMonitor.folders(in: run)[0]
      // No process has this number: it is above every limit of Linux (2^22).
      try "process 8388608 on \(ProcessInfo.processInfo.hostName)\n".write(toFile: "\(folder)/lock")
      var monitor = TrainingMonitor(folder)
      try monitor.update()
      #expect(monitor.state == .stopped)
      #expect(monitor.secondsLeft == nil)
      let log = try #require(FileHandle(forWritingAtPath: "\(folder)/metrics.jsonl"))
      try log.seekToEnd()
      try log.write(
        contentsOf: Data(
          "{\"kind\":\"step\",\"epoch\":1,\"step\":4,\"likelihood\":null,\"penalty\":1,\"loss\":null,\"gamma\":0.3}\n"
            .utf8))
      try log.close()
      try monitor.update()
      #expect(monitor.metrics.steps.count == 4)
      #expect(
        TrainingView(monitor).lines(width: 60, height: 20).allSatisfy { $0.count <= 60 })
    }
  }

  // That of the whole run is said where no stage of it is, and a training with logs is drawn instead.
  @Test func stagesAtWorkAreFoundInTheirFolders() throws {
    try withTraining { run in
      let training = "\(run)/training/raw-seed1"
      #expect(StagesAtWork(in: run).records.isEmpty && !StagesAtWork(in: run).isAnyAlive)
      ProgressRecord(stage: "run").write(to: ProgressRecord.file(in: run))
      ProgressRecord(stage: "train").write(to: ProgressRecord.file(in: training))
      #expect(StagesAtWork(in: run).records.map(\.stage) == ["run"])
      let predictions = "\(run)/predictions/raw-seed1"
      try FileManager.default.createDirectory(
        atPath: predictions, withIntermediateDirectories: true)
      ProgressRecord(stage: "predict").write(to: ProgressRecord.file(in: predictions))
      let stages = StagesAtWork(in: run)
      #expect(stages.lines() == ["predict: at work"])
      #expect(stages.isAnyAlive)
    }
  }

  @Test func aFolderWithoutTrainingsHasNone() throws {
    let folder = try temporaryDirectory("watch-empty")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(TrainingMonitor.folders(in: folder).isEmpty)
    #expect("\(TrainingMonitor.nothingToWatch(in: folder))".contains("metrics.jsonl"))
  }
}

extension String {
  fileprivate func write(toFile path: String) throws {
    try write(toFile: path, atomically: true, encoding: .utf8)
  }
}
