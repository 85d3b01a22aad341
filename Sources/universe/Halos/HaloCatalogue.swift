public import Particles

/// The groups of a simulation at one time, the largest first; the same on every rank.
///
/// Masses are numbers of particles. Of groups as large the one with the least site comes first.
public struct HaloCatalogue: Hashable, Sendable {
  /// The units of positions.
  public let box: PeriodicBox

  /// The particles of each group.
  public internal(set) var sizes: [Int] = []

  /// The least Lagrangian site of each group: its name.
  public internal(set) var leastSites: [Int64] = []

  /// How many particles of each group are bound to it; zero if it is not a bound object.
  public internal(set) var boundSizes: [Int] = []

  /// The position of each group's particle of lowest potential [group, 3].
  public internal(set) var centres: [UInt32] = []

  /// The mean peculiar velocity of each group's particles [group, 3], [km/s].
  public internal(set) var velocities: [Float] = []

  /// The mean peculiar velocity of each group's bound particles [group, 3], [km/s]; that of all if
  /// none are bound.
  public internal(set) var boundVelocities: [Float] = []

  /// The comoving radius of the sphere around each centre that is 200 times as dense as matter in
  /// the mean [group], [Mpc/h].
  public internal(set) var radii: [Double] = []

  /// The particles in that sphere, of whatever group [group].
  public internal(set) var enclosedCounts: [Int] = []

  init(box: PeriodicBox) { self.box = box }

  /// The number of groups.
  public var count: Int { sizes.count }

  /// The number of particles in groups.
  public var memberCount: Int { sizes.reduce(0, +) }

  /// The first row of each group when particles are in the order of groups.
  public var offsets: [Int] {
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
public struct GroupedParticles: Sendable {
  /// All groups.
  public let catalogue: HaloCatalogue

  /// This rank's particles in groups, which are whole.
  public let members: Particles

  /// Their rows.
  public let memberRows: Range<Int>

  /// This rank's particles in no group.
  public let others: Particles

  /// Their rows.
  public let otherRows: Range<Int>
}
