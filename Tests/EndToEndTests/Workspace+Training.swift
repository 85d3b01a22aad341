import Foundation
import Testing

extension Workspace {
  /// The lines of the metrics of an uninterrupted training: 30 steps and 3 validations.
  static let allLines = 33

  /// The metrics and the model must be those of a training that nothing happened to; `root` is where the
  /// files of the folder are seen.
  func expectUninterruptedBytes(
    below root: String = "", at location: SourceLocation = #_sourceLocation
  ) throws {
    let reference = try Workspace.uninterrupted()
    for file in ["metrics.jsonl", "model.h5"] {
      let made = FileManager.default.contents(atPath: "\(root)\(training)/\(file)")
      #expect(try made == reference.trained(file), "\(file)", sourceLocation: location)
    }
  }

  /// Starts a training, waits until its metrics have some lines, and does something to it.
  func train(
    _ options: [String] = [], ranks: Int, untilLine count: Int, launcher: [String]? = nil,
    below root: String = "", then act: (Job) throws -> Void
  ) throws -> Job.End {
    let job = try start("train", options, ranks: ranks, launcher: launcher)
    job.waitForTraining(in: self, untilLine: count, below: root)
    try act(job)
    return try job.wait()
  }

  /// The checkpoints, oldest first.
  var checkpoints: [URL] {
    let folder = "\(training)/checkpoints"
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".h5") }.sorted().map { URL(filePath: "\(folder)/\($0)") }
  }

  /// The checkpoint that the next start goes on from.
  var newestCheckpoint: URL? { checkpoints.last }

  /// The lines of the metrics that a resumed training keeps, as the step in a checkpoint's name tells.
  var resumedLineCount: Int {
    let name = newestCheckpoint?.lastPathComponent ?? ""
    let step = Int(name.filter(\.isNumber).prefix(9)) ?? 0
    return step + step / 10
  }
}

extension Job {
  /// Waits until the training goes on, and its metrics have some lines, or until it ends.
  ///
  /// Lines behind the checkpoint that the training goes on from are cut off before it does.
  func waitForTraining(in workspace: Workspace, untilLine count: Int, below root: String = "") {
    let starts = ["training starts", "training goes on"]
    while isRunning, !starts.contains(where: hasSaid) { usleep(500) }
    while isRunning, workspace.metricsLineCount(below: root) < count { usleep(200) }
  }
}
