package import Experiments
internal import Failures
package import MPI
package import SubBoxes
internal import Training

/// The resources that a run shares with others in the same processes or on the same nodes.
///
/// None of it changes a result.
package struct RunResources: Sendable {
  /// The fields of training and validation, if all runs cut their boxes from the same.
  package var fields: (any SubBoxSource)?

  /// The threads that compute on each rank, where the settings leave it open.
  package var threadsPerRank: Int?

  /// The source that a training cuts boxes from, if not that of the experiment.
  var trainingStream: StreamSettings?

  /// The source that a prediction cuts boxes from, if not that of the experiment.
  var predictionStream: StreamSettings?

  /// Shares nothing: a run that is alone in its processes and on its nodes.
  package init() {}

  /// Returns an experiment with the given source of boxes and the threads, where these are shared.
  func limiting(_ experiment: Experiment, to stream: StreamSettings?) -> Experiment {
    var experiment = experiment
    experiment.stream = stream ?? experiment.stream
    experiment.training.threadsPerRank =
      experiment.training.threadsPerRank ?? threadsPerRank
    return experiment
  }

  /// Shares the cores, the memory and, if they can be, the fields of nodes among teams.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - runs: The experiments of the runs.
  ///   - directory: The run directory of the field files.
  ///   - ranks: The ranks of all teams.
  ///   - teams: The number of teams.
  /// - Throws: `AgreedFailure` if a field file is missing or cannot be read.
  package init(
    of runs: [Experiment], in directory: RunDirectory, on ranks: borrowing Communicator, teams: Int
  ) throws {
    threadsPerRank = try availableThreads(on: ranks)
    guard let first = runs.first else { return }
    let node = try ranks.splitByNode()
    let teamsPerNode = max(1, (teams * node.size + ranks.size - 1) / ranks.size)
    let simulations = first.simulations(of: .training) + first.simulations(of: .validation)
    let files = try ranks.agree { () throws(Failure) in
      try first.requireTraining()
      return try directory.existingFields(of: simulations)
    }
    let isShared = runs.allSatisfy {
      $0.fields.networkInput == first.fields.networkInput && $0.stream == first.stream
    }
    var remaining = first.stream
    if isShared {
      let store = try first.fields.networkInput.open(files, settings: first.stream, on: ranks)
      fields = store
      let used = store.mode == .resident ? (store.bytes + (1 << 20) - 1) >> 20 : 0
      remaining.memoryBudget = max(1, remaining.memoryBudget - used)
    }
    remaining.memoryBudget = max(1, remaining.memoryBudget / teamsPerNode)
    if remaining.mode == .resident { remaining.mode = .auto }
    if !isShared { trainingStream = remaining }
    predictionStream = remaining
  }
}
