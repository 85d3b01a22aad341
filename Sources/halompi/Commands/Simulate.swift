import ArgumentParser
import Jobs
import MPI

/// Simulates universes.
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate the realisations of an experiment that have a seed.",
    discussion: """
      Makes for each the particles at the initial redshift (Zel'dovich), evolves the same phases with \
      a particle mesh (FastPM steps from a 2LPT start), finds the halos, and writes snapshots and \
      catalogue in the layout of GADGET-4. The files have the same bytes for any number of ranks. \
      Complete simulations are skipped; one that was killed goes on from its checkpoint. \
      SIGTERM and SIGUSR1 end the job after the step under way, with a checkpoint and exit code 75.

        halompi simulate jobs/quickstart.yaml
        mpirun -n 16 halompi simulate jobs/paper.yaml --set universe.ranksPerSimulation=4
      """)

  @OptionGroup var options: ExperimentOptions

  func run() throws {
    try runJob { world in
      let experiment = try options.load(on: world)
      try SimulateTask(experiment, in: RunDirectory(of: experiment, runs: options.runs))
        .run(on: world, progress: options.progress(on: world))
    }
  }
}
