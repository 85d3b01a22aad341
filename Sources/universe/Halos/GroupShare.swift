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
    // A group goes to the rank that has the middle of its rows when all are shared out evenly.
    let total = friends.groups.reduce(0) { $0 + $1.count }
    var rankOfGroup: [Int32] = []
    var end = 0
    for group in friends.groups {
      rankOfGroup.append(Int32((2 * end + group.count) * size / (2 * total)))
      end += group.count
    }
    let first = rankOfGroup.firstIndex { $0 >= rank } ?? rankOfGroup.count
    let last = rankOfGroup.firstIndex { $0 > rank } ?? rankOfGroup.count
    let groups = friends.groups[first..<last]
    self.groups = groups
    firstRow = friends.groups[..<first].reduce(0) { $0 + $1.count }

    let particles = friends.particles
    let inGroups = (0..<particles.count).filter { friends.groupOfParticle[$0] >= 0 }
    let exchange = Routing(
      inGroups.map { rankOfGroup[Int(friends.groupOfParticle[$0])] }, ranks: size)
    let received = try exchange.send(particles.picking(inGroups), on: communicator)
    let numbers = try exchange.send(
      inGroups.map { friends.groupOfParticle[$0] }, on: communicator)
    members = received.picking(
      received.sites.indices.sorted {
        (numbers[$0], received.sites[$0]) < (numbers[$1], received.sites[$1])
      })
    var row = 0
    rows = groups.map { group in
      defer { row += group.count }
      return row..<row + group.count
    }

    let loose = (0..<particles.count).filter { friends.groupOfParticle[$0] < 0 }
    let siteEnd = try communicator.allReduce((particles.sites.max() ?? -1) + 1, .maximum)
    let looseReceived = try Routing(
      loose.map { Int32(particles.sites[$0] * Int64(size) / siteEnd) }, ranks: size
    ).send(particles.picking(loose), on: communicator)
    others = looseReceived.picking(
      looseReceived.sites.indices.sorted { looseReceived.sites[$0] < looseReceived.sites[$1] })
  }
}
