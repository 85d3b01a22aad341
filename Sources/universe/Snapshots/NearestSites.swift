internal import Foundation

/// Finds a lattice in undone positions alone, for particles whose IDs do not name sites.
///
/// The lattice may lie anywhere in its cells: its offset is the mean direction of the positions'
/// fractions of a cell on the circle. All sums are whole numbers, so that those of ranks can be
/// added in any order.
package struct LatticePhase: Sendable {
  /// The cosines and sines along each axis, added [axis, 2], [2^-30].
  package private(set) var sums = [Int64](repeating: 0, count: 6)

  /// Starts with no particles.
  package init() {}

  /// Adds the origin of a particle [cells].
  package mutating func add(_ origin: SIMD3<Double>) {
    for axis in 0..<3 {
      let angle = 2 * Double.pi * (origin[axis] - origin[axis].rounded(.down))
      sums[2 * axis] += Int64((cos(angle) * 0x1p30).rounded())
      sums[2 * axis + 1] += Int64((sin(angle) * 0x1p30).rounded())
    }
  }

  /// The offset of the lattice from the cells' corners that sums of all ranks give [cells].
  ///
  /// Between -1/4 and 3/4, so that rounding errors do not decide where a lattice at corners or
  /// centers begins.
  package static func offset(_ sums: [Int64]) -> SIMD3<Double> {
    var offset = SIMD3<Double>()
    for axis in 0..<3 {
      offset[axis] =
        atan2(Double(sums[2 * axis + 1]), Double(sums[2 * axis])) / (2 * Double.pi)
      if offset[axis] < -0.25 { offset[axis] += 1 }
    }
    return offset
  }
}

/// The site of a lattice that is nearest to an origin.
package struct NearestSite: Sendable {
  /// The number of the site, (ix N + iy) N + iz.
  package let site: Int

  /// The squared distance from it [cells^2].
  package let squaredDistance: Double

  /// Finds the site nearest to `origin` [cells] on a lattice of `gridSize` sites along an axis that
  /// lies `offset` [cells] from the cells' corners.
  package init(to origin: SIMD3<Double>, gridSize: Int, offset: SIMD3<Double>) {
    let place = origin - offset
    let nearest = place.rounded(.toNearestOrEven)
    let distance = place - nearest
    squaredDistance = (distance * distance).sum()
    var site = 0
    for axis in 0..<3 {
      // The remainder first: a velocity may be wrong by any factor.
      let cell = Int(nearest[axis].truncatingRemainder(dividingBy: Double(gridSize)))
      site = site * gridSize + (cell < 0 ? cell + gridSize : cell)
    }
    self.site = site
  }
}

/// Gives particles that came second at their nearest site the sites that are left over.
///
/// In the order of their IDs, each particle takes the free site nearest to its origin, the one
/// with the lowest number among equals: a function of the particles alone.
///
/// - Parameters:
///   - ids: The IDs of the particles.
///   - origins: The places that they came from [particle], [cells], without the lattice's offset.
///   - free: As many free sites.
///   - gridSize: The sites along one axis.
/// - Returns: The site of each particle [particle].
/// - Complexity: O(particles^2); it is meant for a few in a thousand.
package func assignLeftOverSites(
  ids: [UInt64], origins: [SIMD3<Double>], free: [Int], gridSize: Int
) -> [Int] {
  precondition(ids.count == free.count, "as many particles as sites are left over")
  var free = free.sorted()
  var sites = [Int](repeating: 0, count: ids.count)
  let side = Double(gridSize)
  for particle in ids.indices.sorted(by: { ids[$0] < ids[$1] }) {
    var best = 0
    var bestSquare = Double.infinity
    for (candidate, site) in free.enumerated() {
      let cell = SIMD3(
        Double(site / (gridSize * gridSize)), Double(site / gridSize % gridSize),
        Double(site % gridSize))
      var distance = origins[particle] - cell
      distance -= side * (distance / side).rounded(.toNearestOrEven)
      let square = (distance * distance).sum()
      if square < bestSquare { (best, bestSquare) = (candidate, square) }
    }
    sites[particle] = free.remove(at: best)
  }
  return sites
}
