internal import MPI
internal import Particles

/// A slab's particles, and which group of all ranks each is in.
///
/// Two particles are friends if they are at most a linking length apart, and a group is a set of
/// particles connected by friends: Davis et al. 1985, doi:10.1086/163168. Each slab finds the
/// connected components of its own particles and of those within a linking length above it. A
/// particle that two slabs see connects a component of each; these connections are resolved by all
/// ranks alike. As the positions are whole numbers, groups do not depend on the number of ranks.
struct FriendsOfFriends {
  /// The slab's particles.
  let particles: Particles

  /// The group of each particle, a row of `groups`; -1 for those in no group.
  let groupOfParticle: [Int32]

  /// The groups of all ranks, the same on every rank.
  let groups: [GroupSize]

  /// The slab's particles in cells, and those above it.
  let columns: CellColumns

  /// The slabs of all ranks.
  let slabs: SlabDecomposition

  /// Finds groups.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - particles: Any part of the box's particles; the ranks together have all of them.
  ///   - linkingLength: In units of positions, from 1024 to 2^30, the same on every rank.
  ///   - minimumSize: The particles that a group has at least, the same on every rank.
  ///   - communicator: The ranks.
  /// - Throws: `AgreedFailure` with ``Failure/tooManyRanks(ranks:slabs:)``, or what MPI reported.
  init(
    _ particles: Particles, linkingLength: UInt32, minimumSize: Int,
    on communicator: borrowing Communicator
  ) throws {
    let slabs = try SlabDecomposition(
      sharing: particles.positions, minimumWidth: linkingLength, on: communicator)
    let destinations = (0..<particles.count).map {
      Int32(slabs.rank(of: particles.positions[3 * $0]))
    }
    let own = try Routing(destinations, ranks: communicator.size)
      .send(particles, on: communicator)
    let boundary = try SlabBoundary(own, slabs, linkingLength, on: communicator)
    columns = CellColumns(
      positions: own.positions + boundary.positionsAbove, ownCount: own.count,
      slab: slabs.starts[communicator.rank]..<slabs.starts[communicator.rank + 1],
      linkingLength: linkingLength)
    let components = columns.components()

    // A component's label is its least site, on this rank so far.
    var labels = [Int64](repeating: .max, count: Int(components.max() ?? -1) + 1)
    var sizes = [Int64](repeating: 0, count: labels.count)
    for (index, component) in components.enumerated() {
      let isOwn = index < own.count
      let site = isOwn ? own.sites[index] : boundary.sitesAbove[index - own.count]
      labels[Int(component)] = min(labels[Int(component)], site)
      sizes[Int(component)] += isOwn ? 1 : 0
    }
    let seen = boundary.indicesSeenBelow.map { Int(components[$0]) }
    let above = components[own.count...].map { Int($0) }
    let connections = try boundary.connections(
      labelsAbove: above.map { labels[$0] }, labelsSeenBelow: seen.map { labels[$0] },
      on: communicator)
    for component in Set(seen + above) {
      labels[component] = connections.label(labels[component])
    }

    var isShared = [Bool](repeating: false, count: labels.count)
    for component in seen + above { isShared[component] = true }
    let candidates = labels.indices.filter {
      sizes[$0] >= minimumSize || (isShared[$0] && sizes[$0] > 0)
    }
    let groups = try GroupSize.all(
      labels: candidates.map { labels[$0] }, sizes: candidates.map { sizes[$0] },
      minimumSize: minimumSize, on: communicator)
    var groupOfComponent = [Int32](repeating: -1, count: labels.count)
    let numbers = Dictionary(
      uniqueKeysWithValues: groups.enumerated().map { ($1.minimumSite, Int32($0)) })
    for component in candidates {
      groupOfComponent[component] = numbers[labels[component]] ?? -1
    }
    groupOfParticle = components[..<own.count].map { groupOfComponent[Int($0)] }
    self.particles = own
    self.groups = groups
    self.slabs = slabs
  }
}

/// A group's name and size.
struct GroupSize: Hashable {
  /// The least Lagrangian site of its particles.
  var minimumSite: Int64

  /// The number of its particles.
  var count: Int

  /// Adds up the parts that ranks have of groups.
  ///
  /// Collective.
  ///
  /// - Returns: The groups of at least `minimumSize` particles, the largest first, and of groups as
  ///   large the one with the least site.
  static func all(
    labels: [Int64], sizes: [Int64], minimumSize: Int, on communicator: borrowing Communicator
  ) throws(MPIError) -> [GroupSize] {
    let allLabels = try communicator.allGatherVarying(labels).elements
    let allSizes = try communicator.allGatherVarying(sizes).elements
    var counts: [Int64: Int] = [:]
    for (label, size) in zip(allLabels, allSizes) { counts[label, default: 0] += Int(size) }
    return counts.filter { $0.value >= minimumSize }
      .map { GroupSize(minimumSite: $0.key, count: $0.value) }
      .sorted { ($1.count, $0.minimumSite) < ($0.count, $1.minimumSite) }
  }
}
