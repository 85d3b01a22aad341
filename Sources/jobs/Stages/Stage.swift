internal import DurableFiles
internal import Experiments
internal import Foundation
internal import Heartbeat
internal import MPI
internal import Progress
internal import Runs

/// The frame of a stage: what all stages of a run do before and after their work.
///
/// Only one job at a time writes in a folder of results; the record of how they were made is kept beside
/// them; and a user is told which settings differ from those of the job before.
struct Stage {
  /// The files that go into a stage, for its provenance.
  struct Inputs {
    /// The paths of files whose checksums are put on record.
    var files: [String] = []

    /// The paths of field files, whose fingerprints are put on record.
    var fieldFiles: [String] = []

    /// The memory of a node that the stage may take by its plan [bytes]; `nil` without one.
    var plannedMemory: Int?
  }

  /// The name of the stage, as the command that runs it.
  var name: String

  /// The file that is locked; `nil` if the caller holds the lock already.
  var lockFile: String?

  /// The file that tells how the results were made.
  var provenanceFile: String

  /// The threads that compute on each rank, where the settings have a say in it.
  var threadsPerRank: Int?

  /// Puts the settings on record, and returns those that differ from the job before.
  var recordSettings: () throws -> [SettingsDifference] = { [] }

  /// The place whose settings are on record, as a note to the user calls it, such as "run directory".
  var place = "run directory"

  /// Does the work, with the lock held and everything on record.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: The ranks.
  ///   - progress: Is told of settings that differ; it speaks on rank 0.
  ///   - begin: Checks what the work needs, and names the files of it. Collective, called with the lock held.
  ///   - work: The work, given what `begin` made ready. Collective.
  /// - Returns: The result of `work`.
  /// - Throws: `LockError` in an `AgreedFailure` if another job writes there, and what the closures throw.
  func run<Material, Result>(
    on world: borrowing Communicator, progress: ProgressReporter,
    begin: () throws -> (Material, Inputs), work: (Material) throws -> Result
  ) throws -> Result {
    Heartbeat.begin("taking the lock")
    let lock = try lockFile.map { try LockHolder($0, on: world) }
    let folder = URL(filePath: provenanceFile).deletingLastPathComponent().path
    let result = try progress.keepingRecord(of: name, in: folder, if: world.isRoot) {
      try execute(on: world, progress: progress, begin: begin, work: work)
    }
    lock?.release()
    return result
  }

  private func execute<Material, Result>(
    on world: borrowing Communicator, progress: ProgressReporter,
    begin: () throws -> (Material, Inputs), work: (Material) throws -> Result
  ) throws -> Result {
    let meter = JobMeter()
    if world.isRoot {
      DurableFile.removeTemporaries(
        below: URL(filePath: provenanceFile).deletingLastPathComponent().path)
    }
    Heartbeat.begin("checking what goes in")
    let (material, inputs) = try begin()
    Heartbeat.begin("recording what goes in")
    let provenance = try Provenance.collect(
      on: world, threadsPerRank: threadsPerRank, inputs: inputs.files,
      fieldFiles: inputs.fieldFiles, plannedMemory: inputs.plannedMemory)
    try world.agree {
      for difference in world.isRoot ? try recordSettings() : [] {
        progress.say("note: \(difference), unlike in the last job of this \(place)")
      }
      try provenance?.append(to: provenanceFile)
    }
    Heartbeat.begin("beginning its work")
    let result: Result
    do {
      result = try work(material)
    } catch {
      provenance?.add(meter.failure, to: provenanceFile)
      throw error
    }
    Heartbeat.begin("recording what it took")
    if let usage = try meter.end(on: world) { provenance?.add(usage, to: provenanceFile) }
    return result
  }

  /// Does work that needs nothing made ready.
  ///
  /// Collective.
  func run<Result>(
    on world: borrowing Communicator, progress: ProgressReporter, work: () throws -> Result
  ) throws -> Result {
    try run(on: world, progress: progress, begin: { ((), Inputs()) }, work: work)
  }
}
