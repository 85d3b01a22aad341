package import Experiments
package import Simulations

extension HaloAbundance {
  /// Counts the halos of the simulations that an experiment has made.
  ///
  /// - Throws: A `JobFailure` if one of them is missing, or if all have files.
  package init(_ experiment: Experiment, in directory: RunDirectory) throws {
    let simulations = experiment.simulations.filter { $0.seed != nil }
    guard !simulations.isEmpty else { throw NothingToSimulateError() }
    try self.init(
      of: simulations.map { directory.simulation($0.name) }, universe: experiment.universe)
  }
}
