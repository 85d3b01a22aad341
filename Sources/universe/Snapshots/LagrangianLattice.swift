/// The grid that particles started from, and how an ID names a site of it.
///
/// Sites are numbered (ix N + iy) N + iz whatever the IDs. Initial conditions number particles
/// from 0 or 1, with any axis slowest, and put them at the corners or the centers of cells: which
/// of these it is follows from the particles (``LatticeResiduals``).
///
/// Documentation/your-simulations.md tells how the codes number their particles.
package struct LagrangianLattice: Hashable, Codable, Sendable {
  /// The axes along which the slowest, the middle and the fastest digit of an ID count.
  package enum AxisOrder: String, Hashable, Codable, Sendable, CaseIterable {
    case xyz, xzy, yxz, yzx, zxy, zyx

    /// The axis (0, 1, 2) of each digit.
    var axes: (Int, Int, Int) {
      switch self {
      case .xyz: (0, 1, 2)
      case .xzy: (0, 2, 1)
      case .yxz: (1, 0, 2)
      case .yzx: (1, 2, 0)
      case .zxy: (2, 0, 1)
      case .zyx: (2, 1, 0)
      }
    }
  }

  /// The place of a site in its cell.
  package enum Placement: String, Hashable, Codable, Sendable, CaseIterable {
    case corner, center

    /// The distance from the cell's lower corner along each axis [cells].
    package var offset: Double { self == .corner ? 0 : 0.5 }
  }

  /// The sites along one axis, N.
  package let gridSize: Int

  /// The ID of the first site, 0 or 1.
  package let firstID: UInt64

  /// The axes of an ID's digits.
  package let axisOrder: AxisOrder

  /// The place of a site in its cell.
  package let placement: Placement

  /// The lattice of GADGET-4's initial conditions: IDs from 1 on, x slowest, sites at corners.
  package static func gadget(gridSize: Int) -> LagrangianLattice {
    LagrangianLattice(gridSize: gridSize, firstID: 1, axisOrder: .xyz, placement: .corner)
  }

  /// Makes a lattice.
  package init(gridSize: Int, firstID: UInt64, axisOrder: AxisOrder, placement: Placement) {
    self.gridSize = gridSize
    self.firstID = firstID
    self.axisOrder = axisOrder
    self.placement = placement
  }

  /// The coordinates of the site of an ID [cells]; `nil` for an ID that names none.
  @inline(__always)
  func cell(ofID id: UInt64) -> SIMD3<Int>? {
    guard id >= firstID, id - firstID < UInt64(gridSize * gridSize * gridSize) else { return nil }
    let index = Int(id - firstID)
    var cell = SIMD3<Int>()
    let axes = axisOrder.axes
    cell[axes.0] = index / (gridSize * gridSize)
    cell[axes.1] = index / gridSize % gridSize
    cell[axes.2] = index % gridSize
    return cell
  }

  /// The squared distance of an origin from the site of an ID, across the box's faces [cells^2];
  /// `nil` for an ID that names no site.
  @inline(__always)
  package func squaredDistance(from origin: SIMD3<Double>, toSiteOfID id: UInt64) -> Double? {
    guard let cell = cell(ofID: id) else { return nil }
    let side = Double(gridSize)
    var distance = origin - SIMD3<Double>(cell) - placement.offset
    distance -= side * (distance / side).rounded(.toNearestOrEven)
    return (distance * distance).sum()
  }

  /// The number of the site of an ID, (ix N + iy) N + iz; `nil` for an ID that names none.
  package func site(ofID id: UInt64) -> Int? {
    cell(ofID: id).map { ($0.x * gridSize + $0.y) * gridSize + $0.z }
  }
}

