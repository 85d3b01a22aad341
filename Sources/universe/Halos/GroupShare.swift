internal import MPI
internal import Particles

/// The whole groups that a rank analyzes, and its part of the particles in no group.
struct GroupShare {
  /// The rank's groups: a run of those of all ranks.
  let groups: ArraySlice<GroupSize>

  /// The particles of its groups, group by group, and by their sites within one.
  let members: Particles

  /// The range of each group in `members`.
  let rows: [Range<Int>]

  /// The row of the first member when the particles of all ranks are in the order of groups.
  let firstRow: Int

  /// The rank's particles in no group by their sites: a run of those of all ranks.
  let others: Particles

  /// Brings the particles of each group to one rank.
  ///
  /// Collective.
  init(of friends: FriendsOfFriends, on communicator: borrowing Communicator) throws(MPIError) {
    let (rank, size) = (communicator.rank, communicator.size)
    // A group goes to the rank that has its middle when all work is shared out evenly. The time for a particle
    // grows with the cube root of its group: 0.4 us in groups of 50, 5 us in groups of 100,000.
    let work = friends.groups.map { Double($0.count) * cubeRoot(Double($0.count)) }
    let total = work.reduce(0, +)
    var rankOfGroup: [Int32] = []
    var done = 0.0
    for own in work {
      rankOfGroup.append(Int32(min((done + own / 2) / total, 1).nextDown * Double(size)))
      done += own
    }
    let first = rankOfGroup.firstIndex { $0 >= rank } ?? rankOfGroup.count
    let last = rankOfGroup.firstIndex { $0 > rank } ?? rankOfGroup.count
    let groups = friends.groups[first..<last]
    self.groups = groups
    firstRow = friends.groups[..<first].reduce(0) { $0 + $1.count }

    let particles = friends.particles
    let exchange = Routing(
      friends.groupOfParticle.map { $0 >= 0 ? rankOfGroup[Int($0)] : -1 }, ranks: size)
    let received = try exchange.send(particles, on: communicator)
    let numbers = try exchange.send(friends.groupOfParticle, on: communicator)
    var row = 0
    let rows = groups.map { group in
      defer { row += group.count }
      return row..<row + group.count
    }
    self.rows = rows
    // By group first, in one pass, and then by site within each.
    var next = rows.map(\.lowerBound)
    var order = [Int](repeating: 0, count: received.count)
    for (index, number) in numbers.enumerated() {
      order[next[Int(number) - first]] = index
      next[Int(number) - first] += 1
    }
    for range in rows { order[range].sort { received.sites[$0] < received.sites[$1] } }
    members = received.picking(order)

    let siteEnd = try communicator.allReduce((particles.sites.max() ?? -1) + 1, .maximum)
    let looseReceived = try Routing(
      zip(friends.groupOfParticle, particles.sites).map { group, site in
        group < 0 ? Int32(site * Int64(size) / siteEnd) : -1
      }, ranks: size
    ).send(particles, on: communicator)
    others = looseReceived.picking(
      looseReceived.sites.indices.sorted { looseReceived.sites[$0] < looseReceived.sites[$1] })
  }
}
