internal import Analysis
package import Experiments
package import Failures
internal import Fields
internal import Foundation
package import Hardware
internal import Networks
internal import Schedulers
internal import Simulations
package import SubBoxes
package import Training

/// A prediction of the demands of an experiment on a cluster before anything runs, and the facts behind it.
package struct ExperimentPlan: Sendable {
  /// The nodes, ranks and threads that a plan is made for.
  package struct Layout: Codable, Hashable, Sendable {
    /// The number of nodes.
    package var nodes: Int

    /// The ranks of each node.
    package var ranksPerNode: Int

    /// The threads that compute on each rank.
    package var threads: Int

    /// Names a layout.
    package init(nodes: Int, ranksPerNode: Int, threads: Int) {
      self.nodes = nodes
      self.ranksPerNode = ranksPerNode
      self.threads = threads
    }

    /// The layout that the section `cluster` of an experiment asks for.
    package init(of experiment: Experiment) {
      let cluster = experiment.cluster
      self.init(
        nodes: cluster.nodes, ranksPerNode: cluster.ranksPerNode,
        threads: experiment.training.threadsPerRank ?? cluster.coresPerRank)
    }
  }

  /// The experiment.
  package let experiment: Experiment

  /// The nodes, ranks and threads.
  package let layout: Layout

  /// The memory by term.
  package let memory: MemoryPlan

  /// The memory of `halompi simulate` by term; `nil` if nothing is simulated.
  let universeMemory: UniverseMemory?

  /// The memory of a node.
  package let nodeMemory: NodeMemory

  /// The time of a sample on one thread.
  package let time: SampleTime

  /// The messages of a training.
  package let messages: MessageVolume

  /// The model of a step on any number of workers.
  package let scaling: ScalingModel

  /// The ranks that compute.
  package let workers: Int

  /// Makes a plan.
  ///
  /// - Parameters:
  ///   - experiment: The experiment; field files that exist already tell the sizes of their simulations.
  ///   - directory: The run directory of the field files.
  ///   - layout: The nodes, ranks and threads.
  ///   - program: The memory of a process before it has any data [bytes].
  ///   - nodeMemory: The memory of a node.
  ///   - time: The time of a sample on one thread.
  ///   - costs: The costs of messages and files.
  ///   - perturbations: The perturbations after which is predicted too.
  ///   - averagesSensitivity: Whether gradients of predictions are averaged too.
  /// - Throws: `Failure` if the size of a simulation is not known yet, and what
  ///   ``MemoryPlan/init(of:program:)`` and ``UniverseMemory/init(of:ranks:ranksPerNode:program:)`` throw.
  package init(
    of experiment: Experiment, in directory: RunDirectory, layout: Layout, program: Int,
    nodeMemory: NodeMemory, time: SampleTime, costs: ScalingModel.Costs,
    perturbations: [Perturbation] = [], averagesSensitivity: Bool = false
  ) throws {
    self.experiment = experiment
    self.layout = layout
    self.nodeMemory = nodeMemory
    self.time = time
    let demand = try MemoryDemand(
      of: experiment, in: directory, ranks: layout.nodes * layout.ranksPerNode,
      ranksPerNode: layout.ranksPerNode, threads: layout.threads)
    var parts: [PredictionPart] = []
    if !perturbations.isEmpty || averagesSensitivity {
      let predicting = try MemoryDemand(
        of: experiment, in: directory, ranks: layout.nodes * layout.ranksPerNode,
        ranksPerNode: layout.ranksPerNode, threads: layout.threads, predicts: true)
      parts = try predicting.responses(to: perturbations)
      if averagesSensitivity {
        parts.append(try predicting.sensitivity(bins: experiment.analysis.massEdges.count - 1))
      }
    }
    memory = try MemoryPlan(of: demand, program: program, parts: parts)
    universeMemory =
      experiment.simulations.contains { $0.seed != nil }
      ? try UniverseMemory(
        of: experiment.universe, ranks: layout.nodes * layout.ranksPerNode,
        ranksPerNode: layout.ranksPerNode, program: program) : nil
    messages = MessageVolume(of: demand)
    workers = demand.workers
    scaling = ScalingModel(
      batchSize: experiment.training.batchSize, threads: layout.threads,
      workersPerNode: layout.ranksPerNode, sampleSeconds: time.training,
      updateSeconds: time.update, sums: messages.sumsPerStep,
      bytesPerSample: try demand.fieldsAreResident() ? 0 : demand.streamedBytesPerSample,
      costs: costs)
  }

  /// Checks that a node can hold the training, and this machine the network, before a sample is timed.
  ///
  /// - Parameters:
  ///   - experiment: The experiment; field files that exist already tell the sizes of their simulations.
  ///   - directory: The run directory of the field files.
  ///   - layout: The nodes, ranks and threads.
  ///   - program: The memory of a process before it has any data [bytes].
  ///   - nodeMemory: The memory of a node.
  /// - Throws: `Failure` that names the largest term, also if only this machine is too small.
  package static func checkMeasurement(
    of experiment: Experiment, in directory: RunDirectory, layout: Layout, program: Int,
    nodeMemory: NodeMemory
  ) throws {
    do {
      try SampleTime.checkMemory(
        experiment.architecture, kernels: experiment.training.kernels, limit: .ofThisNode())
    } catch let error as Failure {
      let demand = try MemoryDemand(
        of: experiment, in: directory, ranks: layout.nodes * layout.ranksPerNode,
        ranksPerNode: layout.ranksPerNode, threads: layout.threads)
      try MemoryPlan(of: demand, program: program).check(against: nodeMemory)
      throw error
    }
  }

  /// Checks that a node can hold the training and the simulations.
  ///
  /// - Throws: `Failure` that names the largest term.
  package func checkMemory() throws(Failure) {
    try memory.check(against: nodeMemory)
    try universeMemory?.check(against: nodeMemory)
  }

  /// The steps of an epoch.
  package var stepsPerEpoch: Int {
    experiment.sampling.trainingSamples / experiment.training.batchSize
  }

  /// The time of an epoch with its validation [seconds].
  func epochSeconds(workers: Int) -> Double {
    let slots = Double(workers * layout.threads)
    let validation = (Double(experiment.sampling.validationSamples) / slots).rounded(.up)
    return Double(stepsPerEpoch) * scaling.step(workers: workers).seconds
      + validation * time.prediction
  }

  /// The time of all runs of the ablation on these nodes, one after the other [hours of a node].
  var ablationNodeHours: Double {
    experiment.ablation.effectiveVariants.elements.reduce(0) { sum, variant in
      let run = try? experiment.overridden(by: variant, seed: 1)
      let epochs = (run ?? experiment).effectiveTraining.epochLimit
      return sum + Double(epochs * experiment.ablation.seeds.count)
    } * epochSeconds(workers: workers) / 3600 * Double(layout.nodes)
  }
}

extension MemoryDemand {
  /// The demand of an experiment's training, or with the simulations that are predicted in the place of those to learn
  /// from.
  ///
  /// - Throws: `Failure` if there is nothing to train on, or the size of a simulation is not known yet.
  init(
    of experiment: Experiment, in directory: RunDirectory, ranks: Int, ranksPerNode: Int,
    threads: Int, predicts: Bool = false
  ) throws {
    try experiment.requireTraining()
    let roles = predicts ? experiment.prediction.roles : [.training, .validation]
    let simulations = roles.flatMap { experiment.simulations(of: $0) }
    let sizes = try simulations.map { simulation in
      let path = directory.field(of: simulation.name)
      if simulation.seed != nil, !FileManager.default.fileExists(atPath: path) {
        return experiment.universe.gridSize
      }
      _ = try directory.existingFields(of: [simulation])
      let file = try FieldFile.open(path)
      let size = file.metadata.gridSize
      try file.close()
      return size
    }
    self.init(
      settings: experiment.training, sampling: experiment.sampling, streaming: experiment.stream,
      input: experiment.fields.networkInput, architecture: experiment.architecture,
      gridSizes: sizes,
      ranks: ranks,
      ranksPerNode: ranksPerNode, threadsPerRank: threads)
  }
}
