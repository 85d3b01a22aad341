internal import HDF5
package import MPI
internal import RecordFiles

/// Groups to be written, the largest first; the particles of a snapshot are in their order.
package struct GroupTable: Hashable, Sendable {
  /// The number of particles of each group [group].
  package var sizes: [Int]

  /// The number of its first particles that are bound to it [group]; zero if it is not bound.
  package var boundSizes: [Int]

  /// The comoving position of its particle of lowest potential [group, 3], [Mpc/h].
  package var positions: [Double]

  /// The mean peculiar velocity of its particles [group, 3], [km/s].
  package var velocities: [Float]

  /// The mean peculiar velocity of its bound particles [group, 3], [km/s].
  package var boundVelocities: [Float]

  /// The comoving radius with 200 times the mean matter density [group], [Mpc/h].
  package var radii: [Double]

  /// The number of particles within that radius [group].
  package var enclosedCounts: [Int]

  /// Makes a table of columns that are equally long.
  ///
  /// - Parameters:
  ///   - sizes: The number of particles of each group [group].
  ///   - boundSizes: The number of its first particles that are bound to it [group].
  ///   - positions: The comoving position of its particle of lowest potential [group, 3], [Mpc/h].
  ///   - velocities: The mean peculiar velocity of its particles [group, 3], [km/s].
  ///   - boundVelocities: That of its bound particles [group, 3], [km/s].
  ///   - radii: The comoving radius with 200 times the mean matter density [group], [Mpc/h].
  ///   - enclosedCounts: The number of particles within that radius [group].
  package init(
    sizes: [Int], boundSizes: [Int], positions: [Double], velocities: [Float],
    boundVelocities: [Float], radii: [Double], enclosedCounts: [Int]
  ) {
    precondition(
      [boundSizes.count, radii.count, enclosedCounts.count].allSatisfy { $0 == sizes.count }
        && [positions.count, velocities.count, boundVelocities.count]
          .allSatisfy { $0 == 3 * sizes.count },
      "columns of different lengths")
    self.sizes = sizes
    self.boundSizes = boundSizes
    self.positions = positions
    self.velocities = velocities
    self.boundVelocities = boundVelocities
    self.radii = radii
    self.enclosedCounts = enclosedCounts
  }

  /// The first row of each group [group].
  var offsets: [Int] {
    var end = 0
    return sizes.map { size in
      defer { end += size }
      return end
    }
  }

  /// The groups with a bound part, which is their only subhalo.
  var boundGroups: [Int] { sizes.indices.filter { boundSizes[$0] > 0 } }
}

extension GroupCatalogue {
  /// Writes a catalogue in GADGET-4's layout, and gives it its name when it is complete.
  ///
  /// The bound part of a group is its only subhalo; substructure is not sought. As in GADGET,
  /// `GroupVel` is a times the peculiar velocity, and `SubhaloVel` the peculiar velocity itself.
  /// Positions are 64-bit numbers. A catalogue without groups has no tables. Collective; the bytes
  /// do not depend on the number of ranks.
  ///
  /// - Parameters:
  ///   - groups: The same on every rank.
  ///   - simulation: The same on every rank.
  ///   - scaleFactor: The same on every rank.
  ///   - path: The file; one that exists is replaced. The same on every rank.
  ///   - communicator: The ranks.
  /// - Throws: `AgreedFailure` on every rank, with what the file system or HDF5 reported.
  package static func write(
    _ groups: GroupTable, of simulation: SimulationDescription, scaleFactor: Double,
    to path: String, on communicator: borrowing Communicator
  ) throws {
    try CollectiveFile.write(to: path, on: communicator) { file in
      try file.describe(on: communicator) { (file) throws(HDF5Error) in
        try file.writeHeader(of: simulation, scaleFactor: scaleFactor)
        // GADGET-3 called subhaloes subgroups, which is where yt looks for them.
        let counts = [
          ("Ngroups", groups.sizes.count), ("Nsubhalos", groups.boundGroups.count),
          ("Nsubgroups", groups.boundGroups.count), ("Nids", groups.sizes.reduce(0, +)),
        ]
        for (name, count) in counts {
          try file.setAttribute("\(name)_ThisFile", to: UInt64(count), of: "Header")
          try file.setAttribute("\(name)_Total", to: UInt64(count), of: "Header")
        }
        try file.setAttribute("NumFiles", to: Int32(1), of: "Header")
        try file.writeParameters(of: simulation)
        for group in ["Group", "Subhalo"] { try file.createGroup(group) }
      }
      let mass = simulation.storedParticleMass
      let tables =
        CatalogueTable.groups(groups, particleMass: mass, scaleFactor: scaleFactor)
        + CatalogueTable.subhalos(groups, particleMass: mass)
      for table in tables where table.extents[0] > 0 {
        try file.add(table, on: communicator)
      }
    }
  }
}

/// A dataset of a catalogue.
private struct CatalogueTable {
  enum Values {
    case counts([Int32])
    case rows([Int64])
    case numbers([Float])
    case coordinates([Double])
  }

