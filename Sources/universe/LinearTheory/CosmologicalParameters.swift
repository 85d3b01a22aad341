package import Failures
internal import Foundation

/// A flat universe of cold dark matter, baryons and a cosmological constant.
///
/// Radiation is left out of the expansion, as N-body codes do. The defaults are those of the paper:
/// WMAP5, Dunkley et al. 2009, doi:10.1088/0067-0049/180/2/306.
package struct CosmologicalParameters: Codable, Hashable, Sendable {
  /// The density of all matter today in units of the critical density.
  package var omegaMatter = 0.279

  /// The density of the cosmological constant in units of the critical density.
  package var omegaLambda = 0.721

  /// The density of baryons today, a part of that of matter.
  package var omegaBaryon = 0.045

  /// The Hubble constant [100 km/s/Mpc].
  package var hubble = 0.701

  /// The rms density contrast, linear, today, in spheres of 8 Mpc/h.
  package var sigma8 = 0.817

  /// The slope of the primordial power spectrum.
  package var spectralIndex = 0.96

  /// The temperature of the microwave background today [K].
  var temperature = 2.725

  /// Makes parameters, those of the paper unless told otherwise.
  package init(
    omegaMatter: Double = 0.279, omegaLambda: Double = 0.721, omegaBaryon: Double = 0.045,
    hubble: Double = 0.701, sigma8: Double = 0.817, spectralIndex: Double = 0.96,
    temperature: Double = 2.725
  ) {
    self.omegaMatter = omegaMatter
    self.omegaLambda = omegaLambda
    self.omegaBaryon = omegaBaryon
    self.hubble = hubble
    self.sigma8 = sigma8
    self.spectralIndex = spectralIndex
    self.temperature = temperature
  }

  /// The most by which the sum of the densities may differ from 1.
  static let flatness = 1e-4

  /// Checks that the parameters describe a flat universe remotely like ours.
  ///
  /// - Throws: `Failure` that names the parameter and the values allowed for it.
  package func check() throws(Failure) {
    try check(omegaMatter, "omegaMatter", within: 0.01...1)
    try check(omegaLambda, "omegaLambda", within: 0...0.99)
    try check(omegaBaryon, "omegaBaryon", within: 1e-4...1)
    try check(hubble, "hubble", within: 0.2...2)
    try check(sigma8, "sigma8", within: 0.01...10)
    try check(spectralIndex, "spectralIndex", within: 0...2)
    try check(temperature, "temperature", within: 1...10)
    guard abs(omegaMatter + omegaLambda - 1) <= Self.flatness else {
      throw Failure(
        .notFlat, in: "cosmology",
        because: "omegaMatter + omegaLambda is \(omegaMatter + omegaLambda) instead of 1",
        remedy: "Only flat universes are supported: set omegaLambda to \(1 - omegaMatter).")
    }
    guard omegaBaryon < omegaMatter else {
      throw Failure(
        .absurdParameter, in: "cosmology.omegaBaryon",
        because: "\(omegaBaryon) is not less than omegaMatter, \(omegaMatter)",
        remedy: "Baryons are a part of the matter: give a smaller density, usually near 0.045.")
    }
  }

  private func check(
    _ value: Double, _ name: String, within range: ClosedRange<Double>
  ) throws(Failure) {
    guard range.contains(value) else {
      throw Failure(
        .absurdParameter, in: "cosmology.\(name)",
        because: "\(value) is outside \(range.lowerBound) to \(range.upperBound)",
        remedy: "Correct the value and mind its unit (hubble is H0 / (100 km/s/Mpc)).")
    }
  }
}

extension CosmologicalParameters {
  /// The critical density today [h^2 Msun/Mpc^3]: 3 (100 km/s/Mpc)^2 / (8 pi G).
  ///
  /// In solar masses it needs G only as the product with the Sun's mass, which is known to 1e-10
  /// (IAU 2015 Resolution B3).
  package static let criticalDensity = 2.775_366_27e11

  /// The mean comoving density of matter [h^2 Msun/Mpc^3].
  package var meanDensity: Double { omegaMatter * Self.criticalDensity }

  /// The expansion rate in units of today's, E(a) = H(a)/H0.
  ///
  /// Peebles, "Principles of Physical Cosmology" (1993), chapter 13, without curvature and radiation.
  package func expansionRate(at a: Double) -> Double {
    (omegaMatter / (a * a * a) + omegaLambda).squareRoot()
  }

  /// The expansion rate H(a) [km/s/Mpc].
  func hubbleRate(at a: Double) -> Double { 100 * hubble * expansionRate(at: a) }

  /// The slope d ln E / d ln a.
  func expansionSlope(at a: Double) -> Double { -1.5 * omegaMatter(at: a) }

  /// The density of matter in units of the critical density of its time.
  package func omegaMatter(at a: Double) -> Double {
    omegaMatter / (omegaMatter + omegaLambda * a * a * a)
  }

  /// The time since the beginning [Gyr].
  ///
  /// H0 t = 2 / (3 sqrt(omegaLambda)) asinh(sqrt(omegaLambda a^3 / omegaMatter)); Peebles (1993),
  /// chapter 13.
  func age(at a: Double) -> Double {
    let x = (omegaLambda / omegaMatter * a * a * a).squareRoot()
    let inHubbleTimes =
      x < 1e-8
      ? 2 / 3.0 * (a * a * a / omegaMatter).squareRoot()
      : 2 / 3.0 * asinh(x) / omegaLambda.squareRoot()
    return inHubbleTimes * Self.hubbleTime / hubble
  }

  /// 1 / (100 km/s/Mpc) [Gyr], of the IAU's parsec and the Julian year.
  private static let hubbleTime = 9.777_922_217

  /// The radius of the sphere of mean density that holds a mass [Mpc/h], of the mass [Msun/h].
  package func lagrangianRadius(ofMass mass: Double) -> Double {
    cbrt(3 * mass / (4 * .pi * meanDensity))
  }

  /// The mass in a sphere of mean density [Msun/h], of its radius [Mpc/h].
  package func mass(inRadius radius: Double) -> Double {
    4 / 3.0 * .pi * meanDensity * radius * radius * radius
  }

  /// The mass of each of N^3 particles that fill a box [Msun/h], of the box's width [Mpc/h].
  package func particleMass(boxSize: Double, particlesPerAxis: Int) -> Double {
    let spacing = boxSize / Double(particlesPerAxis)
    return meanDensity * spacing * spacing * spacing
  }
}
