internal import ArgumentParser
internal import Experiments
internal import MPI
internal import Stages

/// Simulates universes.
struct Simulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Simulate the realizations of an experiment that have a seed, or another code's.",
    discussion: """
      Makes for each the particles at the initial redshift (Zel'dovich), evolves the same phases with \
      a particle mesh (FastPM steps from a 2LPT start), finds the halos, and writes snapshots and \
      catalogue in the layout of GADGET-4. The files have the same bytes for any number of ranks. \
      Complete simulations are skipped; one that was killed goes on from its checkpoint. \
      SIGTERM, SIGUSR1 and SIGHUP end the job after the step under way, with a checkpoint and exit code 75.

        halompi simulate jobs/quickstart.yaml
        mpirun -n 16 halompi simulate jobs/paper.yaml --set universe.ranksPerSimulation=4

      With --from it makes one simulation from the phases of another code's initial snapshot instead, in \
      a folder of its own: box, particles, cosmology and IDs are the snapshot's, its displacements are \
      undone to the linear modes that made them, and particle mesh and halo finder are those of the \
      universe section of the experiment file, or the defaults without one. The result can be \
      compared with the other code's particle by particle (halompi check universe), or listed in an \
      experiment beside the snapshot as initial, final and catalogue.

        halompi simulate --from ics_z99.hdf5 --output twin --set universe.mesh.steps.count=60
      """)

  @Argument(
    help: "The experiment file (YAML); not needed with --from.",
    completion: .file(extensions: ["yaml", "yml"]))
  var experiment: String?

  @Option(help: ArgumentHelp("The initial snapshot of another code.", valueName: "snapshot"))
  var from: String?

  @Option(help: ArgumentHelp("The folder of the simulation made with --from.", valueName: "dir"))
  var output: String?

  @OptionGroup var changes: ChangeOptions

  func validate() throws {
    if from == nil && experiment == nil {
      throw ValidationError("Give an experiment file, or a snapshot with --from.")
    }
    if (from == nil) != (output == nil) {
      throw ValidationError("--from and --output belong together: a snapshot and a folder.")
    }
  }

  func run() throws {
    try runJob { world in
      let experiment = try changes.begin(experiment, on: world)
      let directory = RunDirectory(of: experiment, runs: changes.runs)
      let progress = changes.progress(in: output ?? directory.path, isSilent: !world.isRoot)
      if let from, let output {
        try SimulateFromTask(from, settings: experiment.universe, output: output)
          .run(on: world, progress: progress)
      } else {
        try SimulateTask(experiment, in: directory).run(on: world, progress: progress)
      }
    }
  }
}
