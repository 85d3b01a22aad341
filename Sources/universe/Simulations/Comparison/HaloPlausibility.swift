internal import Failures
internal import Foundation
internal import LinearTheory
package import Snapshots

/// Halos beside what a universe of their matter density has, to find mistaken units and labels.
///
/// Three things are compared: the masses of halos with those of their particles, the number of halos,
/// and the part of all particles in them. The last two are expected by the mass function of Sheth and
/// Tormen with a usual spectrum, because snapshots do not state theirs; a factor of two is allowed.
package struct HaloPlausibility: Hashable, Sendable {
  /// The median of log10 of halos' masses in units of the masses of their particles [dex]; `nil` without
  /// halos of 20 particles.
  let massOffset: Double?

  /// The number of halos of 200 particles and more, in units of those expected; `nil` if fewer than 20 are
  /// expected.
  package let abundance: Double?

  /// The part of all particles that are in halos.
  package let fraction: Double

  /// The part that is expected; `nil` if there is no expectation.
  let expectedFraction: Double?

  /// The part of all particles that are in the largest halo.
  let largestFraction: Double

  /// The spectrum that is taken for every universe: baryons are 0.16 of its matter.
  private static let (sigma8, spectralIndex, baryonFraction) = (0.81, 0.965, 0.16)

  /// Compares halos.
  ///
  /// - Parameters:
  ///   - masses: The mass of each halo [halo], [Msun].
  ///   - counts: The number of its particles [halo].
  ///   - particleCount: The number of all particles.
  ///   - particleMass: The mass of each [Msun].
  ///   - boxSize: The side of the box [Mpc/h].
  ///   - cosmology: The background universe.
  ///   - redshift: The redshift.
  package init(
    masses: [Double], counts: [Int], particleCount: Int, particleMass: Double, boxSize: Double,
    cosmology: Cosmology, redshift: Double
  ) {
    let offsets = zip(masses, counts).filter { $1 >= 20 && $0 > 0 }
      .map { log10($0 / (Double($1) * particleMass)) }.sorted()
    massOffset = offsets.isEmpty ? nil : offsets[offsets.count / 2]
    fraction = Double(counts.reduce(0, +)) / Double(particleCount)
    largestFraction = Double(counts.max() ?? 0) / Double(particleCount)
    // Headers round, and some universes have radiation or are curved a little.
    let isFlat = abs(cosmology.omegaMatter + cosmology.omegaLambda - 1) < 0.02
    let universe = CosmologicalParameters(
      omegaMatter: cosmology.omegaMatter,
      omegaLambda: isFlat ? 1 - cosmology.omegaMatter : cosmology.omegaLambda,
      omegaBaryon: Self.baryonFraction * cosmology.omegaMatter, hubble: cosmology.hubble,
      sigma8: Self.sigma8, spectralIndex: Self.spectralIndex)
    let expectation = try? Expectation(
      universe, particleMass: particleMass * cosmology.hubble, scaleFactor: 1 / (1 + redshift))
    let volume = boxSize * boxSize * boxSize
    let number = expectation.flatMap { try? $0.halos(from: 200, until: particleCount) }
    let expected = number.map { $0.density * volume }
    abundance = expected.flatMap {
      $0 >= 20 ? Double(counts.count { $0 >= 200 }) / $0 : nil
    }
    let least = counts.min() ?? 0
    expectedFraction =
      abundance == nil || least < 10
      ? nil : (try? expectation?.halos(from: least, until: particleCount))?.fraction
  }

  /// The remarks on what is not as expected, as sentences; none if everything is.
  package var remarks: [String] {
    var remarks: [String] = []
    if let massOffset, abs(massOffset) > 0.1 {
      remarks.append(
        "Halos have \(number(pow(10, massOffset))) times the mass of their particles "
          + "(\(number(massOffset)) dex; a mass unit wrong by h is 0.15): check the unit of the halos' "
          + "masses.")
    }
    if let abundance, !(0.5...2).contains(abundance) {
      remarks.append(
        "There are \(number(abundance)) times as many halos of 200 particles and more as Sheth and "
          + "Tormen expect of this matter density: check the catalogue or labels, and the units.")
    }
    if let expectedFraction, !(0.5...2).contains(fraction / expectedFraction) {
      remarks.append(
        "\(number(fraction * 100)) % of the particles are in halos, where Sheth and Tormen expect "
          + "\(number(expectedFraction * 100)) %: check which particles are in halos.")
    }
    if largestFraction > 0.25 {
      remarks.append(
        "The largest halo has \(number(largestFraction * 100)) % of all particles: check that it is "
          + "one.")
    }
    return remarks
  }

  private func number(_ value: Double) -> String { String(format: "%.3g", value) }
}

/// Halos that a universe is expected to have.
private struct Expectation {
  let spectrum: LinearPowerSpectrum
  let growth: LinearGrowth
  let particleMass: Double
  let scaleFactor: Double

  init(
    _ universe: CosmologicalParameters, particleMass: Double, scaleFactor: Double
  ) throws(Failure) {
    spectrum = try LinearPowerSpectrum(universe)
    growth = try LinearGrowth(universe)
    self.particleMass = particleMass
    self.scaleFactor = scaleFactor
  }

  /// The number density of halos [(h/Mpc)^3] and the part of all mass in them, by the midpoint rule in 48
  /// steps of ln M between numbers of particles.
  func halos(
    from least: Int, until most: Int
  ) throws(Failure) -> (density: Double, fraction: Double) {
    let steps = 48
    let start = log(Double(least) * particleMass)
    let step = (log(Double(max(most, least + 1)) * particleMass) - start) / Double(steps)
    var (density, mass) = (0.0, 0.0)
    for index in 0..<steps {
      let here = exp(start + (Double(index) + 0.5) * step)
      let halos =
        try spectrum.haloAbundance(
          .shethTormen, mass: here, growth: growth, scaleFactor: scaleFactor) * step
      density += halos
      mass += halos * here
    }
    return (density, mass / spectrum.parameters.meanDensity)
  }
}
