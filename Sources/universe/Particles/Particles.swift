/// Particles of equal mass in a periodic box, in no particular order.
///
/// Positions are integers: the box is 2^32 units wide, so that the sum of two positions wraps by itself,
/// a position has one representation, and what is computed of it is the same on any rank.
package struct Particles: Hashable, Sendable {
  /// The Lagrangian site of each particle, (ix N + iy) N + iz: its identity.
  package var sites: [Int64]

  /// The comoving positions [n, 3] in units of the box's width / 2^32.
  package var positions: [UInt32]

  /// The momenta a^2 dx/dt [n, 3], with x comoving [Mpc/h times H0, that is 100 km/s].
  ///
  /// The peculiar velocity is 100 p / a km/s.
  package var momenta: [Float]

  /// Makes no particles.
  package init() {
    sites = []
    positions = []
    momenta = []
  }

  /// Makes particles of their parts, which are equally many.
  package init(sites: [Int64], positions: [UInt32], momenta: [Float]) {
    precondition(
      positions.count == 3 * sites.count && momenta.count == 3 * sites.count,
      "particles with missing coordinates")
    self.sites = sites
    self.positions = positions
    self.momenta = momenta
  }

  /// Moves all particles by one way along every axis, in units of positions; -1 is 2^32 - 1.
  package mutating func translate(by way: UInt32) {
    for index in positions.indices { positions[index] &+= way }
  }

  /// The number of particles.
  package var count: Int { sites.count }
}

/// The units of positions in a periodic box.
package struct PeriodicBox: Hashable, Sendable, Codable {
  /// The width of the box [Mpc/h].
  package let width: Double

  /// Makes the units of a box.
  package init(width: Double) {
    precondition(width > 0 && width.isFinite, "a box of width \(width)")
    self.width = width
  }

  /// The unit of positions [Mpc/h].
  package var unit: Double { width * 0x1p-32 }

  /// A coordinate from 0 to below the width [Mpc/h].
  package func coordinate(_ position: UInt32) -> Double { Double(position) * unit }

  /// The position nearest to a coordinate, which is taken modulo the width.
  ///
  /// The coordinate is finite and within 2^30 widths of the box [Mpc/h].
  package func position(_ coordinate: Double) -> UInt32 {
    UInt32(truncatingIfNeeded: Int64((coordinate / unit).rounded(.toNearestOrEven)))
  }

  /// The shortest way from one position to another along an axis [Mpc/h].
  package func separation(from start: UInt32, to end: UInt32) -> Double {
    Double(Int32(bitPattern: end &- start)) * unit
  }
}
