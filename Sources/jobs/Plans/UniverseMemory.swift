package import Failures
internal import FourierTransforms
package import Hardware
internal import ParticleMesh
package import Simulations
internal import Training

/// The memory that a rank of `halompi simulate` takes, by term: a prediction.
///
/// Particles and meshes have the sizes that the generator gives them. The memory of the halo finder beside
/// the particles was measured (Documentation/performance.md). Ranks of one simulation have equal numbers of
/// planes, and at z = 0 not equally many particles: the figures are those of the average rank.
package struct UniverseMemory: Hashable, Sendable {
  /// The terms while particles move; the program itself is the first.
  let stepping: [MemoryTerm]

  /// The terms while halos are sought.
  let findingHalos: [MemoryTerm]

  /// The ranks of a node that simulate.
  package let ranksPerNode: Int

  /// The memory of a particle: its site, position and momentum [bytes].
  private static let particle = 8 + 12 + 12

  /// The memory of the halo finder beside the particles, at its peak [bytes per particle].
  private static let haloFinder = 140

  /// Makes the plan of a universe.
  ///
  /// - Parameters:
  ///   - universe: The universe to simulate.
  ///   - ranks: The ranks of the job.
  ///   - ranksPerNode: The ranks of a node.
  ///   - program: The memory of a process before it has any data [bytes].
  /// - Throws: `Failure` if more ranks share a simulation than its mesh has planes.
  package init(
    of universe: UniverseSettings, ranks: Int, ranksPerNode: Int, program: Int
  ) throws(Failure) {
    let sharing = min(universe.ranksPerSimulation ?? ranks, ranks)
    let n = universe.gridSize
    let count = (n * n * n + sharing - 1) / sharing
    let mesh = try MeshDecomposition(
      width: universe.mesh.meshRefinement * n, rank: sharing - 1, of: sharing)
    let planes = mesh.planes.count
    let plane = 4 * mesh.planeStride
    let base = MemoryTerm("program and libraries", program)
    let particles = MemoryTerm("particles", Self.particle * count)
    stepping =
      [
        base, particles,
        MemoryTerm("force mesh", (planes + 1) * plane),
        MemoryTerm("its modes", (planes + 1) * plane),
      ]
      // Half of a block of planes leaves for other ranks, and as much arrives.
      + (sharing > 1 ? [MemoryTerm("messages of the transform", planes * plane / 2)] : [])
    findingHalos = [base, particles, MemoryTerm("halo finder", Self.haloFinder * count)]
    self.ranksPerNode = min(ranksPerNode, ranks)
  }

  /// The largest memory of a rank [bytes].
  package var peak: Int { max(stepping.bytes, findingHalos.bytes) }

  /// Checks that a node can hold its ranks.
  ///
  /// - Throws: `Failure` that names the largest term.
  package func check(against limit: NodeMemory) throws(Failure) {
    let needed = peak.saturatingTimes(ranksPerNode)
    guard needed > limit.bytes else { return }
    let stage = stepping.bytes > findingHalos.bytes ? stepping : findingHalos
    guard let largest = stage.max(by: { $0.bytes < $1.bytes }) else { return }
    throw Failure.memory(
      needed, of: limit, ranks: ranksPerNode,
      largest: (largest.name, largest.bytes.saturatingTimes(ranksPerNode)),
      remedy: """
        use more nodes for each simulation (universe.ranksPerSimulation), a smaller universe.gridSize, or a \
        universe.mesh.meshRefinement of 2
        """)
  }
}
