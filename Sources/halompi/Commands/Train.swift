import ArgumentParser
import Jobs
import MPI
import Training

/// Trains a network.
struct Train: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train a network on the field files of an experiment.",
    discussion: """
      Rank 0 coordinates (and trains too in a job of fewer than four ranks); the others stream \
      sub-boxes and compute. The result is the same bits for any number of ranks and threads.

        mpirun -n 8 halompi train jobs/gadget.yaml --set training.seed=3

      It stops after a checkpoint, with exit code 75, on SIGTERM or SIGUSR1, when a file `stop` \
      appears in the folder of the training, or when the time limit is near. The same command \
      resumes it, on any number of ranks.
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(
    help: ArgumentHelp(
      "Stop before this many minutes have passed; by default the end of the Slurm job counts.",
      valueName: "minutes"))
  var timeLimit: Double?

  func run() throws {
    try runJob { world in
      let progress = options.progress(on: world)
      let run = ExperimentRun(try options.load(on: world), runs: options.runs)
      let folder = run.training
      let plan = try world.agree { try run.trainingPlan() }
      let host = world.place().host
      let lock = try world.agree { () throws(LockError) -> DirectoryLock? in
        world.isRoot ? try DirectoryLock(file: folder.lockFile, host: host) : nil
      }
      for difference in try run.recordStart(
        on: world, in: folder.provenanceFile,
        threadsPerRank: run.experiment.training.threadsPerRank,
        inputs: {
          try (plan.trainingFiles + plan.validationFiles).map(Provenance.InputFile.init(fieldFile:))
        })
      {
        progress.say("changed since the last job of this run: \(difference)")
      }
      let narrator = TrainingNarrator(progress)
      var job = TrainingJob(plan)
      let stop = StopConditions(directory: folder.path, timeLimit: timeLimit.map { $0 * 60 })
      let outcome = try job.run(on: world, stop: stop, tell: narrator.tell)
      narrator.end()
      _ = consume lock
      try world.agree { () throws(ResumableStop) in
        if outcome == .stopped { throw ResumableStop("the training in \(folder.path)") }
      }
      if world.isRoot { print("model: \(folder.model)\nmetrics: \(plan.metricsPath)") }
    }
  }
}
