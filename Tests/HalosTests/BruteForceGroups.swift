import Particles

@testable import Halos

/// Groups found by comparing all pairs of particles: the definition itself.
struct BruteForceGroups {
  /// The least site of each particle's group [particle]; -1 for those in no group.
  let labels: [Int64]

  /// The groups in the order of a catalogue.
  let groups: [GroupSize]

  init(_ particles: Particles, linkingLength: UInt32, minimumSize: Int) {
    var sets = DisjointSets(count: particles.count)
    let limit = Double(linkingLength) * Double(linkingLength)
    for a in 0..<particles.count {
      for b in 0..<a {
        var square = 0.0
        for axis in 0..<3 where square <= limit {
          let difference = abs(
            Double(particles.positions[3 * a + axis]) - Double(particles.positions[3 * b + axis]))
          let shortest = difference < 0x1p31 ? difference : 0x1p32 - difference
          square += shortest * shortest
        }
        if square <= limit { sets.unite(Int32(a), Int32(b)) }
      }
    }
    let representatives = (0..<particles.count).map { Int(sets.representative(Int32($0))) }
    var members: [Int: [Int64]] = [:]
    for (index, representative) in representatives.enumerated() {
      members[representative, default: []].append(particles.sites[index])
    }
    let kept = members.filter { $0.value.count >= minimumSize }
    labels = representatives.map { kept[$0]?.min() ?? -1 }
    groups = kept.values.map { GroupSize(minimumSite: $0.min() ?? -1, count: $0.count) }
      .sorted { ($1.count, $0.minimumSite) < ($0.count, $1.minimumSite) }
  }
}

extension Particles {
  /// Particles at rest, numbered in their order from `firstSite` on.
  init(atRest positions: [[UInt32]], firstSite: Int64 = 0) {
    self.init(
      sites: positions.indices.map { firstSite + Int64($0) }, positions: positions.flatMap { $0 },
      momenta: [Float](repeating: 0, count: 3 * positions.count))
  }

  /// This rank's share when particles are dealt out in no order of space.
  func share(of rank: Int, _ size: Int) -> Particles {
    picking((0..<count).filter { ($0 &* 7919) % size == rank })
  }
}
