internal import DurableFiles
internal import Foundation
internal import FourierTransforms
internal import LinearTheory
package import MPI
internal import Networks
internal import ParticleMesh
internal import Particles
internal import Randomness
internal import Threads

/// A small computation whose result has the same bits on any number of ranks, in a second.
///
/// Two steps of 16^3 particles on a mesh, shared by the ranks, and the gradient of a small network, by each of them.
package enum BitsProbe {
  /// Returns the checksums of what the ranks computed, as text; it lists every gradient if ranks differ.
  ///
  /// Collective.
  ///
  /// - Throws: `AgreedFailure`, `MPIError`.
  package static func result(on ranks: borrowing Communicator) throws -> String {
    let gradients = try ranks.allGather(Int64(bitPattern: try gradient().value))
    let kinds = Set(gradients).sorted().map { String(UInt64(bitPattern: $0), radix: 16) }
    return "\(try particles(on: ranks).description)-\(kinds.joined(separator: "/"))"
  }

  /// The line by which ranks that were started for it tell what they computed.
  package static func line(for result: String) -> String { "\(linePrefix)\(result)" }

  static let linePrefix = "bits "

  private static func particles(on ranks: borrowing Communicator) throws -> Checksum {
    let (width, box) = (16, PeriodicBox(width: 20))
    let cosmology = CosmologicalParameters()
    let transform = try FourierTransform(width: width, threads: WorkerThreads(count: 1), on: ranks)
    let field = LinearField(
      WhiteNoise(.init(seed: 1)), spectrum: try LinearPowerSpectrum(cosmology), in: box)
    let growth = try LinearGrowth(cosmology)
    let motion = LagrangianPerturbation(
      modes: try field.modes(on: transform.decomposition, threads: WorkerThreads(count: 1)),
      transform: transform, growth: growth, in: box)
    var settings = ParticleMeshSettings()
    settings.steps.count = 2
    let start = try motion.particles(at: settings.steps.start, order: .second, on: ranks)
    let simulation = try ParticleMeshSimulation(
      settings, box: box, particlesPerAxis: width, growth: growth)
    let end = try simulation.run(from: SimulationState(particles: start), on: ranks)

    let sites = try ranks.allGatherVarying(end.sites).elements
    let positions = try ranks.allGatherVarying(end.positions).elements
    let momenta = try ranks.allGatherVarying(end.momenta).elements
    var sorted: [UInt32] = []
    for index in sites.indices.sorted(by: { sites[$0] < sites[$1] }) {
      for axis in 3 * index..<3 * index + 3 {
        sorted.append(positions[axis])
        sorted.append(momenta[axis].bitPattern)
      }
    }
    return checksum(of: sorted)
  }

  private static func gradient() throws -> Checksum {
    let architecture = NetworkArchitecture(
      boxWidth: 9, convolutionChannels: [16, 32], hiddenUnits: [8])
    let layout = architecture.parameters
    let weights = try NetworkWeights(
      layout.initialized(seed: 1), of: architecture, for: .fast)
    var stream = RandomStream(seed: 1, for: .initialWeights, index: 1 << 32)
    let box = (0..<9 * 9 * 9).map { _ in Float(2 * stream.uniform() - 1) }
    let evaluator = weights.makeEvaluator()
    var gradient = [Float](repeating: 0, count: layout.count)
    let prediction = evaluator.forward(box)
    evaluator.backwardDense(outputGradient: 1, into: &gradient)
    evaluator.backwardConvolutions(into: &gradient)
    return checksum(of: (gradient + [prediction]).map(\.bitPattern))
  }

  private static func checksum(of words: [UInt32]) -> Checksum {
    var checksum = Checksum()
    words.map(\.littleEndian).withUnsafeBytes { checksum.add($0, at: 0) }
    return checksum
  }
}
