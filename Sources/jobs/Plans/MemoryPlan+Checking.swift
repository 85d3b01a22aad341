package import Experiments
internal import Hardware
package import MPI
internal import Training

extension MemoryPlan {
  /// Refuses a training that cannot fit the memory of this node, as `halompi plan` would.
  ///
  /// Collective.
  ///
  /// - Returns: The memory that a node needs [bytes].
  /// - Throws: An `AgreedFailure` of a `Failure` that names the largest term.
  package static func check(
    _ experiment: Experiment, in directory: RunDirectory, on world: borrowing Communicator
  ) throws -> Int {
    let node = try world.splitByNode()
    let threads = try experiment.training.threadsPerRank ?? availableThreads(on: world)
    let (ranks, ranksPerNode) = (world.size, node.size)
    return try world.agree {
      let demand = try MemoryDemand(
        of: experiment, in: directory, ranks: ranks, ranksPerNode: ranksPerNode, threads: threads)
      let plan = try MemoryPlan(of: demand, program: NodeMemory.ofThisProcess())
      try plan.check(against: .ofThisNode())
      return plan.peakOfNode
    }
  }
}
