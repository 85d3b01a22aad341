internal import Experiments
internal import Failures
internal import Foundation
internal import Hardware
internal import Runs
package import Schedulers
internal import Text
internal import Training

/// The report of what the jobs of a run directory took of the machines: each start of each stage, by the records beside the results.
package struct UsageReport: Codable, Hashable, Sendable {
  /// How a start ended.
  enum End: String, Codable, Hashable, Sendable {
    /// It returned: its results are complete, or it stopped as it was asked to.
    case returned

    /// An error ended it.
    case failed

    /// It is at work.
    case running

    /// It left no word of its end: killed, out of memory, with its host, or by an older halompi.
    case silent
  }

  /// One start of a stage.
  struct Start: Codable, Hashable, Sendable {
    /// The stage, and what it made, such as `train raw-seed1`.
    var stage: String

    /// The time of the start, in UTC (ISO 8601).
    var started: String

    /// The job of the scheduler that it was part of; `nil` if it was started by hand.
    var job: BatchJob?

    /// The ranks.
    var ranks: Int

    /// How it ended.
    var end: End

    /// The time that it took [s].
    var seconds: Double?

    /// The processors that the ranks could use, over all hosts.
    var processors: Int?

    /// The share of these that was at work.
    var processorShare: Double?

    /// The largest memory of a host [bytes].
    var peakMemory: Int?

    /// The memory of a host that was planned for [bytes].
    var plannedMemory: Int?

    /// The share of the steps in which threads waited for sub-boxes, of a training.
    var dataWait: Double?

    /// The share of the steps in which ranks waited for the sums of gradients and for slower ranks, of a training.
    var sumsWait: Double?

    /// The time in the queue [s], where the scheduler keeps accounts.
    var queueSeconds: Double?

    /// The state of the job in the accounts of the scheduler.
    var jobState: String?
  }

  /// The starts, by stage in the order of the stages, and the earliest first.
  private(set) var starts: [Start]

  /// The reason why the accounts of the scheduler are not in the report; `nil` if they are or there is no job of one.
  private(set) var accountsProblem: String?

  /// Reads the records of a run directory.
  ///
  /// - Parameters:
  ///   - path: The run directory.
  ///   - queue: The way to the commands of the scheduler.
  /// - Throws: `Failure` if no job has left a record there, or a record cannot be read.
  package init(of path: String, asking queue: SchedulerQueue = SchedulerQueue()) throws {
    starts = []
    for folder in Self.folders(in: path) {
      let file = "\(path)/\(folder.path)/provenance.json"
      guard FileManager.default.fileExists(atPath: file) else { continue }
      let isHeld = DirectoryLock.isHeld("\(path)/\(folder.path)/lock")
      let records = try Provenance.starts(in: file)
      for (index, record) in records.enumerated() {
        let isLast = index == records.count - 1
        var start = Start(record, of: folder.stage, isHeld: isHeld && isLast)
        if isLast, folder.isTraining { start.addWaits(of: record, in: "\(path)/\(folder.path)") }
        starts.append(start)
      }
    }
    guard !starts.isEmpty else { throw Self.nothingToReport(in: path) }
    addAccounts(by: queue)
  }

  /// The report as JSON, with sorted keys.
  package var json: String {
    get throws {
      String(decoding: try JSONEncoder.stable().encode(self), as: UTF8.self)
    }
  }

  /// Adds what the scheduler tells of the jobs.
  private mutating func addAccounts(by queue: SchedulerQueue) {
    do throws(SchedulerError) {
      guard let accounts = try JobAccounting.ask(after: starts.compactMap(\.job), by: queue) else {
        return
      }
      for index in starts.indices {
        guard let job = starts[index].job, job.scheduler == .slurm else { continue }
        let entry = accounts.entries[job.number]
        (starts[index].queueSeconds, starts[index].jobState) = (entry?.queueSeconds, entry?.state)
      }
    } catch {
      accountsProblem = error.description
    }
  }

  private static func nothingToReport(in path: String) -> Failure {
    Failure(
      .missingInput, "looking for the records of jobs in \(Quoting.terminal(path))",
      because: "no stage has left a provenance.json there",
      remedy: "give a run directory, such as runs/quickstart, in which a stage has run")
  }
}

extension UsageReport {
  /// A folder of results.
  struct Folder {
    /// The path in the run directory.
    var path: String

    /// The stage, and what it made.
    var stage: String

    /// Whether it is that of a training.
    var isTraining: Bool { stage.hasPrefix("train ") }
  }

  /// The folders in which stages leave records, in the order of the stages.
  private static func folders(in path: String) -> [Folder] {
    func named(_ folder: String, _ stage: String) -> [Folder] {
      ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/\(folder)")) ?? [])
        .filter { TrainingName(folder: $0) != nil }.sorted()
        .map { Folder(path: "\(folder)/\($0)", stage: "\(stage) \($0)") }
    }
    return [
      Folder(path: "simulations", stage: "simulate"), Folder(path: "fields", stage: "prepare"),
    ] + named("training", "train") + named("predictions", "predict")
      + [Folder(path: "report", stage: "analyze")]
  }
}

extension UsageReport.Start {
  /// Takes what a record tells.
  fileprivate init(_ record: Provenance, of stage: String, isHeld: Bool) {
    let end: UsageReport.End =
      record.usage.map { $0.hasFailed ? .failed : .returned } ?? (isHeld ? .running : .silent)
    self.init(
      stage: stage, started: record.started, job: record.job, ranks: record.ranks, end: end,
      seconds: record.usage?.seconds, plannedMemory: record.plannedMemory)
    guard let usage = record.usage, !usage.hosts.isEmpty else { return }
    let processors = usage.hosts.map(\.processors).saturatingSum
    self.processors = processors
    peakMemory = usage.hosts.map(\.peakMemory).max()
    let capacity = usage.seconds * Double(processors)
    guard capacity > 0 else { return }
    processorShare = usage.hosts.map(\.processorSeconds).reduce(0, +) / capacity
  }

  /// Adds the waits in the steps of a training, by the log of all its starts.
  ///
  /// - Parameters:
  ///   - record: The last start.
  ///   - folder: The folder of the training.
  fileprivate mutating func addWaits(of record: Provenance, in folder: String) {
    let steps = (try? TrainingTimings(contentsOf: "\(folder)/timings.jsonl"))?.steps ?? []
    let seconds = steps.map(\.seconds).reduce(0, +)
    guard seconds > 0 else { return }
    let threads = record.threadsPerRank ?? processors.map { max(1, $0 / max(1, ranks)) }
    dataWait = threads.map {
      steps.reduce(0) { $0 + ($1.fetchWaitMean ?? 0) } / Double($0) / seconds
    }
    sumsWait = steps.reduce(0) { $0 + ($1.reductionWaitMean ?? 0) } / seconds
  }
}
