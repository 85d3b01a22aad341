internal import DurableFiles
internal import Foundation
internal import Networks

/// The event file of a training for TensorBoard.
///
/// It says what `metrics.jsonl` and `timings.jsonl` say and nothing else, and is made from them anew whenever the
/// training starts or goes on: no step is in it twice, or missing. The new file has a later name than the old
/// one, which is removed, and says that its steps replace earlier ones: a TensorBoard that is running notices.
///
/// The time of an event is that of training, without the pauses between a stop and a resume, and ends with the
/// present one.
struct EventFile: ~Copyable {
  /// The folder of the event file in that of the training, which is a run for TensorBoard.
  static let folder = "tensorboard"

  private var log: AppendLog
  private var time: Double

  /// Makes the file of what a training has done so far.
  ///
  /// - Parameters:
  ///   - directory: The folder of the training.
  ///   - history: Its steps and epochs.
  ///   - timings: The times of its steps.
  ///   - now: The present time [s since 1970].
  /// - Throws: `FileError`.
  init(
    in directory: String, history: TrainingMetrics, timings: TrainingTimings, now: Double
  ) throws {
    let folder = "\(directory)/\(Self.folder)"
    try DurableFile.createDirectory(folder)
    let earlier = Self.names(in: folder)
    let number = max(Int(now), (earlier.compactMap(Self.number).max() ?? 0) + 1)
    let path = "\(folder)/\(Self.name(number))"
    let seconds = Dictionary(timings.steps.map { ($0.step, $0.seconds) }) { _, last in last }
    var time = now - history.steps.reduce(0) { $0 + (seconds[$1.step] ?? 0) }
    let first = history.steps.first?.step ?? 1
    var records = [
      EventRecord(time: time, step: 0, content: .fileVersion),
      EventRecord(time: time, step: first, content: .start),
    ]
    var epochs = history.epochs[...]
    for step in history.steps {
      while let epoch = epochs.first, epoch.step < step.step {
        records.append(EventRecord(time: time, step: epoch.step, content: epoch.scalars))
        epochs = epochs.dropFirst()
      }
      time += seconds[step.step] ?? 0
      records.append(EventRecord(time: time, step: step.step, content: step.scalars))
    }
    for epoch in epochs {
      records.append(EventRecord(time: time, step: epoch.step, content: epoch.scalars))
    }
    let data = Data(records.flatMap(\.bytes))
    try DurableFile.write(data, to: path)
    for name in earlier { try? FileManager.default.removeItem(atPath: "\(folder)/\(name)") }
    let log = try AppendLog.open(path, length: data.count)
    self.log = log
    self.time = time
  }

  /// Adds a step that took a time [s].
  mutating func append(_ step: TrainingMetrics.Step, seconds: Double) throws(FileError) {
    time += seconds
    try log.append(EventRecord(time: time, step: step.step, content: step.scalars).bytes)
  }

  /// Adds an epoch.
  mutating func append(_ epoch: TrainingMetrics.Epoch) throws(FileError) {
    try log.append(EventRecord(time: time, step: epoch.step, content: epoch.scalars).bytes)
  }

  /// The names of event files in a folder.
  static func names(in folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { number($0) != nil }.sorted()
  }

  private static func name(_ number: Int) -> String {
    let digits = "\(number)"
    let zeros = String(repeating: "0", count: max(0, 10 - digits.count))
    return "events.out.tfevents.\(zeros)\(digits).halompi"
  }

  private static func number(_ name: String) -> Int? {
    guard name.hasPrefix("events.out.tfevents."), name.hasSuffix(".halompi") else { return nil }
    return Int(name.dropFirst("events.out.tfevents.".count).dropLast(".halompi".count))
  }
}

extension TrainingMetrics.Step {
  /// The numbers of a step that TensorBoard shows.
  var scalars: EventRecord.Content {
    .scalars(
      [
        EventRecord.Scalar(tag: "batch/likelihood", value: likelihood),
        EventRecord.Scalar(tag: "batch/penalty", value: penalty),
        EventRecord.Scalar(tag: "batch/loss", value: loss),
      ] + likelihoodValues.scalars(of: "batch"))
  }
}

extension TrainingMetrics.Epoch {
  /// The numbers of an epoch that TensorBoard shows.
  var scalars: EventRecord.Content {
    .scalars(
      [
        EventRecord.Scalar(tag: "epoch/trainingLikelihood", value: trainingLikelihood),
        EventRecord.Scalar(tag: "epoch/validationLikelihood", value: likelihood),
        EventRecord.Scalar(tag: "epoch/validationPenalty", value: penalty),
        EventRecord.Scalar(tag: "epoch/validationLoss", value: loss),
        EventRecord.Scalar(tag: "epoch/validationCorrelation", value: correlation),
      ] + likelihoodValues.scalars(of: "epoch"))
  }
}

extension LikelihoodValues {
  /// Returns the values of the parameters for TensorBoard, in a group.
  fileprivate func scalars(of group: String) -> [EventRecord.Scalar] {
    named.map { EventRecord.Scalar(tag: "\(group)/\($0.parameter.name)", value: $0.value) }
  }
}
