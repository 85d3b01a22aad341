import Foundation
import HDF5
import Snapshots

/// A tiny simulation in GADGET-4's layout.
///
/// A displaced lattice at z=99, and halos at z=0 whose members are known. What a test wants to be different is a property.
struct SyntheticSimulation: Sendable {
  var side = 8
  var boxSize = 25.0
  var lattice = LagrangianLattice.AxisOrder.xyz
  var placement = LagrangianLattice.Placement.corner
  var firstID: UInt64 = 1
  var cosmology = Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701)

  /// Kiloparsecs instead of megaparsecs, and 1 instead of 10^10 solar masses.
  var isInKiloparsecs = false
  var statesUnits = true
  var listsMasses = false
  var usesHighWords = false
  var hasOffsets = true
  var hasSubhalos = true
  var fileCount = 1
  var catalogueFileCount = 1
  var isGlass = false
  var hasHalos = true

  /// Names particles instead of the lattice; by default the lattice does.
  var id: (@Sendable (Int) -> UInt64)?

  /// A particle whose velocity is wrong, so that undoing takes it to the next site along z.
  var misledSite: Int?

  /// Moves final halos, so that they contradict the catalogue.
  var finalShift = 0.0

  var count: Int { side * side * side }
  var spacing: Double { boxSize / Double(side) }
  private var lengthUnit: Double { isInKiloparsecs ? 1e-3 : 1 }
  private var massUnit: Double { isInKiloparsecs ? 1 : 1e10 }

  /// The mass of a particle [Msun].
  var particleMass: Double { cosmology.particleMass(count: count, boxSize: boxSize) }

  /// The groups: how many members each has, and how many of them its subhaloes have.
  let groups: [(length: Int, subhalos: [Int])] = [(60, [40, 10]), (40, [33]), (32, [])]

  var memberCount: Int { hasHalos ? groups.reduce(0) { $0 + $1.length } : 0 }

  /// The sites in the order of the final snapshot's rows: the first rows are those of the groups.
  var finalOrder: [Int] { (0..<count).map { ($0 * 37 + 11) % count } }

  /// The sites in the order of the initial snapshot's rows.
  var initialOrder: [Int] { (0..<count).map { ($0 * 101 + 5) % count } }

  func cell(_ site: Int) -> [Int] { [site / (side * side), site / side % side, site % side] }

  func idOfSite(_ site: Int) -> UInt64 {
    if let id { return id(site) }
    return LagrangianLattice(
      gridSize: side, firstID: firstID, axisOrder: lattice, placement: placement
    ).id(ofSite: site)
  }

  /// The displacement at z=99: plane waves along each axis, up to 0.35 cells [Mpc/h].
  func displacement(_ site: Int) -> [Double] {
    let phase = cell(site).map { 2 * Double.pi * Double($0) / Double(side) }
    return [
      0.3 * sin(phase[0] + 0.3) + 0.05 * sin(2 * phase[1]), 0.25 * sin(phase[1] - 0.2),
      0.2 * cos(phase[2]) + 0.1 * sin(phase[0]),
    ].map { $0 * spacing }
  }

  func site(_ site: Int) -> [Double] {
    cell(site).map { (Double($0) + (placement == .corner ? 0 : 0.5)) * spacing }
  }

  func initialPosition(_ site: Int) -> [Double] {
    if isGlass {
      let steps = [0.8191725133961645, 0.6710436067037893, 0.5497004779019703]
      return steps.map { (Double(site) * $0).truncatingRemainder(dividingBy: 1) * boxSize }
    }
    return zip(self.site(site), displacement(site)).map { wrapped($0 + $1) }
  }

  func velocity(_ site: Int) -> [Double] {
    let a = 0.01
    var displacement = displacement(site)
    if site == misledSite { displacement[2] -= 0.9 * spacing }
    return displacement.map { $0 * 100 * cosmology.expansionRate(at: a) * a.squareRoot() }
  }

  func center(_ group: Int) -> [Double] {
    [0.02, 0.5, 0.83].map { wrapped(boxSize * ($0 + 0.31 * Double(group))) }
  }

  /// The radius of 200 times the mean density [Mpc/h].
  func radius(_ group: Int) -> Double {
    cbrt(3 * Double(groups[group].length) / (4 * Double.pi * 200)) * spacing
  }

  /// The group of a final row, and the row's place in it.
  func group(ofRow row: Int) -> (group: Int, place: Int)? {
    guard hasHalos else { return nil }
    var start = 0
    for (group, value) in groups.enumerated() {
      if row < start + value.length { return (group, row - start) }
      start += value.length
    }
    return nil
  }

  func isBound(row: Int) -> Bool {
    guard let (group, place) = group(ofRow: row) else { return false }
    return place < groups[group].subhalos.reduce(0, +)
  }

  /// The distance of a member from its group's centre in units of the radius, along the axes in
  /// turn.
  func relativeRadius(_ place: Int) -> Double { Double(place % 20) / 16 }

  func finalPosition(row: Int) -> [Double] {
    guard let (group, place) = group(ofRow: row) else {
      return site(finalOrder[row]).map { wrapped($0 + 0.4 * spacing) }
    }
    var position = center(group)
    position[place % 3] += relativeRadius(place) * radius(group)
    return position.map { wrapped($0 + finalShift) }
  }

  func wrapped(_ x: Double) -> Double { x < 0 ? x + boxSize : x >= boxSize ? x - boxSize : x }
}

