package import Training

/// A model, and so a prediction, of the time that a step takes on many ranks.
///
/// A step is computing, the sums over the ranks, the update of the weights, and reading where fields are not in
/// memory:
///
///     computing  ceil(batch / (workers threads)) sampleSeconds, or (s + (1 - s) / n) sampleSeconds where n threads
///                share a sample, of which s cannot be shared
///     sums       3 (workers - 1) latency + bytes / bandwidth: each worker sends the others its sums of the
///                parameters that they own, and the means of those that it owns; the bytes are those that leave a node,
///                of all its workers, or on one node those of a worker
///     reading    the bytes of the boxes of a node / storage, as far as it takes longer than computing
///
/// The sum of the dense layers travels while the convolutions go backward, half of the computing of a sample, and
/// counts only as far as it takes longer. (Thakur, Rabenseifner, Gropp, "Optimization of Collective
/// Communication Operations in MPICH", IJHPCA 19, 49, 2005, doi:10.1177/1094342005051521, section 2.)
package struct ScalingModel: Hashable, Sendable {
  /// The costs of messages and files.
  package struct Costs: Codable, Hashable, Sendable {
    /// The time of the shortest message between nodes [seconds].
    package var latency = 2e-6

    /// The data rate of a connection [bytes per second].
    package var bandwidth = 10e9

    /// The rate at which a node reads files [bytes per second].
    package var storage = 1e9

    /// Makes the costs of a fast network.
    package init() {}
  }

  /// The samples of a step.
  package var batchSize: Int

  /// The threads of each worker.
  package var threads: Int

  /// The workers of each node.
  var workersPerNode: Int

  /// Forward and backward of one sample on one thread [seconds].
  var sampleSeconds: Double

  /// The priors and the update of the weights, on one thread [seconds].
  var updateSeconds: Double

  /// The sums over the workers, dense layers and convolutions.
  package var sums: [MessageVolume.Sum]

  /// The data that a sample reads from files; 0 if fields are in memory [bytes].
  var bytesPerSample: Int

  /// The costs of messages and files.
  package var costs: Costs

  /// The parts of a step [seconds].
  package struct Step: Hashable, Sendable {
    /// Forward and backward.
    package let computing: Double
    /// The sums over the ranks, as far as nothing is computed meanwhile, and the update.
    package let reducing: Double
    /// Reading, as far as nothing is computed meanwhile.
    package let reading: Double
    /// All of it.
    package var seconds: Double { computing + reducing + reading }
  }

  /// Returns the parts of a step of a job with this number of workers.
  package func step(workers: Int) -> Step {
    let computing = computingSeconds(workers: workers)
    let dense = max(0, sum(sums[0], over: workers) - sampleSeconds / 2)
    let reducing = dense + sum(sums[1], over: workers) + updateSeconds
    let nodes = (workers + workersPerNode - 1) / workersPerNode
    let perNode = Double((batchSize + nodes - 1) / nodes * bytesPerSample)
    return Step(
      computing: computing, reducing: reducing,
      reading: max(0, perNode / costs.storage - computing))
  }

  /// The samples of a worker, one after the other on each thread; threads without a sample of their own share those
  /// of others.
  private func computingSeconds(workers: Int) -> Double {
    let samples = (batchSize + workers - 1) / workers
    let evaluations = min(samples, threads)
    let sharing = Double(threads / evaluations)
    let rounds = (samples + evaluations - 1) / evaluations
    let share = Self.sequentialShare + (1 - Self.sequentialShare) / sharing
    return Double(rounds) * share * sampleSeconds
  }

  /// The share of a sample that does not become faster by threads that share it.
  ///
  /// Part by part on one core of AMD's Zen 3 it is 0.06 for 8 parts of the published network, without what threads
  /// lose by waiting for one another; the rest is reckoned (Documentation/performance.md).
  private static let sequentialShare = 0.1

  private func sum(_ sum: MessageVolume.Sum, over workers: Int) -> Double {
    let bytes = sum.bytes(eachOf: Self.bytesOfASum, workers: workers)
    // Of what a worker sends, as much leaves its node as there are other workers elsewhere.
    let elsewhere = Double(max(0, workers - workersPerNode)) / Double(max(1, workers - 1))
    let busiest = workers > workersPerNode ? Double(workersPerNode) * bytes * elsewhere : bytes
    return 3 * Double(workers - 1) * costs.latency + busiest / costs.bandwidth
  }

  /// The bytes of an exact sum on its way to another worker (`halompi_pack_sums`).
  ///
  /// Measured in trainings: 5.6 with initial weights, 5.9 with trained ones (Documentation/performance.md).
  static let bytesOfASum = 6.0

  /// The most workers that have a sample in each step.
  var usefulWorkers: Int { batchSize }
}
