import Failures
import MPI
import Particles
import TestSupport
import Testing

@testable import Halos

/// What all ranks found, by site.
private struct FoundGroups: Equatable {
  var labels: [Int64: Int64] = [:]
  var groups: [GroupSize] = []
}

/// Finds groups among particles that the ranks share, and gathers them.
private func find(
  _ particles: Particles, linkingLength: UInt32, minimumSize: Int,
  on world: borrowing Communicator
) throws -> FoundGroups {
  let found = try FriendsOfFriends(
    particles.share(of: world.rank, world.size), linkingLength: linkingLength,
    minimumSize: minimumSize, on: world)
  let sites = try world.allGatherVarying(found.particles.sites).elements
  let rows = try world.allGatherVarying(found.groupOfParticle).elements
  return FoundGroups(
    labels: Dictionary(
      uniqueKeysWithValues: zip(sites, rows.map { $0 < 0 ? -1 : found.groups[Int($0)].minimumSite })
    ),
    groups: found.groups)
}

@Suite struct FriendsOfFriendsTests {
  private static let length: UInt32 = 1 << 26

  @Test(arguments: [0, 1, 2])
  func particlesExactlyALinkingLengthApartAreFriendsAlongEveryAxis(axis: Int) throws {
    // Pairs in the middle, across the faces, and at every cut that five ranks may make.
    for start: UInt32 in [0, 1 << 31, 0xFFFF_FFFF, 0 &- Self.length, 858_993_459, 1_717_986_918] {
      var first: [UInt32] = [1 << 30, 1 << 30, 1 << 30]
      first[axis] = start
      var friend = first
      friend[axis] &+= Self.length
      var stranger = first
      stranger[axis] &-= Self.length + 1
      let particles = Particles(atRest: [first, friend, stranger], firstSite: 4)
      try withWorld { world in
        let found = try find(particles, linkingLength: Self.length, minimumSize: 2, on: world)
        #expect(found.groups == [GroupSize(minimumSite: 4, count: 2)])
        #expect(found.labels == [4: 4, 5: 4, 6: -1])
      }
    }
  }

  @Test func diagonalFriendsAreTestedInWholeNumbers() throws {
    // 3^2 + 4^2 + 12^2 = 13^2: exactly at the linking length, and one unit beyond it.
    let step: UInt32 = 1 << 20
    let particles = Particles(atRest: [
      [5, 5, 5], [5 + 3 * step, 5 + 4 * step, 5 &- 12 * step],
      [1 << 31, 5, 5], [(1 << 31) + 3 * step, 5 + 4 * step + 1, 5 &- 12 * step],
    ])
    try withWorld { world in
      let found = try find(particles, linkingLength: 13 * step, minimumSize: 2, on: world)
      #expect(found.groups == [GroupSize(minimumSite: 0, count: 2)])
      #expect(found.labels == [0: 0, 1: 0, 2: -1, 3: -1])
    }
  }

  @Test func aChainAroundTheBoxIsOneGroup() throws {
    let count = 70
    let chain = (0..<count).map { index -> [UInt32] in
      // 64 linking lengths around the box along x, in steps of less than one.
      [UInt32(UInt64(index) * (1 << 32) / UInt64(count)), 0xFFFF_FFF0, 3]
    }
    let broken = Array(chain[..<30]) + Array(chain[40...])
    try withWorld { world in
      let whole = try find(
        Particles(atRest: chain.reversed()), linkingLength: Self.length, minimumSize: 70, on: world)
      let parts = try find(
        Particles(atRest: broken), linkingLength: Self.length, minimumSize: 2, on: world)
      #expect(whole.groups == [GroupSize(minimumSite: 0, count: 70)])
      // Across the face the rest still hangs together.
      #expect(parts.groups == [GroupSize(minimumSite: 0, count: 60)])
    }
  }

  @Test(arguments: [(32, 1), (31, 0)])
  func aGroupHasAtLeastTheMinimumOfParticles(size: Int, groups: Int) throws {
    let positions = (0..<size).map { [UInt32($0) * (Self.length / 2), 7, 7] }
    try withWorld { world in
      let found = try find(
        Particles(atRest: positions), linkingLength: Self.length, minimumSize: 32, on: world)
      #expect(found.groups.count == groups)
      #expect(found.labels.values.filter { $0 == 0 }.count == groups * size)
    }
  }