extension SyntheticSimulation {
  /// Writes the z=99 snapshot, and returns the path to open it by.
  @discardableResult
  func writeInitial(in folder: String) throws -> String {
    try writeSnapshot(
      folder + "/snapdir_000/snapshot_000", redshift: 99,
      positions: initialOrder.map(initialPosition),
      velocities: initialOrder.map(velocity), ids: initialOrder.map(idOfSite))
  }

  /// Writes the z=0 snapshot, and returns the path to open it by.
  @discardableResult
  func writeFinal(in folder: String) throws -> String {
    try writeSnapshot(
      folder + "/snapdir_001/snapshot_001", redshift: 0,
      positions: (0..<count).map { finalPosition(row: $0) },
      velocities: [[Double]](repeating: [0, 0, 0], count: count), ids: finalOrder.map(idOfSite))
  }

  private func writeSnapshot(
    _ base: String, redshift: Double, positions: [[Double]], velocities: [[Double]], ids: [UInt64]
  ) throws -> String {
    try FileManager.default.createDirectory(
      atPath: (base as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    for part in 0..<fileCount {
      // The first of several files is empty, as the file of a type's absence is.
      let start = fileCount > 1 ? max(0, part - 1) * count / (fileCount - 1) : 0
      let end = fileCount > 1 ? part * count / (fileCount - 1) : count
      let rows = start..<end
      let path = fileCount > 1 ? "\(base).\(part).hdf5" : "\(base).hdf5"
      let file = try HDF5File.create(path)
      try writeHeader(file, redshift: redshift)
      try file.setAttribute("NumFilesPerSnapshot", to: Int32(fileCount), of: "Header")
      let mass = particleMass * cosmology.hubble / massUnit
      try file.setAttribute("MassTable", to: [0, listsMasses ? 0 : mass], of: "Header")
      try writeCounts(file, "NumPart_ThisFile", rows.count)
      try writeCounts(file, "NumPart_Total", count)
      if !rows.isEmpty {
        let table = [rows.count, 3]
        try file.createDataset("PartType1/Coordinates", extents: table, of: Float.self).write(
          positions[rows].flatMap { $0.map { Float($0 / lengthUnit) } })
        try file.createDataset("PartType1/Velocities", extents: table, of: Float.self).write(
          velocities[rows].flatMap { $0.map { Float($0) } })
        try file.createDataset("PartType1/ParticleIDs", extents: [rows.count], of: UInt32.self)
          .write(ids[rows].map { UInt32($0) })
        if listsMasses {
          try file.createDataset("PartType1/Masses", extents: [rows.count], of: Float.self).write(
            [Float](repeating: Float(mass), count: rows.count))
        }
      }
      try file.close()
    }
    return fileCount > 1 ? (base as NSString).deletingLastPathComponent : base + ".hdf5"
  }

  private func writeCounts(_ file: borrowing HDF5File, _ name: String, _ count: Int) throws {
    guard usesHighWords else {
      return try file.setAttribute(name, to: [UInt64(0), UInt64(count)], of: "Header")
    }
    try file.setAttribute(name, to: [UInt32(0), UInt32(count), 0, 0, 0, 0], of: "Header")
    try file.setAttribute(name + "_HighWord", to: [UInt32](repeating: 0, count: 6), of: "Header")
  }

  private func writeHeader(_ file: borrowing HDF5File, redshift: Double) throws {
    try file.createGroup("Header")
    try file.createGroup("Parameters")
    try file.setAttribute("BoxSize", to: boxSize / lengthUnit, of: "Header")
    try file.setAttribute("Redshift", to: redshift, of: "Header")
    try file.setAttribute("Time", to: 1 / (1 + redshift), of: "Header")
    try file.setAttribute("Omega0", to: cosmology.omegaMatter, of: "Parameters")
    try file.setAttribute("OmegaLambda", to: cosmology.omegaLambda, of: "Parameters")
    try file.setAttribute("HubbleParam", to: cosmology.hubble, of: "Parameters")
    guard statesUnits else { return }
    try file.setAttribute("UnitLength_in_cm", to: 3.08568e24 * lengthUnit, of: "Parameters")
    try file.setAttribute("UnitMass_in_g", to: 1.989e33 * massUnit, of: "Parameters")
    try file.setAttribute("UnitVelocity_in_cm_per_s", to: 1e5, of: "Parameters")
  }

  /// Writes the catalogue of the z=0 snapshot, and returns the path to open it by.
  @discardableResult
  func writeCatalogue(in folder: String) throws -> String {
    let base = folder + "/groups_001/fof_subhalo_tab_001"
    try FileManager.default.createDirectory(
      atPath: folder + "/groups_001", withIntermediateDirectories: true)
    let groups = hasHalos ? self.groups : []
    let starts = groups.indices.map { groups[..<$0].reduce(0) { $0 + $1.length } }
    let subhaloCount = hasSubhalos ? groups.reduce(0) { $0 + $1.subhalos.count } : 0
    let mass = particleMass * cosmology.hubble / massUnit
    for part in 0..<catalogueFileCount {
      let mine =
        part * groups.count / catalogueFileCount..<(part + 1) * groups.count
        / catalogueFileCount
      let file = try HDF5File.create(
        catalogueFileCount > 1 ? "\(base).\(part).hdf5" : "\(base).hdf5")
      try writeHeader(file, redshift: 0)
      try file.setAttribute("NumFiles", to: Int32(catalogueFileCount), of: "Header")
      try file.setAttribute("Ngroups_ThisFile", to: UInt64(mine.count), of: "Header")
      try file.setAttribute("Ngroups_Total", to: UInt64(groups.count), of: "Header")
      let subhalos =
        hasSubhalos
        ? mine.flatMap { group in groups[group].subhalos.indices.map { (group, $0) } } : []
      if hasSubhalos {
        try file.setAttribute("Nsubhalos_ThisFile", to: UInt64(subhalos.count), of: "Header")
        try file.setAttribute("Nsubhalos_Total", to: UInt64(subhaloCount), of: "Header")
      }
      if !mine.isEmpty {
        try file.createDataset("Group/GroupLenType", extents: [mine.count, 2], of: Int32.self)
          .write(mine.flatMap { [0, Int32(groups[$0].length)] })
        if hasOffsets {
          try file.createDataset("Group/GroupOffsetType", extents: [mine.count, 2], of: Int64.self)
            .write(mine.flatMap { [0, Int64(starts[$0])] })
        }
        try file.createDataset("Group/GroupMass", extents: [mine.count], of: Float.self)
          .write(mine.map { Float(Double(groups[$0].length) * mass) })
        try file.createDataset("Group/GroupPos", extents: [mine.count, 3], of: Float.self)
          .write(mine.flatMap { center($0).map { Float($0 / lengthUnit) } })
        // A group without subhaloes has no radius, as in GADGET-4.
        try file.createDataset("Group/Group_R_Mean200", extents: [mine.count], of: Float.self)
          .write(mine.map { groups[$0].subhalos.isEmpty ? 0 : Float(radius($0) / lengthUnit) })
      }
      if !subhalos.isEmpty {
        let lengths = subhalos.map { groups[$0.0].subhalos[$0.1] }
        try file.createDataset(
          "Subhalo/SubhaloLenType", extents: [lengths.count, 2], of: Int32.self
        )
        .write(lengths.flatMap { [0, Int32($0)] })
        try file.createDataset("Subhalo/SubhaloGroupNr", extents: [lengths.count], of: Int64.self)
          .write(subhalos.map { Int64($0.0) })
      }
      try file.close()
    }
    return catalogueFileCount > 1 ? base : base + ".hdf5"
  }
}
