internal import Failures
package import MPI
package import Particles
internal import Threads

/// Finds the groups of a simulation and what is to be known of them.
///
///     let finder = HaloFinder(box: box, epoch: epoch)
///     let grouped = try finder.find(particles, on: world)
///     grouped.catalogue.sizes
///
/// Friends-of-friends groups, their bound parts, and spherical overdensities. Nothing of the result
/// depends on the number of ranks or threads, or on which rank had which particle: positions are
/// whole numbers, and each group is analyzed by one rank in the order of its particles' sites.
package struct HaloFinder: Sendable {
  /// The units of positions.
  package let box: PeriodicBox

  /// The time of the particles.
  package let epoch: HaloEpoch

  /// The settings that define groups and their properties.
  package let settings: HaloSettings

  /// Makes a finder.
  package init(box: PeriodicBox, epoch: HaloEpoch, settings: HaloSettings = HaloSettings()) {
    precondition(
      settings.minimumSize >= 1 && settings.minimumBoundSize >= 1 && settings.linkingLength > 0
        && settings.softening > 0 && settings.openingAngle >= 0 && settings.openingAngle < 0.57
        && settings.largestDirectSum >= 0, "halo settings out of their ranges: \(settings)")
    self.box = box
    self.epoch = epoch
    self.settings = settings
  }

  /// Finds the groups.
  ///
  /// Collective.
  ///
  /// Memory: about 100 bytes for each of this rank's particles beside those given.
  ///
  /// - Parameters:
  ///   - particles: Any part of the simulation's particles; the ranks together have all of them,
  ///     each site once.
  ///   - threads: The number of this rank's threads that analyze groups.
  ///   - communicator: The ranks.
  ///   - linked: Called when friends-of-friends are found, before anything else of them is.
  /// - Returns: The catalogue and the particles in its order.
  /// - Throws: `AgreedFailure` with a `Failure`, or what MPI reported.
  package func find(
    _ particles: Particles, threads: Int = 1, on communicator: borrowing Communicator,
    linked: () -> Void = {}
  ) throws -> GroupedParticles {
    try communicator.agree { () throws(Failure) in
      if let bad = particles.momenta.firstIndex(where: { !$0.isFinite }) {
        throw .invalidMomentum(site: particles.sites[bad / 3])
      }
    }
    let count = Int(try communicator.allReduce(Int64(particles.count), .sum))
    let linkingLength = try communicator.agree { () throws(Failure) -> UInt32 in
      try self.linkingLength(particleCount: count)
    }
    let friends = try FriendsOfFriends(
      particles, linkingLength: linkingLength, minimumSize: settings.minimumSize, on: communicator)
    linked()
    let share = try GroupShare(of: friends, on: communicator)
    let unbinding = unbinding(particleCount: count)
    let analyses = WorkerThreads(count: max(1, threads)).map(share.groups.indices.count) { index in
      GroupAnalysis(
        of: share.members.picking(Array(share.rows[index])), box: box,
        velocityUnit: 100 / epoch.scaleFactor, unbinding)
    }
    let spheres = try SphericalOverdensity(
      around: analyses.map(\.center), sizes: share.groups.map(\.count), particleCount: count,
      in: friends, on: communicator)

    var catalogue = HaloCatalogue(box: box)
    catalogue.sizes = friends.groups.map(\.count)
    catalogue.leastSites = friends.groups.map(\.minimumSite)
    // Ranks have runs of groups in ascending order, so what is gathered is in the order of groups.
    catalogue.boundSizes = try communicator.gathered(analyses.map(\.boundCount))
    catalogue.centers = try communicator.allGatherVarying(
      analyses.flatMap { [$0.center.x, $0.center.y, $0.center.z] }
    ).elements
    catalogue.velocities = try communicator.allGatherVarying(analyses.flatMap(\.velocity)).elements
    catalogue.boundVelocities = try communicator.allGatherVarying(
      analyses.flatMap(\.boundVelocity)
    ).elements
    catalogue.radii = try communicator.allGatherVarying(spheres.radii.map { $0 * box.unit })
      .elements
    catalogue.enclosedCounts = try communicator.gathered(spheres.counts)

    let order = zip(share.rows, analyses).flatMap { rows, analysis in
      analysis.order.map { rows.lowerBound + $0 }
    }
    let firstOther =
      catalogue.memberCount
      + Int(
        try communicator.exclusiveSum(Int64(share.others.count)))
    return GroupedParticles(
      catalogue: catalogue, members: share.members.picking(order),
      memberRows: share.firstRow..<share.firstRow + order.count, others: share.others,
      otherRows: firstOther..<firstOther + share.others.count)
  }

  /// The linking length in units of positions, rounded down.
  func linkingLength(particleCount: Int) throws(Failure) -> UInt32 {
    let length = settings.linkingLength * meanSeparation(particleCount) / box.unit
    guard length >= 0x1p10, length <= 0x1p30 else {
      throw .unusableLinkingLength(
        meanSeparations: settings.linkingLength, particles: particleCount)
    }
    return UInt32(length)
  }

  // G m is 3 Omega_m/(8 pi) V/N in units of H0 and Mpc/h, as the particles are all the matter.
  private func unbinding(particleCount: Int) -> Unbinding {
    let volume = box.width * box.width * box.width / Double(max(particleCount, 1))
    return Unbinding(
      potential: GravitationalPotential(
        softening: settings.softening * meanSeparation(particleCount),
        openingAngle: settings.openingAngle, largestDirectSum: settings.largestDirectSum),
      energyScale: 3 * epoch.omegaMatter / (8 * Double.pi) * volume / epoch.scaleFactor,
      velocityScale: 1 / epoch.scaleFactor,
      hubbleFlow: epoch.scaleFactor * epoch.expansionRate, minimumSize: settings.minimumBoundSize)
  }

  private func meanSeparation(_ particleCount: Int) -> Double {
    box.width / cubeRoot(Double(max(particleCount, 1)))
  }
}

extension Communicator {
  /// Whole numbers of all ranks in the order of ranks.
  ///
  /// Collective.
  fileprivate func gathered(_ numbers: [Int]) throws(MPIError) -> [Int] {
    try allGatherVarying(numbers.map { Int64($0) }).elements.map { Int($0) }
  }
}