  @Test func groupsAreOrderedBySizeThenByLeastSite() throws {
    let heaps: [(start: UInt32, count: Int)] = [(1 << 30, 3), (2 << 30, 5), (3 << 30, 3)]
    let positions = heaps.flatMap { heap in
      (0..<heap.count).map { [heap.start + UInt32($0), heap.start, heap.start] }
    }
    try withWorld { world in
      let found = try find(
        Particles(atRest: positions), linkingLength: Self.length, minimumSize: 2, on: world)
      #expect(
        found.groups == [
          GroupSize(minimumSite: 3, count: 5), GroupSize(minimumSite: 0, count: 3),
          GroupSize(minimumSite: 8, count: 3),
        ])
    }
  }

  // From nothing linked to everything in one group; the largest length has the fewest cells.
  @Test(arguments: [UInt32(1) << 26, 1 << 27, 300_000_000, 1 << 29, 858_000_000])
  func randomParticlesAreGroupedAsByAllPairs(linkingLength: UInt32) throws {
    var mixer = Mixer(state: UInt64(linkingLength))
    var positions = (0..<400).map { _ in
      (0..<3).map { _ in UInt32.random(in: .min ... .max, using: &mixer) }
    }
    // Clumps across faces and edges.
    for corner: [UInt32] in [[0, 0, 0], [0, 1 << 31, 0], [1 << 31, 0, 1 << 31]] {
      positions += (0..<80).map { _ in
        corner.map { $0 &+ UInt32.random(in: 0...(1 << 28), using: &mixer) &- (1 << 27) }
      }
    }
    let particles = Particles(atRest: positions, firstSite: 1000)
    let expected = BruteForceGroups(particles, linkingLength: linkingLength, minimumSize: 3)
    try withWorld { world in
      let found = try find(particles, linkingLength: linkingLength, minimumSize: 3, on: world)
      #expect(found.groups == expected.groups)
      #expect(
        found.labels == Dictionary(uniqueKeysWithValues: zip(particles.sites, expected.labels)))
    }
  }

  @Test func aBoxWithoutParticlesHasNoGroups() throws {
    try withWorld { world in
      let found = try find(Particles(), linkingLength: Self.length, minimumSize: 2, on: world)
      #expect(found == FoundGroups())
    }
  }

  @Test(.ranks(5...5)) func moreRanksThanSlabsAreRefused() throws {
    try withWorld { world in
      let failure = #expect(throws: AgreedFailure.self) {
        _ = try FriendsOfFriends(Particles(), linkingLength: 1 << 30, minimumSize: 2, on: world)
      }
      let expected = Failure.tooManyRanks(ranks: 5, slabs: 4)
      #expect(world.rank != failure?.rank || failure?.underlying as? Failure == expected)
    }
  }

  @Test func slabsShareParticlesOutAndAreNoNarrowerThanABin() {
    let clustered =
      [Int64](repeating: 0, count: 10) + [1000, 1000, 1000, 1000] + [0, 0, 0, 0, 0, 0]
    let slabs = SlabDecomposition(counts: clustered, ranks: 4)
    let bin = UInt64(1 << 32) / 20
    #expect(slabs.starts.first == 0 && slabs.starts.last == 1 << 32)
    #expect(slabs.starts[1...3].map { ($0 + bin / 2) / bin } == [11, 12, 13])
    let crowded = SlabDecomposition(counts: [0, 0, 0, 9], ranks: 4)
    #expect(crowded.starts == [0, 1 << 30, 2 << 30, 3 << 30, 1 << 32])
    #expect(crowded.ranks(within: 5, of: 0xFFFF_FFFC) == [0, 3])
    #expect(crowded.ranks(within: 5, of: 0xFFFF_FFFA) == [3])
    #expect(crowded.ranks(within: 5, of: (1 << 30) + 4) == [0, 1])
    #expect(crowded.ranks(within: 5, of: (1 << 30) + 5) == [1])
  }
}
