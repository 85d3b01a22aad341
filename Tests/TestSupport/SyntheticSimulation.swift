import Foundation
package import Snapshots

/// A tiny simulation in GADGET-4's layout.
///
/// A displaced lattice at z=99, and halos at z=0 whose members are known. What a test wants to be
/// different is a property:
///
///     var simulation = SyntheticSimulation()
///     simulation.fileCount = 3
///     let path = try simulation.writeInitial(in: folder)
package struct SyntheticSimulation: Sendable {
  /// The number of particles along each axis.
  package var side = 8

  /// The side of the box [Mpc/h].
  package var boxSize = 25.0

  /// How IDs run over the lattice.
  package var lattice = LagrangianLattice.AxisOrder.xyz

  /// Where the sites lie in their cells.
  package var placement = LagrangianLattice.Placement.corner

  /// The ID of the first site.
  package var firstID: UInt64 = 1

  /// The cosmology of both snapshots.
  package var cosmology = Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701)

  /// Kiloparsecs instead of megaparsecs, and 1 instead of 10^10 solar masses.
  package var isInKiloparsecs = false

  /// Whether the files state their units.
  package var statesUnits = true

  /// Whether masses are a dataset instead of an entry of the mass table.
  package var listsMasses = false

  /// Whether counts are written in two 32-bit words, as by GADGET-2.
  package var usesHighWords = false

  /// Whether the catalogue has the offsets of its groups.
  package var hasOffsets = true

  /// Whether the catalogue has subhaloes.
  package var hasSubhalos = true

  /// The number of files of a snapshot.
  package var fileCount = 1

  /// The number of files of the catalogue.
  package var catalogueFileCount = 1

  /// Whether the initial particles lie irregularly, far from the lattice.
  package var isGlass = false

  /// Whether there is any halo.
  package var hasHalos = true

  /// Names particles instead of the lattice; by default the lattice does.
  package var id: (@Sendable (Int) -> UInt64)?

  /// A particle whose velocity is wrong, so that undoing takes it to the next site along z.
  package var misledSite: Int?

  /// Moves the waves of the displacement, so that simulations differ [radians].
  package var phase = 0.0

  /// Moves final halos, so that they contradict the catalogue.
  package var finalShift = 0.0

  /// Makes eight particles along each axis in 25 Mpc/h, in single files with the usual content.
  package init() {}

  /// The number of particles.
  package var count: Int { side * side * side }

  /// The distance of neighbouring sites [Mpc/h].
  package var spacing: Double { boxSize / Double(side) }

  var lengthUnit: Double { isInKiloparsecs ? 1e-3 : 1 }
  var massUnit: Double { isInKiloparsecs ? 1 : 1e10 }

  /// The mass of a particle [Msun].
  package var particleMass: Double { cosmology.particleMass(count: count, boxSize: boxSize) }

  /// The groups: how many members each has, and how many of them its subhaloes have.
  package var groups: [(length: Int, subhalos: [Int])] = [(60, [40, 10]), (40, [33]), (32, [])]

  /// The number of particles in groups.
  package var memberCount: Int { hasHalos ? groups.reduce(0) { $0 + $1.length } : 0 }

  /// The sites in the order of the final snapshot's rows: the first rows are those of the groups.
  package var finalOrder: [Int] { (0..<count).map { ($0 * 37 + 11) % count } }

  /// The sites in the order of the initial snapshot's rows.
  package var initialOrder: [Int] { (0..<count).map { ($0 * 101 + 5) % count } }

  /// The place of a site on the lattice [axis].
  package func cell(_ site: Int) -> [Int] {
    [site / (side * side), site / side % side, site % side]
  }

  /// The ID of the particle of a site.
  package func idOfSite(_ site: Int) -> UInt64 {
    if let id { return id(site) }
    return LagrangianLattice(
      gridSize: side, firstID: firstID, axisOrder: lattice, placement: placement
    ).id(ofSite: site)
  }

  /// The displacement at z=99: plane waves along each axis, up to 0.35 cells [Mpc/h].
  package func displacement(_ site: Int) -> [Double] {
    let angles = cell(site).map { 2 * Double.pi * Double($0) / Double(side) + phase }
    return [
      0.3 * sin(angles[0] + 0.3) + 0.05 * sin(2 * angles[1]), 0.25 * sin(angles[1] - 0.2),
      0.2 * cos(angles[2]) + 0.1 * sin(angles[0]),
    ].map { $0 * spacing }
  }

  /// The position of a site [Mpc/h].
  package func site(_ site: Int) -> [Double] {
    cell(site).map { (Double($0) + (placement == .corner ? 0 : 0.5)) * spacing }
  }

  /// The position of a site's particle at z=99 [Mpc/h].
  package func initialPosition(_ site: Int) -> [Double] {
    if isGlass {
      let steps = [0.8191725133961645, 0.6710436067037893, 0.5497004779019703]
      return steps.map { (Double(site) * $0).truncatingRemainder(dividingBy: 1) * boxSize }
    }
    return zip(self.site(site), displacement(site)).map { wrapped($0 + $1) }
  }

  /// The velocity at z=99 that belongs to the displacement in linear theory, as GADGET-4 writes it
  /// [km/s / sqrt(a)].
  package func velocity(_ site: Int) -> [Double] {
    let a = 0.01
    var displacement = displacement(site)
    if site == misledSite { displacement[2] -= 0.9 * spacing }
    return displacement.map { $0 * 100 * cosmology.expansionRate(at: a) * a.squareRoot() }
  }

  /// The center of a group [Mpc/h].
  package func center(_ group: Int) -> [Double] {
    [0.02, 0.5, 0.83].map {
      boxSize * ($0 + 0.31 * Double(group)).truncatingRemainder(dividingBy: 1)
    }
  }

  /// The radius of 200 times the mean density [Mpc/h].
  package func radius(_ group: Int) -> Double {
    cbrt(3 * Double(groups[group].length) / (4 * Double.pi * 200)) * spacing
  }

  /// The group of a final row, and the row's place in it.
  package func group(ofRow row: Int) -> (group: Int, place: Int)? {
    guard hasHalos else { return nil }
    var start = 0
    for (group, value) in groups.enumerated() {
      if row < start + value.length { return (group, row - start) }
      start += value.length
    }
    return nil
  }

  /// Whether the particle of a final row is in a subhalo.
  package func isBound(row: Int) -> Bool {
    guard let (group, place) = group(ofRow: row) else { return false }
    return place < groups[group].subhalos.reduce(0, +)
  }

  /// The distance of a member from its group's center in units of the radius, in directions of the
  /// planes of two axes in turn, no two of which are the same.
  package func relativeRadius(_ place: Int) -> Double { Double(place % 20 + 1) / 16 }

  /// The position of a final row at z=0 [Mpc/h].
  package func finalPosition(row: Int) -> [Double] {
    guard let (group, place) = group(ofRow: row) else {
      return site(finalOrder[row]).map { wrapped($0 + 0.4 * spacing) }
    }
    var position = center(group)
    let (distance, angle) = (relativeRadius(place) * radius(group), Double(place))
    position[place % 3] += distance * cos(angle)
    position[(place + 1) % 3] += distance * sin(angle)
    return position.map { wrapped($0 + finalShift) }
  }

  /// A coordinate moved into the box [Mpc/h].
  package func wrapped(_ x: Double) -> Double {
    x < 0 ? x + boxSize : x >= boxSize ? x - boxSize : x
  }
}
