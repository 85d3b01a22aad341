/// The planes of a grid that each rank has: ranges in order, as equal in size as possible.
package struct PlaneDecomposition: Hashable, Sendable {
  /// The planes of the grid, and the sites along each axis of a plane.
  package let gridSize: Int

  /// The number of ranks; more than planes leaves some ranks without any.
  package let ranks: Int

  /// Shares `gridSize` planes out among `ranks`.
  package init(gridSize: Int, ranks: Int) {
    precondition(gridSize > 0 && ranks > 0, "a decomposition needs planes and ranks")
    self.gridSize = gridSize
    self.ranks = ranks
  }

  /// The planes of a rank.
  package func planes(of rank: Int) -> Range<Int> {
    rank * gridSize / ranks..<(rank + 1) * gridSize / ranks
  }

  /// The sites of a rank's planes.
  package func sites(of rank: Int) -> Range<Int> {
    let planes = planes(of: rank)
    let area = gridSize * gridSize
    return planes.lowerBound * area..<planes.upperBound * area
  }

  /// The rank that has a site.
  package func rank(ofSite site: Int) -> Int {
    ((site / (gridSize * gridSize) + 1) * ranks - 1) / gridSize
  }
}

/// The fields on some planes of the Lagrangian grid, site after site.
package struct FieldSlab: Sendable {
  /// The sites along one axis of the whole grid, N.
  package let gridSize: Int

  /// The planes along the slowest axis.
  package let planes: Range<Int>

  /// SPH density [planes, N, N], [rho/rho_mean].
  package var density: [Float]

  /// The fields that follow from the density [planes, N, N], of those that the file is to hold.
  var derived: [GridField<Float>: [Float]] = [:]

  /// The filters of the filtered fields among them, in the order of the file.
  var filters: [FieldFilter] = []

  /// The particles at the end, if the file is to hold them.
  package var finalParticles: FinalParticles?

  /// log10 of the mass of the particle's halo [planes, N, N], [log10 Msun]; NaN outside halos.
  package var logMass: [Float]

  /// The number of the particle's halo [planes, N, N]; -1 outside halos.
  package var halo: [Int32]

  /// The particle's distance from its halo's center [planes, N, N], [r200m]; NaN outside halos
  /// and for halos without a radius.
  package var radius: [Float]

  /// Makes a slab of mean density without halos.
  package init(gridSize: Int, planes: Range<Int>) {
    self.gridSize = gridSize
    self.planes = planes
    let count = planes.count * gridSize * gridSize
    density = [Float](repeating: 1, count: count)
    logMass = [Float](repeating: .nan, count: count)
    halo = [Int32](repeating: -1, count: count)
    radius = [Float](repeating: .nan, count: count)
  }

  /// Potential [planes, N, N], [(Mpc/h)^2], if the file is to hold it.
  package var potential: [Float]? {
    get { derived[.potential] }
    set { derived[.potential] = newValue }
  }

  /// The fields that follow from the density, in the order of a file.
  var derivedInOrder: [(field: GridField<Float>, values: [Float])] {
    GridField.derived(filters: filters).compactMap { field in derived[field].map { (field, $0) } }
  }

  /// Takes fields that follow from the density.
  package mutating func add(_ values: [[Float]], as fields: [GridField<Float>]) {
    for (field, values) in zip(fields, values) { derived[field] = values }
  }

  /// The sites of the slab.
  package var sites: Range<Int> {
    let area = gridSize * gridSize
    return planes.lowerBound * area..<planes.upperBound * area
  }
}

/// The particles of some sites in the final snapshot.
package struct FinalParticles: Hashable, Sendable {
  /// Comoving positions [site, 3], [Mpc/h].
  package var positions: [Float]

  /// Half the distance of the last of the nearest neighbours that a density is estimated from [site],
  /// [Mpc/h].
  package var smoothingLengths: [Float]

  /// Makes particles.
  package init(positions: [Float], smoothingLengths: [Float]) {
    precondition(positions.count == 3 * smoothingLengths.count, "a position has three coordinates")
    self.positions = positions
    self.smoothingLengths = smoothingLengths
  }
}

/// The halos of a field file, in the catalogue's order.
package struct HaloTable: Hashable, Sendable {
  /// Mass of all linked particles [halo], [Msun].
  package var mass: [Float] = []

  /// Mass of the particles bound to the halo's parts [halo], [Msun]; 0 if there are none.
  package var boundMass: [Float] = []

  /// Position [halo, 3], [Mpc/h].
  package var center: [Float] = []

  /// Radius of the sphere with 200 times the mean matter density [halo], [Mpc/h]; NaN if the
  /// catalogue has none.
  package var radius: [Float] = []

  /// The number of linked particles [halo].
  package var particleCount: [Int64] = []

  /// The number of bound particles [halo].
  package var boundCount: [Int64] = []

  /// Makes an empty table.
  package init() {}

  /// The number of halos.
  package var count: Int { mass.count }
}
