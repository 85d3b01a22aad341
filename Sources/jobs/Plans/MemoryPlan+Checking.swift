package import Experiments
internal import Hardware
package import MPI
internal import Training

extension MemoryPlan {
  /// Refuses a training that cannot fit the memory of this node, as `halompi plan` would.
  ///
  /// Collective.
  ///
  /// - Throws: An `AgreedFailure` of a ``MemoryError`` that names the largest term.
  package static func check(
    _ experiment: Experiment, in directory: RunDirectory, on world: borrowing Communicator
  ) throws {
    let node = try world.splitByNode()
    let threads = try experiment.training.threadsPerRank ?? availableThreads(on: world)
    let (ranks, ranksPerNode) = (world.size, node.size)
    try world.agree {
      let demand = try MemoryDemand(
        of: experiment, in: directory, ranks: ranks, ranksPerNode: ranksPerNode, threads: threads)
      try MemoryPlan(of: demand, program: NodeMemory.ofThisProcess()).check(against: .ofThisNode())
    }
  }
}
