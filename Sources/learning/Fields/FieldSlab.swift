/// How the planes of a grid are shared out among ranks: evenly, each rank a range in order.
public struct PlaneDecomposition: Hashable, Sendable {
  /// The planes of the grid, and the sites along each axis of a plane.
  public let gridSize: Int

  /// The number of ranks; more than planes leaves some ranks without any.
  public let ranks: Int

  /// Shares `gridSize` planes out among `ranks`.
  public init(gridSize: Int, ranks: Int) {
    precondition(gridSize > 0 && ranks > 0, "a decomposition needs planes and ranks")
    self.gridSize = gridSize
    self.ranks = ranks
  }

  /// The planes of a rank.
  public func planes(of rank: Int) -> Range<Int> {
    rank * gridSize / ranks..<(rank + 1) * gridSize / ranks
  }

  /// The sites of a rank's planes.
  public func sites(of rank: Int) -> Range<Int> {
    let planes = planes(of: rank)
    let area = gridSize * gridSize
    return planes.lowerBound * area..<planes.upperBound * area
  }

  /// The rank that has a site.
  public func rank(ofSite site: Int) -> Int {
    ((site / (gridSize * gridSize) + 1) * ranks - 1) / gridSize
  }
}

/// The fields on some planes of the Lagrangian grid, site after site.
public struct FieldSlab: Sendable {
  /// The sites along one axis of the whole grid, N.
  public let gridSize: Int

  /// The planes along the slowest axis.
  public let planes: Range<Int>

  /// SPH density [planes, N, N], [rho/rho_mean].
  public var density: [Float]

  /// Potential [planes, N, N], [(Mpc/h)^2], if the file is to hold it.
  public var potential: [Float]?

  /// The particles at the end, if the file is to hold them.
  public var finalParticles: FinalParticles?

  /// log10 of the mass of the particle's halo [planes, N, N], [log10 Msun]; NaN outside halos.
  public var logMass: [Float]

  /// The number of the particle's halo [planes, N, N]; -1 outside halos.
  public var halo: [Int32]

  /// The particle's distance from its halo's centre [planes, N, N], [r200m]; NaN outside halos
  /// and for halos without a radius.
  public var radius: [Float]

  /// Makes a slab of mean density without halos.
  public init(gridSize: Int, planes: Range<Int>) {
    self.gridSize = gridSize
    self.planes = planes
    let count = planes.count * gridSize * gridSize
    density = [Float](repeating: 1, count: count)
    logMass = [Float](repeating: .nan, count: count)
    halo = [Int32](repeating: -1, count: count)
    radius = [Float](repeating: .nan, count: count)
  }

  /// The sites of the slab.
  public var sites: Range<Int> {
    let area = gridSize * gridSize
    return planes.lowerBound * area..<planes.upperBound * area
  }
}

/// The particles of some sites in the final snapshot.
public struct FinalParticles: Hashable, Sendable {
  /// Comoving positions [site, 3], [Mpc/h].
  public var positions: [Float]

  /// Half the distance of the last of the nearest neighbours that a density is estimated from [site],
  /// [Mpc/h].
  public var smoothingLengths: [Float]

  /// Makes particles.
  public init(positions: [Float], smoothingLengths: [Float]) {
    precondition(positions.count == 3 * smoothingLengths.count, "a position has three coordinates")
    self.positions = positions
    self.smoothingLengths = smoothingLengths
  }
}

/// The halos of a field file, in the catalogue's order.
public struct HaloTable: Hashable, Sendable {
  /// Mass of all linked particles [halo], [Msun].
  public var mass: [Float] = []

  /// Mass of the particles bound to the halo's parts [halo], [Msun]; 0 if there are none.
  public var boundMass: [Float] = []

  /// Position [halo, 3], [Mpc/h].
  public var center: [Float] = []

  /// Radius of the sphere with 200 times the mean matter density [halo], [Mpc/h]; NaN if the
  /// catalogue has none.
  public var radius: [Float] = []

  /// The number of linked particles [halo].
  public var particleCount: [Int64] = []

  /// The number of bound particles [halo].
  public var boundCount: [Int64] = []

  /// Makes an empty table.
  public init() {}

  /// The number of halos.
  public var count: Int { mass.count }
}
