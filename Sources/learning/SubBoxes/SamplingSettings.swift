package import Failures

/// The choice of the particles to train, validate and test a network on, and of their box size.
package struct SamplingSettings: Codable, Hashable, Sendable {
  /// The number of voxels along each axis of a sub-box.
  package var boxWidth = 75

  /// The number of training samples; 0 takes every eligible particle.
  package var trainingSamples = 200_000

  /// The number of validation samples; 0 takes every eligible particle.
  package var validationSamples = 10_000

  /// The number of test samples; 0 takes every eligible particle.
  package var testSamples = 100_000

  /// The largest halo mass of a sample, log10 of Msun.
  package var maximumLogMass = 13.4

  /// The smallest halo mass of a sample, log10 of Msun; without it, every halo counts.
  package var minimumLogMass: Double?

  /// Whether particles in no halo, or in one below `minimumLogMass`, are samples too; their label is the lower end of the
  /// range that the network's answer is scaled with.
  package var includesField = false

  /// The edges of bins of the halo mass from which equally many training samples are drawn, log10 of Msun;
  /// without them, every eligible particle is as likely as any other.
  var balancedMassEdges: [Double]?

  /// The ends of the range of halo masses that the network's answer is scaled with, log10 of Msun; without
  /// them, the smallest and the largest mass of the training samples.
  package var labelRange: [Double]?

  /// The seed of the draws, which is not that of a training.
  package var seed: UInt64 = 0

  /// Makes the settings of the paper.
  package init() {}

  /// Throws if a setting contradicts itself or another.
  package func check() throws(Failure) {
    func fail(_ reason: String, _ remedy: String) -> Failure {
      Failure(.badData, "checking the sampling", because: reason, remedy: remedy)
    }
    guard boxWidth >= 3 else {
      throw fail("a box of \(boxWidth) voxels is too small", "Set sampling.boxWidth to 3 or more.")
    }
    guard trainingSamples >= 0, validationSamples >= 0, testSamples >= 0 else {
      throw fail("a number of samples is negative", "Set it to 0 for every eligible particle.")
    }
    guard maximumLogMass.isFinite, minimumLogMass?.isFinite ?? true else {
      throw fail("a limit of the halo mass is not a finite number", "Give it as log10 of Msun.")
    }
    guard minimumLogMass ?? -.infinity <= maximumLogMass else {
      throw fail(
        "sampling.minimumLogMass is above sampling.maximumLogMass", "Swap them or remove one.")
    }
    if let edges = balancedMassEdges, edges.count < 2 || !Self.ascend(edges) {
      throw fail(
        "sampling.balancedMassEdges is \(edges)",
        "Give two or more edges of bins in ascending order, as log10 of Msun.")
    }
    if let range = labelRange, range.count != 2 || !Self.ascend(range) {
      throw fail(
        "sampling.labelRange is \(range)",
        "Give the smallest and the largest mass, as log10 of Msun.")
    }
  }

  private static func ascend(_ values: [Double]) -> Bool {
    values.allSatisfy(\.isFinite) && zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
  }

  /// Whether a particle in a halo of this mass is of the field; NaN, outside halos, always is.
  func isInField(logMass: Float) -> Bool { !(Double(logMass) >= minimumLogMass ?? -.infinity) }

  /// Whether a particle in a halo of this mass may be drawn as one in a halo; NaN, outside halos, never is.
  func isEligible(logMass: Float) -> Bool {
    Double(logMass) <= maximumLogMass && Double(logMass) >= minimumLogMass ?? -.infinity
  }

  /// The bins from which samples for a role are drawn, equally many from each.
  func bins(of role: SampleDraw.Role) -> MassBins {
    MassBins(limits: self, edges: role == .training ? balancedMassEdges : nil)
  }
}

/// Bins of the halo mass, [a, b) but for the last, [a, b]; one of all eligible particles without edges.
///
/// Particles of the field, if samples include them, are in a further bin, or without edges among the others.
struct MassBins: Hashable, Sendable {
  /// The settings whose limits decide which particles are eligible at all.
  let limits: SamplingSettings

  /// The edges, if there are several bins, log10 of Msun.
  let edges: [Double]?

  /// The number of bins.
  var count: Int { massBinCount + (edges != nil && limits.includesField ? 1 : 0) }

  private var massBinCount: Int { edges.map { $0.count - 1 } ?? 1 }

  /// The bin of a halo mass; nothing for one that is not eligible, or in no bin.
  func index(of logMass: Float) -> Int? {
    if limits.includesField, limits.isInField(logMass: logMass) { return count - 1 }
    guard limits.isEligible(logMass: logMass) else { return nil }
    guard let edges else { return 0 }
    let mass = Double(logMass)
    guard let above = edges.firstIndex(where: { mass < $0 }) else {
      return mass == edges.last ? massBinCount - 1 : nil
    }
    return above > 0 ? above - 1 : nil
  }

  /// The particles of a bin in words.
  func description(of bin: Int) -> String {
    guard bin < massBinCount else { return "in no halo" }
    let lower = edges?[bin] ?? limits.minimumLogMass
    let upper = edges?[bin + 1] ?? limits.maximumLogMass
    let sign = edges != nil && bin < massBinCount - 1 ? "<" : "<="
    return "in halos with " + (lower.map { "\($0) <= " } ?? "") + "log10 M \(sign) \(upper)"
      + (edges == nil && limits.includesField ? ", or in none" : "")
  }
}
