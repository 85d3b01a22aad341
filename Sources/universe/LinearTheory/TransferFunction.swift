internal import Failures
internal import Foundation

/// The matter transfer function of Eisenstein and Hu, with baryon oscillations.
///
/// Eisenstein, Hu 1998, ApJ 496, 605, doi:10.1086/305424; equation numbers below are theirs.
/// It is within some percent of a Boltzmann code: 2 % in P(k) for the paper's cosmology.
struct TransferFunction: Hashable, Sendable {
  private let hubble: Double
  private let baryonFraction: Double

  /// The redshift of matter-radiation equality (equation 2).
  let equalityRedshift: Double
  /// The horizon's wavenumber at equality [1/Mpc] (equation 3).
  let equalityWavenumber: Double
  /// The redshift at which the baryons are released from the photons (equation 4).
  let dragRedshift: Double
  /// The ratio of baryon to photon momentum density at release (equation 5).
  let dragRatio: Double
  /// The same ratio at equality (equation 5).
  let equalityRatio: Double
  /// The sound horizon at release [Mpc] (equation 6).
  let soundHorizon: Double
  /// The wavenumber of Silk damping [1/Mpc] (equation 7).
  let silkWavenumber: Double
  /// The suppression of dark matter (equation 11).
  let darkSuppression: Double
  /// The shift of the logarithm of dark matter (equation 12).
  let darkShift: Double
  /// The suppression of baryons (equation 14).
  let baryonSuppression: Double
  /// The shift of the envelope of baryon oscillations (equation 24).
  let baryonShift: Double
  /// The shift of the nodes of baryon oscillations (equation 23).
  let nodeShift: Double

  /// Makes the transfer function of a universe.
  ///
  /// - Throws: `Failure` if the parameters are absurd.
  package init(_ parameters: CosmologicalParameters) throws(Failure) {
    try parameters.check()
    let h2 = parameters.hubble * parameters.hubble
    let m = parameters.omegaMatter * h2
    let b = parameters.omegaBaryon * h2
    let theta = parameters.temperature / 2.7
    hubble = parameters.hubble
    baryonFraction = b / m
    let darkFraction = 1 - baryonFraction

    let zEquality = 2.5e4 * m * pow(theta, -4)
    let kEquality = 7.46e-2 * m / (theta * theta)
    let b1 = 0.313 * pow(m, -0.419) * (1 + 0.607 * pow(m, 0.674))
    let b2 = 0.238 * pow(m, 0.223)
    let zDrag = 1291 * pow(m, 0.251) / (1 + 0.659 * pow(m, 0.828)) * (1 + b1 * pow(b, b2))
    func ratio(_ z: Double) -> Double { 31.5 * b * pow(theta, -4) * 1000 / z }
    let (rDrag, rEquality) = (ratio(zDrag), ratio(zEquality))
    equalityRedshift = zEquality
    equalityWavenumber = kEquality
    dragRedshift = zDrag
    dragRatio = rDrag
    equalityRatio = rEquality
    let s =
      2 / (3 * kEquality) * (6 / rEquality).squareRoot()
      * log(
        ((1 + rDrag).squareRoot() + (rDrag + rEquality).squareRoot())
          / (1 + rEquality.squareRoot()))
    soundHorizon = s
    silkWavenumber = 1.6 * pow(b, 0.52) * pow(m, 0.73) * (1 + pow(10.4 * m, -0.95))

    let a1 = pow(46.9 * m, 0.670) * (1 + pow(32.1 * m, -0.532))
    let a2 = pow(12 * m, 0.424) * (1 + pow(45 * m, -0.582))
    let fraction = baryonFraction
    darkSuppression = pow(a1, -fraction) * pow(a2, -fraction * fraction * fraction)
    let c1 = 0.944 / (1 + pow(458 * m, -0.708))
    let c2 = pow(0.395 * m, -0.0266)
    darkShift = 1 / (1 + c1 * (pow(darkFraction, c2) - 1))

    let y = (1 + zEquality) / (1 + zDrag)
    let root = (1 + y).squareRoot()
    let g = y * (-6 * root + (2 + 3 * y) * log((root + 1) / (root - 1)))  // eq. 15
    baryonSuppression = 2.07 * kEquality * s * pow(1 + rDrag, -0.75) * g
    baryonShift =
      0.5 + fraction + (3 - 2 * fraction) * ((17.2 * m) * (17.2 * m) + 1).squareRoot()
    nodeShift = 8.41 * pow(m, 0.435)
  }

  /// The transfer function at a wavenumber [h/Mpc], 1 at k = 0 (equation 16).
  package func value(at wavenumber: Double) -> Double {
    guard wavenumber > 0 else { return 1 }
    let k = wavenumber * hubble
    let q = k / (13.41 * equalityWavenumber)  // eq. 10
    let ks = k * soundHorizon

    let f = 1 / (1 + pow(ks / 5.4, 4))  // eq. 18
    let dark =
      f * pressureless(q, suppression: 1, shift: darkShift)
      + (1 - f) * pressureless(q, suppression: darkSuppression, shift: darkShift)  // eq. 17

    let effectiveHorizon = soundHorizon / cbrt(1 + pow(nodeShift / ks, 3))  // eq. 22
    let x = k * effectiveHorizon
    let baryon =
      (pressureless(q, suppression: 1, shift: 1) / (1 + pow(ks / 5.2, 2))
        + baryonSuppression / (1 + pow(baryonShift / ks, 3)) * exp(-pow(k / silkWavenumber, 1.4)))
      * (x < 1e-4 ? 1 - x * x / 6 : sin(x) / x)  // eq. 21
    return baryonFraction * baryon + (1 - baryonFraction) * dark
  }

  /// The transfer function T0 without pressure (equations 19 and 20).
  private func pressureless(_ q: Double, suppression: Double, shift: Double) -> Double {
    let c = 14.2 / suppression + 386 / (1 + 69.9 * pow(q, 1.08))
    let logarithm = log(M_E + 1.8 * shift * q)
    return logarithm / (logarithm + c * q * q)
  }
}