/// Undoes the displacement of particles that were set up by the Zel'dovich approximation.
///
/// In linear theory the displacement is psi = (dx/dt)/(f H(a)), f = 1 at high redshift, and GADGET
/// stores u = sqrt(a) dx/dt, so q = x - u/(100 E(a) sqrt(a)) [Mpc/h].
package struct DisplacementUndoing: Sendable {
  /// The sites along one axis.
  package let gridSize: Int

  private var factor: Double
  private let cellsPerLength: Double

  /// Prepares to undo the displacements of a snapshot.
  package init(_ snapshot: Snapshot, gridSize: Int) {
    let a = snapshot.scaleFactor
    self.gridSize = gridSize
    factor = 1 / (100 * snapshot.cosmology.expansionRate(at: a) * a.squareRoot())
    cellsPerLength = Double(gridSize) / snapshot.boxSize
  }

  /// Takes velocities for `other` times what they are stored as.
  package mutating func multiplyVelocities(by other: Double) { factor *= other }

  /// Returns the place that a particle came from [cells]; not wrapped into the box.
  package func origin(_ particles: SnapshotParticles, _ index: Int) -> SIMD3<Double> {
    var origin = SIMD3<Double>()
    for axis in 0..<3 {
      origin[axis] =
        (particles.positions[3 * index + axis]
          - Double(particles.velocities[3 * index + axis]) * factor) * cellsPerLength
    }
    return origin
  }
}

/// The distances of undone positions from the sites that each convention of numbering names.
///
/// The sums are whole numbers, so that those of ranks can be added in any order.
struct LatticeResiduals: Sendable {
  /// The conventions that are compared: every axis order, with sites at corners and at centers.
  package let candidates: [LagrangianLattice]

  /// The squared distances of each candidate, added [candidate], [cells^2 x 2^-28]; a particle
  /// counts at most 16.
  package private(set) var sums: [Int64]

  private static let unit = 0x1p28

  /// Starts with no particles, for IDs from `firstID` on.
  package init(gridSize: Int, firstID: UInt64) {
    candidates = LagrangianLattice.AxisOrder.allCases.flatMap { order in
      LagrangianLattice.Placement.allCases.map {
        LagrangianLattice(
          gridSize: gridSize, firstID: firstID, axisOrder: order, placement: $0)
      }
    }
    sums = [Int64](repeating: 0, count: candidates.count)
  }

  /// Adds particles; those with an ID that names no site count as far away.
  package mutating func add(_ particles: SnapshotParticles, _ undoing: DisplacementUndoing) {
    for index in particles.ids.indices {
      let origin = undoing.origin(particles, index)
      for (candidate, lattice) in candidates.enumerated() {
        let square = lattice.squaredDistance(from: origin, toSiteOfID: particles.ids[index])
        sums[candidate] += Int64((min(16, square ?? 16) * Self.unit).rounded())
      }
    }
  }

  /// The root mean square distance of each candidate [candidate], [cells].
  package static func rms(_ sums: [Int64], count: Int) -> [Double] {
    sums.map { (Double($0) / unit / Double(count)).squareRoot() }
  }

  /// The one candidate whose root mean square distance is less than a tenth of a cell; `nil` if
  /// there is none, or more than one.
  ///
  /// - Parameters:
  ///   - sums: The sums of all ranks, added.
  ///   - count: The number of particles of all ranks.
  /// - Returns: The lattice and its residual [cells].
  package func verified(
    _ sums: [Int64], count: Int
  ) -> (lattice: LagrangianLattice, residual: Double)? {
    let rms = Self.rms(sums, count: count)
    let fitting = candidates.indices.filter { rms[$0] < 0.1 }
    guard let only = fitting.first, fitting.count == 1 else { return nil }
    return (candidates[only], rms[only])
  }
}

extension LagrangianLattice {
  /// The ID of the particle that started from a site.
  package func id(ofSite site: Int) -> UInt64 {
    let cell = SIMD3(site / (gridSize * gridSize), site / gridSize % gridSize, site % gridSize)
    let axes = axisOrder.axes
    return firstID
      + UInt64((cell[axes.0] * gridSize + cell[axes.1]) * gridSize + cell[axes.2])
  }
}
