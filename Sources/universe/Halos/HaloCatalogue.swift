package import Particles

/// The groups of a simulation at one time, the largest first; the same on every rank.
///
/// Masses are numbers of particles. Of groups as large the one with the least site comes first.
package struct HaloCatalogue: Hashable, Sendable {
  /// The units of positions.
  package let box: PeriodicBox

  /// The particles of each group.
  package internal(set) var sizes: [Int] = []

  /// The least Lagrangian site of each group: its name.
  var leastSites: [Int64] = []

  /// The number of particles that are bound to each group; zero if it is not a bound object.
  package internal(set) var boundSizes: [Int] = []

  /// The position of each group's particle of lowest potential [group, 3].
  package internal(set) var centers: [UInt32] = []

  /// The mean peculiar velocity of each group's particles [group, 3], [km/s].
  package internal(set) var velocities: [Float] = []

  /// The mean peculiar velocity of each group's bound particles [group, 3], [km/s]; that of all if
  /// none are bound.
  package internal(set) var boundVelocities: [Float] = []

  /// The comoving radius of the sphere around each center that is 200 times as dense as matter in
  /// the mean [group], [Mpc/h].
  package internal(set) var radii: [Double] = []

  /// The particles in that sphere, of whatever group [group].
  package internal(set) var enclosedCounts: [Int] = []

  init(box: PeriodicBox) { self.box = box }

  /// The number of groups.
  package var count: Int { sizes.count }

  /// The number of particles in groups.
  package var memberCount: Int { sizes.reduce(0, +) }

  /// The first row of each group when particles are in the order of groups.
  package var offsets: [Int] {
    var end = 0
    return sizes.map { size in
      defer { end += size }
      return end
    }
  }
}

/// A rank's share of the particles in the order of groups.
///
/// The rows of all ranks: the particles of the first group, those of the second and so on, then
/// the particles in no group by their sites. Within a group the bound particles come first, the
/// most bound before the others, then the unbound ones by their sites.
package struct GroupedParticles: Sendable {
  /// All groups.
  package let catalogue: HaloCatalogue

  /// This rank's particles in groups, which are whole.
  package let members: Particles

  /// Their rows.
  package let memberRows: Range<Int>

  /// This rank's particles in no group.
  package let others: Particles

  /// Their rows.
  package let otherRows: Range<Int>
}