  let name: String
  let extents: [Int]
  let values: Values

  static func groups(
    _ groups: GroupTable, particleMass: Double, scaleFactor: Double
  ) -> [CatalogueTable] {
    let n = groups.sizes.count
    let types = StoredUnits.typeCount
    let sizes = groups.sizes.map { Int32($0) }
    let masses = sizes.map { Float(Double($0) * particleMass) }
    let isBound = groups.boundSizes.map { $0 > 0 }
    var subhalos = 0
    let firstSubhalos = isBound.map { isBound -> Int64 in
      subhalos += isBound ? 1 : 0
      return isBound ? Int64(subhalos - 1) : -1
    }
    return [
      .init(name: "Group/GroupLen", extents: [n], values: .counts(sizes)),
      .init(
        name: "Group/GroupLenType", extents: [n, types],
        values: .counts(sizes.flatMap { StoredUnits.perType($0) })),
      .init(
        name: "Group/GroupOffsetType", extents: [n, types],
        values: .rows(groups.offsets.flatMap { StoredUnits.perType(Int64($0)) })),
      .init(name: "Group/GroupMass", extents: [n], values: .numbers(masses)),
      .init(
        name: "Group/GroupMassType", extents: [n, types],
        values: .numbers(masses.flatMap { StoredUnits.perType($0) })),
      .init(name: "Group/GroupPos", extents: [n, 3], values: .coordinates(groups.positions)),
      .init(
        name: "Group/GroupVel", extents: [n, 3],
        values: .numbers(groups.velocities.map { $0 * Float(scaleFactor) })),
      .init(
        name: "Group/Group_R_Mean200", extents: [n],
        values: .numbers(groups.radii.map { Float($0) })),
      .init(
        name: "Group/Group_M_Mean200", extents: [n],
        values: .numbers(
          groups.enclosedCounts.map { Float(Double($0) * particleMass) })),
      .init(
        name: "Group/GroupNsubs", extents: [n], values: .counts(isBound.map { $0 ? 1 : 0 })),
      .init(name: "Group/GroupFirstSub", extents: [n], values: .rows(firstSubhalos)),
    ]
  }

  static func subhalos(_ groups: GroupTable, particleMass: Double) -> [CatalogueTable] {
    let bound = groups.boundGroups
    let n = bound.count
    let types = StoredUnits.typeCount
    let sizes = bound.map { Int32(groups.boundSizes[$0]) }
    let masses = sizes.map { Float(Double($0) * particleMass) }
    let offsets = groups.offsets
    return [
      .init(name: "Subhalo/SubhaloLen", extents: [n], values: .counts(sizes)),
      .init(
        name: "Subhalo/SubhaloLenType", extents: [n, types],
        values: .counts(sizes.flatMap { StoredUnits.perType($0) })),
      .init(
        name: "Subhalo/SubhaloOffsetType", extents: [n, types],
        values: .rows(
          bound.flatMap { StoredUnits.perType(Int64(offsets[$0])) })),
      .init(
        name: "Subhalo/SubhaloGroupNr", extents: [n], values: .rows(bound.map { Int64($0) })),
      .init(
        name: "Subhalo/SubhaloRankInGr", extents: [n],
        values: .counts([Int32](repeating: 0, count: n))),
      .init(name: "Subhalo/SubhaloMass", extents: [n], values: .numbers(masses)),
      .init(
        name: "Subhalo/SubhaloMassType", extents: [n, types],
        values: .numbers(masses.flatMap { StoredUnits.perType($0) })),
      .init(
        name: "Subhalo/SubhaloPos", extents: [n, 3],
        values: .coordinates(bound.flatMap { groups.positions[3 * $0..<3 * $0 + 3] })),
      .init(
        name: "Subhalo/SubhaloVel", extents: [n, 3],
        values: .numbers(bound.flatMap { groups.boundVelocities[3 * $0..<3 * $0 + 3] })),
    ]
  }
}

extension CollectiveFile {
  /// Writes a table, all of it by the root.
  ///
  /// Collective.
  fileprivate borrowing func add(_ table: CatalogueTable, on ranks: borrowing Communicator) throws {
    switch table.values {
    case .counts(let values): try add(values, table, on: ranks)
    case .rows(let values): try add(values, table, on: ranks)
    case .numbers(let values): try add(values, table, on: ranks)
    case .coordinates(let values): try add(values, table, on: ranks)
    }
  }

  private borrowing func add<Element: HDF5Element>(
    _ values: [Element], _ table: CatalogueTable, on ranks: borrowing Communicator
  ) throws {
    let dataset = try create(table.name, extents: table.extents, of: Element.self, on: ranks)
    var slab = Hyperslab(whole: table.extents)
    if !ranks.isRoot { slab.count[0] = 0 }
    try write(ranks.isRoot ? values : [], to: dataset, slab: slab, on: ranks)
  }
}
