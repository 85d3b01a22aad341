internal import Ablations
internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import MPI

/// Writes the manifest of an ablation.
struct AblateExpand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "expand",
    abstract: "Write the manifest of an ablation, and list its runs.",
    discussion: """
      Prints the index and name of each run, tab-separated; with --unfinished those that are neither done \
      nor running, with --only-failed those that failed or were interrupted. A manifest that is there \
      and has other runs is not replaced; seeds may be added.

        halompi ablate expand jobs/gadget.yaml --unfinished
      """)

  @OptionGroup var options: ExperimentOptions

  @Flag(help: "List only runs that are neither done nor running.")
  var unfinished = false

  @Flag(help: "List only runs that failed or were interrupted.")
  var onlyFailed = false

  func run() throws {
    try runJob { world in
      let experiment = try options.load(on: world)
      let directory = RunDirectory(of: experiment, runs: options.runs)
      let runs = try world.agree { () throws -> [AblationRun] in
        let ablation = try Ablation(experiment, in: directory)
        guard world.isRoot else { return [] }
        try ablation.writeManifest(host: world.place().host)
        guard unfinished || onlyFailed else { return ablation.manifest.runs }
        return try ablation.unfinishedRuns(onlyFailed: onlyFailed)
      }
      try world.agree {
        guard !runs.isEmpty else { return }
        try Console.output.give(runs.map { "\($0.index)\t\($0.name)" }.joined(separator: "\n"))
      }
    }
  }
}
