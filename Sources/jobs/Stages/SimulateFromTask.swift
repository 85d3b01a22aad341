internal import Foundation
package import MPI
internal import ParticleMesh
package import Progress
internal import Runs
package import Simulations

/// Simulates from the initial snapshot of another code: the same universe with our particle mesh.
///
/// The linear modes are found in the displacements of the snapshot's particles, so that what the particle
/// mesh makes of them can be compared with what the other code made, particle by particle: the IDs written
/// are those of the snapshot. Box, particles and cosmology are the snapshot's.
package struct SimulateFromTask: Sendable {
  private let snapshot: String
  private let settings: UniverseSettings
  private let folder: SimulationFolder

  /// Makes the task.
  ///
  /// - Parameters:
  ///   - snapshot: The initial snapshot, or the first file of several.
  ///   - settings: The particle mesh, the halo finder and the checkpoints; box, particles and cosmology must
  ///     be the defaults or those of the snapshot.
  ///   - output: The folder of the simulation.
  package init(_ snapshot: String, settings: UniverseSettings, output: String) {
    self.snapshot = snapshot
    self.settings = settings
    folder = SimulationFolder(path: output)
  }

  /// Simulates unless the result is there; a simulation that was stopped goes on from its checkpoint.
  ///
  /// Collective.
  ///
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(on world: borrowing Communicator, progress: ProgressReporter) throws {
    let stage = Stage(
      name: "simulate", lockFile: "\(folder.path)/lock",
      provenanceFile: "\(folder.path)/provenance.json",
      threadsPerRank: settings.mesh.threads)
    try stage.run(on: world, progress: progress) {
      let initial = try InitialSnapshot(snapshot, on: world)
      let job = try world.agree {
        try initial.check(settings)
        return UniverseJob(
          universe: initial.universe(settings), phases: .snapshot(initial), folder: folder)
      }
      for warning in settings.mesh.warnings { progress.warn("warning: \(warning)") }
      let speaker = SimulationSpeaker(
        name: URL(filePath: folder.path).lastPathComponent, universe: job.universe,
        progress: progress)
      if try world.agree({ try job.isComplete() }) {
        progress.say("\(speaker.name): complete already")
      } else {
        speaker.conclude(try job.run(on: world) { speaker.tell($0) })
      }
    }
  }
}
