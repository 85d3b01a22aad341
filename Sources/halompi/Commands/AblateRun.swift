internal import Ablations
internal import ArgumentParser
internal import Failures
internal import MPI
internal import Training

/// Executes one run of an ablation.
struct AblateRun: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run",
    abstract: "Train one run of an ablation, or go on where it was stopped, and let it predict.",
    discussion: """
      The manifest must be there (halompi ablate expand). Signals, time limit and exit codes are those of \
      halompi train; a failure is also put on record in the run's folder (failure.json).

        mpirun -n 8 halompi ablate run jobs/gadget.yaml raw-seed3
        srun halompi ablate run jobs/gadget.yaml $SLURM_ARRAY_TASK_ID
      """)

  @OptionGroup var options: ExperimentOptions

  @Argument(help: "The run: its name, such as raw-seed3, or its index in the manifest.")
  var name: String

  @OptionGroup var limits: TimeLimitOption

  func run() throws {
    var failureFile: String?
    let outcome = try runJob(recording: { recordFailure($0, to: failureFile) }) { world in
      let experiment = try options.begin(on: world)
      let task = try world.agree {
        let ablation = try options.ablation(of: experiment)
        return try AblationRunTask(
          ablation.run(name), of: ablation, timeLimit: limits.timeLimit)
      }
      failureFile = task.failureFile
      return try task.run(on: world, progress: options.progress(of: experiment, on: world))
    }
    if outcome == .stopped { throw ExitCode(JobExitCode.resumableStop.rawValue) }
  }
}

/// Puts the error that ended a run on record, if it is a failure of the run; `file` is where, if it is
/// known.
func recordFailure(_ error: any Error, to file: String?) {
  guard let file, let failure = AblationRunTask.failure(of: error) else { return }
  do {
    try failure.write(to: file)
  } catch {
    Console.error.say("halompi: the failure is not on record: \(error)\n")
  }
}
