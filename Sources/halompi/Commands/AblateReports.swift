internal import Ablations
internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import HDF5

/// Tells how far the runs of an ablation are.
struct AblateStatus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "Show how far each run is: progress, epochs, best loss, time left, why it failed.",
    discussion: """
      Everything is read from the files of the runs, so it may be asked at any time and from any host \
      that sees them. A run whose job was killed is called preempted: it goes on from its checkpoint.

        halompi ablate status jobs/gadget.yaml
      """)

  @OptionGroup var options: ExperimentOptions

  @Flag(help: "Print JSON instead of a table.")
  var json = false

  func run() throws {
    try reportingFailures {
      let table = StatusTable(try options.ablation().statuses())
      try json ? Console.output.give(table.json, terminator: "") : Console.output.show(table)
    }
  }
}

/// Compares the finished runs of an ablation.
struct AblateSummarize: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "summarize",
    abstract: "Compare the variants, seed by seed, and say which runs are missing.",
    discussion: """
      For each variant after the first: the mean over the seeds of its difference from the first, with \
      the 95 % interval of Student's t, in the validation likelihood of the best epoch (negative, so \
      less is better) and, of runs that have predicted, correlation and scatter.

        halompi ablate summarize jobs/gadget.yaml --json
      """)

  @OptionGroup var options: ExperimentOptions

  @Flag(help: "Print JSON instead of lines.")
  var json = false

  func run() throws {
    try reportingFailures {
      let summary = try options.ablation().summary()
      try json ? Console.output.give(summary.json, terminator: "") : Console.output.show(summary)
    }
  }
}

extension ExperimentOptions {
  /// The ablation, in a process that is alone.
  fileprivate func ablation() throws -> Ablation {
    startHDF5()
    return try ablation(
      of: Experiment(contentsOf: experiment, overrides: overrides))
  }
}
