internal import Experiments
package import Failures
package import Foundation
internal import SubBoxes
package import Training

/// Follows one training by its files, which another process writes.
package struct TrainingMonitor: Sendable {
  /// The state of the job that trains.
  package enum State: Hashable, Sendable {
    /// A job holds the folder and is alive, or was heard of lately.
    case running

    /// No job is at work; the same command goes on.
    case stopped

    /// The last epoch is over.
    case complete
  }

  /// The folder of the training.
  package let directory: String

  /// The numbers of its steps and epochs.
  package private(set) var metrics = TrainingMetrics()

  /// The times of its steps.
  package private(set) var timings = TrainingTimings()

  /// The state of the job.
  package private(set) var state = State.stopped

  /// The steps of an epoch, once they are known.
  package private(set) var stepsPerEpoch: Int?

  /// The largest number of epochs, once it is known.
  package private(set) var epochLimit: Int?

  /// The time at which `timings.jsonl` last changed.
  package private(set) var lastChange: Date?

  private var metricsTail: LogTail
  private var timingsTail: LogTail

  /// Begins to follow a training; nothing is read yet.
  package init(_ directory: String) {
    self.directory = directory
    metricsTail = LogTail("\(directory)/metrics.jsonl")
    timingsTail = LogTail("\(directory)/timings.jsonl")
  }

  /// The name of the training, such as `raw-seed1`.
  package var name: String { URL(filePath: directory).standardizedFileURL.lastPathComponent }

  /// The trainings of a run directory, or the one whose folder it is.
  ///
  /// - Parameter path: A run directory, its folder `training`, or the folder of one training.
  /// - Returns: The folders, sorted by name; none if there is no training.
  package static func folders(in path: String) -> [String] {
    func isTraining(_ folder: String) -> Bool {
      ["metrics.jsonl", "lock", "checkpoints"].contains {
        FileManager.default.fileExists(atPath: "\(folder)/\($0)")
      }
    }
    for folder in ["\(path)/training", path] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      let trainings = names.sorted().map { "\(folder)/\($0)" }
        .filter { FileManager.default.fileExists(atPath: "\($0)/metrics.jsonl") }
      if !trainings.isEmpty { return trainings }
    }
    return isTraining(path) ? [path] : []
  }

  /// Reads what is new.
  ///
  /// - Throws: `TrainingError` if a log has lines that halompi does not write.
  package mutating func update() throws {
    if let part = try metricsTail.read() {
      if part.isBeginning { metrics = TrainingMetrics() }
      try metrics.add(part.text, from: "\(directory)/metrics.jsonl")
    }
    if let part = try timingsTail.read() {
      if part.isBeginning { timings = TrainingTimings() }
      try timings.add(part.text, from: "\(directory)/timings.jsonl")
    }
    let attributes = try? FileManager.default.attributesOfItem(
      atPath: "\(directory)/timings.jsonl")
    lastChange = attributes?[.modificationDate] as? Date
    let outline = CheckpointOutline.newest(in: directory)
    findLength(outline)
    state =
      if let outline, outline.isComplete, (metrics.steps.last?.step ?? 0) <= outline.step {
        .complete
      } else {
        isAtWork ? .running : .stopped
      }
  }

  /// The step that the training ends with at the latest, once it is known.
  var lastStep: Int? {
    guard let stepsPerEpoch, let epochLimit else { return nil }
    return stepsPerEpoch * epochLimit
  }

  /// The time that the remaining steps take, without validations [s].
  package var secondsLeft: Double? {
    guard state == .running, let lastStep, let done = metrics.steps.last?.step,
      let seconds = timings.medianSeconds(ofLast: 50)
    else { return nil }
    return Double(max(0, lastStep - done)) * seconds
  }

  /// Reads the experiment of the last job here, with the variant that the folder of the training tells.
  private func experiment() -> Experiment? {
    guard var experiment = try? Experiment(contentsOf: "\(directory)/../../experiment.yaml") else {
      return nil
    }
    let variant = name.prefix { $0 != "-" }
    experiment.training.variant =
      BoxKind(rawValue: String(variant)) ?? experiment.training.variant
    return experiment
  }

  /// Finds the number of steps, from a checkpoint or from the experiment before there is one.
  private mutating func findLength(_ outline: CheckpointOutline?) {
    var training = TrainingSettings()
    var samples: Int?
    if let settings = outline?.settings {
      samples = outline?.trainingSamples
      if let text = settings["training.batchSize"], let size = Int(text) {
        training.batchSize = size
      }
      training.variant = settings["training.variant"].flatMap(BoxKind.init) ?? .raw
      // What the settings leave open depends on the input, which only the experiment tells.
      training.epochs =
        settings["training.epochs"].flatMap { Int($0) } ?? experiment()?.effectiveTraining.epochs
    } else if epochLimit == nil, let experiment = experiment() {
      training = experiment.effectiveTraining
      samples = experiment.sampling.trainingSamples
    } else {
      return
    }
    epochLimit = training.epochLimit
    if let epoch = metrics.epochs.last {
      stepsPerEpoch = epoch.step / (epoch.epoch + 1)
    } else if let samples, samples > 0 {
      stepsPerEpoch = samples / training.batchSize
    }
  }

  /// Whether the process that the lock file names is alive, or, on another host, was heard of lately.
  private var isAtWork: Bool {
    guard let holder = try? String(contentsOfFile: "\(directory)/lock", encoding: .utf8),
      let words = holder.wholeMatch(of: /process (\d+) on (.*)\n?/),
      let process = Int32(words.output.1)
    else { return false }
    if words.output.2 == ProcessInfo.processInfo.hostName {
      return kill(process, 0) == 0 || errno == EPERM
    }
    let silence = lastChange.map { Date().timeIntervalSince($0) } ?? .infinity
    return silence < 120 + 20 * (timings.medianSeconds(ofLast: 50) ?? 0)
  }
}

extension TrainingMonitor {
  /// Returns the failure of watching a folder in which there is no training.
  package static func nothingToWatch(in directory: String) -> Failure {
    Failure(
      .missingInput, "looking for stages at work in \(directory)",
      because: "no stage keeps a progress.json there, and no training a metrics.jsonl",
      remedy: "give a run directory, such as runs/quickstart, in which halompi works or has trained"
    )
  }
}
