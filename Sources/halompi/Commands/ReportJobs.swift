internal import ArgumentParser
internal import Workshop

/// Tells what the jobs of a run took of the machines.
struct ReportJobs: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what the jobs of a run took, and what to ask for next time.",
    discussion: """
      Reads the records that each start of a stage leaves beside its results, of every job so far: how long it \
      took and how it ended, the share of the processors that was at work, the largest memory of a node beside what \
      was planned, and of trainings how much of the steps was waiting for sub-boxes and for the sums of other ranks. \
      On a cluster with Slurm, `sacct` adds the time in the queue, and what became of jobs that left no word. The \
      last lines can go into the section `cluster` of the experiment.

        halompi report-jobs runs/quickstart
        halompi report-jobs runs/paper --json
      """)

  @Argument(help: "A run directory.", completion: .directory)
  var directory: String

  @Flag(help: "Print the report as JSON.")
  var json = false

  func run() throws {
    try reportingFailures {
      let report = try UsageReport(of: directory)
      try Console.output.show(json ? report.json : report.text)
    }
  }
}
