internal import Ablations
internal import ArgumentParser
internal import Experiments
internal import MPI
internal import Stages

/// Makes the report.
struct Analyze: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract:
      "Turn predictions into tables, figures and a page: information, residuals, collapse models.",
    discussion: """
      Takes the predictions of all models in the run directory, compares them on the particles that \
      all of them predicted, and writes report/report.json, tables.md and tables/*.csv, the same on any \
      number of ranks, and report/report.html with figures, which gnuplot draws if it is installed.

        mpirun -n 8 halompi analyze jobs/gadget.yaml
        halompi analyze jobs/gadget.yaml --set analysis.information.bootstraps=10
      """)

  @OptionGroup var options: ExperimentOptions

  func run() throws {
    try runJob { world in
      let experiment = try options.begin(on: world)
      let directory = RunDirectory(of: experiment, runs: options.runs)
      let ablation = try Ablation(experiment, in: directory)
      let task = AnalyzeTask(experiment, in: directory, missingRuns: ablation.missingPredictions)
      guard
        let report = try task.run(on: world, progress: options.progress(of: experiment, on: world))
      else {
        return
      }
      Console.output.say(
        """
        \(report)
        report          \(task.reportFile)
        page            \(task.page)

        """)
    }
  }
}
