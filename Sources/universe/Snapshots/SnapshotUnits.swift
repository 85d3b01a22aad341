/// The units of a snapshot, and what turns its numbers into this library's.
package struct SnapshotUnits: Hashable, Codable, Sendable {
  /// The unit of length [Mpc/h].
  package var length: Double

  /// The unit of mass [Msun/h].
  package var mass: Double

  /// The unit of velocity, in terms of sqrt(a) dx/dt, as GADGET stores it [km/s].
  package var velocity: Double

  /// Makes units.
  package init(length: Double, mass: Double, velocity: Double) {
    self.length = length
    self.mass = mass
    self.velocity = velocity
  }

  /// Makes units from the parameters of a run.
  ///
  /// A unit within one in a thousand of a power of ten is that power: codes differ in the digits
  /// of the parsec and of the solar mass, and mean 1 kpc/h or 10^10 Msun/h.
  ///
  /// - Parameters:
  ///   - centimetres: `UnitLength_in_cm`, taken per h.
  ///   - grams: `UnitMass_in_g`, taken per h.
  ///   - centimetresPerSecond: `UnitVelocity_in_cm_per_s`.
  package init(centimetres: Double, grams: Double, centimetresPerSecond: Double) {
    length = Self.rounded(centimetres / 3.085_677_581e24)
    mass = Self.rounded(grams / 1.988_41e33)
    velocity = Self.rounded(centimetresPerSecond / 1e5)
  }

  /// Finds which of the usual units give particles the mass that fills the box.
  ///
  /// - Parameters:
  ///   - boxSize: The side of the box in the snapshot's unit.
  ///   - particleMass: The mass of a particle in the snapshot's unit.
  ///   - count: The number of particles.
  ///   - cosmology: The background universe.
  /// - Returns: The units; `nil` if none of them fits within two percent.
  package static func fitting(
    boxSize: Double, particleMass: Double, count: Int, cosmology: Cosmology
  ) -> SnapshotUnits? {
    for length in [1, 1e-3] {
      for mass in [1e10, 1] {
        let units = SnapshotUnits(length: length, mass: mass, velocity: 1)
        let ratio = units.massRatio(
          boxSize: boxSize * length, particleMass: particleMass * mass, count: count, cosmology)
        if abs(ratio - 1) < 0.02 { return units }
      }
    }
    return nil
  }

  /// The mass of the particles in units of the mass that the box must hold.
  ///
  /// - Parameters:
  ///   - boxSize: [Mpc/h].
  ///   - particleMass: [Msun/h].
  ///   - count: The number of particles.
  ///   - cosmology: The background universe.
  /// - Returns: One if units and numbers are right.
  func massRatio(
    boxSize: Double, particleMass: Double, count: Int, _ cosmology: Cosmology
  ) -> Double {
    particleMass * Double(count) / (cosmology.meanMatterDensity * boxSize * boxSize * boxSize)
  }

  private static func rounded(_ value: Double) -> Double {
    // Beyond these no power of ten is sought; nothing of the kind fills a box.
    guard value >= 1e-90, value <= 1e90 else { return value }
    var power = 1.0
    if value >= 1 {
      while power * 3 < value { power *= 10 }
    } else {
      var inverse = 1.0
      while 1 / (inverse * 3) > value { inverse *= 10 }
      power = 1 / inverse
    }
    return abs(value / power - 1) < 1e-3 ? power : value
  }
}
