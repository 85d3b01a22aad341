internal import Failures
internal import Foundation
package import MPI

extension HaloAssignment {
  /// Finds the halos, and which of them this rank's particles are in.
  ///
  /// Halos are in the catalogue's order; those of labels in descending order of their particles, of
  /// equals that with the lower label first. The same for any number of ranks. Collective.
  ///
  /// Memory on every rank: about 120 bytes for each halo, and 40 for each of its particles while a table
  /// is looked up.
  ///
  /// - Parameters:
  ///   - particles: This rank's rows of the snapshot.
  ///   - snapshot: The snapshot.
  ///   - communicator: The ranks, which together have all rows.
  /// - Returns: The members; halos are the same on every rank.
  /// - Throws: `AgreedFailure` of a `Failure` on every rank.
  package func members(
    of particles: SnapshotParticles, in snapshot: Snapshot,
    on communicator: borrowing Communicator
  ) throws -> HaloMembers {
    switch self {
    case .groups(let catalogue):
      return try catalogue.members(of: particles, in: snapshot, on: communicator)
    case .labels:
      let labels = try communicator.agree { () throws(Failure) in
        try snapshot.haloLabels(in: particles.rows)
      }
      let counted = try LabeledHalos(labels, masses: nil, on: communicator)
      return try counted.members(of: particles, labels, snapshot, on: communicator) {
        Double($0.count) * snapshot.particleMass
      }
    case .table(let table):
      let found = try table.labels(of: particles.ids, in: snapshot, on: communicator)
      let halos = try LabeledHalos(found.labels, masses: found.masses, on: communicator)
      try communicator.agree { () throws(Failure) in
        try table.check(halos.halos, snapshot)
      }
      var members = try halos.members(of: particles, found.labels, snapshot, on: communicator) {
        $0.leastMass
      }
      if table.halo == nil {
        members.positions = members.positions.map { _ in .nan }
      }
      return members
    }
  }
}

/// Halos that are known by the labels of their particles, the one with most particles first.
struct LabeledHalos {
  /// The particles of one label: their number, and the masses beside the label.
  struct Halo {
    let label: Int64
    var count: Int64

    /// The least and the greatest mass that is written beside the label [Msun].
    var leastMass: Double
    var greatestMass: Double
  }

  let halos: [Halo]

  private let indexOfLabel: [Int64: Int32]

  /// Counts the labels of all ranks; negative ones are of no halo.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - labels: The labels of this rank's particles [particle].
  ///   - masses: The masses beside them [particle], [Msun]; none if there are none.
  ///   - communicator: The ranks.
  /// - Throws: The error that MPI reported.
  init(_ labels: [Int64], masses: [Double]?, on communicator: borrowing Communicator) throws {
    var mine: [Int64: Halo] = [:]
    for (index, label) in labels.enumerated() where label >= 0 {
      let mass = masses?[index] ?? .nan
      Self.add(
        Halo(label: label, count: 1, leastMass: mass, greatestMass: mass), to: &mine)
    }
    // Each label is added up by one rank, and all ranks get the sums.
    let tallies = Array(mine.values)
    let ranks = Int64(communicator.size)
    let routing = Routing(tallies.map { Int32($0.label % ranks) }, ranks: communicator.size)
    let own = try Self.exchanged(tallies) {
      try routing.send($0, on: communicator)
    } _: {
      try routing.send($0, width: 2, on: communicator)
    }
    var sums: [Int64: Halo] = [:]
    for halo in own { Self.add(halo, to: &sums) }
    let all = try Self.exchanged(Array(sums.values)) {
      try communicator.allGatherVarying($0).elements
    } _: {
      try communicator.allGatherVarying($0).elements
    }
    halos = all.sorted { ($1.count, $0.label) < ($0.count, $1.label) }
    var indices: [Int64: Int32] = [:]
    for (index, halo) in halos.enumerated() { indices[halo.label] = Int32(index) }
    indexOfLabel = indices
  }

  private static func add(_ halo: Halo, to halos: inout [Int64: Halo]) {
    guard var known = halos[halo.label] else {
      halos[halo.label] = halo
      return
    }
    known.count += halo.count
    known.leastMass = min(known.leastMass, halo.leastMass)
    known.greatestMass = max(known.greatestMass, halo.greatestMass)
    halos[halo.label] = known
  }

  /// Sends halos as columns.
  private static func exchanged(
    _ halos: [Halo], _ whole: ([Int64]) throws -> [Int64], _ numbers: ([Double]) throws -> [Double]
  ) throws -> [Halo] {
    let labels = try whole(halos.map(\.label))
    let counts = try whole(halos.map(\.count))
    let masses = try numbers(halos.flatMap { [$0.leastMass, $0.greatestMass] })
    return labels.indices.map {
      Halo(
        label: labels[$0], count: counts[$0], leastMass: masses[2 * $0],
        greatestMass: masses[2 * $0 + 1])
    }
  }

  /// The members, with each halo at the center of mass of its particles.
  ///
  /// The center is sought around the mean direction of the particles on the circle that each axis of the
  /// periodic box is; sums are whole numbers, so that those of ranks can be added in any order.
  /// Collective.
  func members(
    of particles: SnapshotParticles, _ labels: [Int64], _ snapshot: Snapshot,
    on communicator: borrowing Communicator, mass: (Halo) -> Double
  ) throws -> HaloMembers {
    let count = halos.count
    let box = snapshot.boxSize
    let indices = labels.map { $0 < 0 ? -1 : indexOfLabel[$0] ?? -1 }
    var circles = [Int64](repeating: 0, count: 6 * count)
    for (index, halo) in indices.enumerated() where halo >= 0 {
      for axis in 0..<3 {
        let angle = 2 * Double.pi * particles.positions[3 * index + axis] / box
        circles[6 * Int(halo) + 2 * axis] += Int64((cos(angle) * 0x1p30).rounded())
        circles[6 * Int(halo) + 2 * axis + 1] += Int64((sin(angle) * 0x1p30).rounded())
      }
    }
    var span = circles.mutableSpan
    try communicator.allReduce(&span, .sum)
    let middles = (0..<3 * count).map {
      atan2(Double(circles[2 * $0 + 1]), Double(circles[2 * $0])) / (2 * Double.pi) * box
    }
    var distances = [Int64](repeating: 0, count: 3 * count)
    for (index, halo) in indices.enumerated() where halo >= 0 {
      for axis in 0..<3 {
        let place = 3 * Int(halo) + axis
        var distance = (particles.positions[3 * index + axis] - middles[place]) / box
        distance -= distance.rounded(.toNearestOrEven)
        distances[place] += Int64((distance * 0x1p32).rounded())
      }
    }
    var sums = distances.mutableSpan
    try communicator.allReduce(&sums, .sum)
    return HaloMembers(
      masses: halos.map(mass),
      positions: middles.indices.map {
        let mean = Double(distances[$0]) * 0x1p-32 * box / Double(halos[$0 / 3].count)
        let position = middles[$0] + mean
        let inside = position < 0 ? position + box : position
        return inside >= box ? inside - box : inside
      },
      radii: [Double](repeating: .nan, count: count), counts: halos.map { Int($0.count) },
      boundCounts: [Int](repeating: 0, count: count), halos: indices,
      isBound: [Bool](repeating: false, count: indices.count))
  }
}
