/// Which particles a network is trained, validated and tested on, and how large their boxes are.
public struct SamplingSettings: Codable, Hashable, Sendable {
  /// The number of voxels along each axis of a sub-box.
  public var boxWidth = 75

  /// The number of training samples; 0 takes every eligible particle.
  public var trainingSamples = 200_000

  /// The number of validation samples; 0 takes every eligible particle.
  public var validationSamples = 10_000

  /// The number of test samples; 0 takes every eligible particle.
  public var testSamples = 100_000

  /// The largest halo mass of a sample, log10 of Msun.
  public var maximumLogMass = 13.4

  /// The smallest halo mass of a sample, log10 of Msun; without it, every halo counts.
  public var minimumLogMass: Double?

  /// The seed of the draws, which is not that of a training.
  public var seed: UInt64 = 0

  /// Makes the settings of the paper.
  public init() {}

  /// Throws if a setting contradicts itself or another.
  public func check() throws(SubBoxError) {
    func fail(_ reason: String, _ remedy: String) -> SubBoxError {
      SubBoxError(.settings, while: "checking the sampling", because: reason, remedy: remedy)
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
  }

  /// Whether a particle in a halo of this mass may be drawn; NaN, outside halos, never is.
  public func isEligible(logMass: Float) -> Bool {
    Double(logMass) <= maximumLogMass && Double(logMass) >= minimumLogMass ?? -.infinity
  }
}
