internal import ArgumentParser
internal import Text

/// The root of the command line.
struct Halompi: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "halompi",
    abstract: "From the initial conditions of simulations to the masses of their halos, in batch.",
    discussion: """
      One experiment file (YAML) says everything; each command is one stage of it, and run is all \
      of them. They run serially or under mpirun with the same results to the last bit:

        mpirun -n 8 halompi run jobs/gadget.yaml
        halompi prepare jobs/gadget.yaml
        mpirun -n 8 halompi train jobs/gadget.yaml
        mpirun -n 8 halompi predict jobs/gadget.yaml
        halompi analyze jobs/gadget.yaml

      Exit codes: 0 done, 1 a check did not pass, 64 usage, 65 bad data, 66 missing input, 70 internal failure, \
      74 input/output, 75 stopped and resumable by the same command.
      """,
    version: halompiVersion,
    subcommands: [
      Run.self, Simulate.self, Prepare.self, Train.self, Predict.self, Ablate.self, Analyze.self,
      Export.self, Import.self, EstimateInformation.self, Watch.self, ReportJobs.self,
      Catalogue.self, Plan.self, Submit.self, SlurmCommand.self, Inspect.self, Doctor.self,
      Check.self, Settings.self,
      Benchmark.self,
      Completions.self, Manual.self,
    ])
}
