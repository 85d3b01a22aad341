internal import Heartbeat
internal import ParticleMesh
package import Progress
internal import Text

/// Tells of the course of one simulation.
package struct SimulationSpeaker {
  package let name: String
  let universe: UniverseSettings
  let progress: ProgressReporter

  /// Makes the value of its parts.
  package init(name: String, universe: UniverseSettings, progress: ProgressReporter) {
    self.name = name
    self.universe = universe
    self.progress = progress
  }

  /// Tells what a job is doing.
  package func tell(_ event: UniverseJob.Event) {
    let steps = universe.mesh.steps.count
    switch event {
    case .phase(let phase):
      Heartbeat.begin("simulating \(name), \(phase)")
      progress.say("\(name): \(phase)")
    case .resumed(let step):
      progress.say("\(name): going on from the checkpoint of step \(step)")
      progress.begin(
        ProgressPhase("simulating \(name)", unit: "steps", total: steps, start: step))
    case .step(let step):
      if step.completedSteps == 1 {
        progress.begin(ProgressPhase("simulating \(name)", unit: "steps", total: steps))
      }
      progress.advance(to: step.completedSteps, note: "z = \(digits(step.redshift))")
      if step.completedSteps == steps { progress.end() }
    }
  }

  /// Tells what a job came to.
  package func conclude(_ result: UniverseJob.Result) {
    let n = universe.gridSize
    let share = Double(result.halosParticles) / Double(n * n * n)
    progress.end()
    progress.say(
      "\(name): \(n)^3 particles of \(digits(result.particleMass)) Msun, \(result.halos) halos "
        + "with \(digits(100 * share)) % of them, the largest with \(result.largest), in "
        + "\(digits(result.seconds)) s")
  }
}
