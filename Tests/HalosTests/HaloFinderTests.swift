import Failures
import MPI
import Particles
import TestSupport
import Testing

@testable import Halos

/// Particles around a position, at rest in comoving coordinates unless they are given momenta.
private struct Scene {
  var box = PeriodicBox(width: 50)
  var particles = Particles()

  /// Adds a particle [Mpc/h] with the next site.
  mutating func add(_ point: [Double], momentum: [Double] = [0, 0, 0]) {
    particles.sites.append(Int64(particles.count))
    particles.positions += point.map { box.position($0) }
    particles.momenta += momentum.map { Float($0) }
  }
}

/// What a run gives on all ranks: the catalogue, and the rows of all particles.
private struct Outcome: Equatable {
  var catalogue: HaloCatalogue
  var rows: Particles

  init(
    _ finder: HaloFinder, _ particles: Particles, threads: Int = 1,
    on communicator: borrowing Communicator
  ) throws {
    let found = try finder.find(
      particles.share(of: communicator.rank, communicator.size), threads: threads, on: communicator)
    catalogue = found.catalogue
    func all<Element: MPIElement>(_ elements: [Element]) throws -> [Element] {
      try communicator.allGatherVarying(elements).elements
    }
    rows = Particles(
      sites: try all(found.members.sites) + all(found.others.sites),
      positions: try all(found.members.positions) + all(found.others.positions),
      momenta: try all(found.members.momenta) + all(found.others.momenta))
    // Rows follow each other from rank to rank.
    let counts = try communicator.allGather(Int64(found.members.count))
    let before = counts[..<communicator.rank].reduce(0, +)
    let others = try communicator.exclusiveSum(Int64(found.others.count))
    #expect(found.memberRows == Int(before)..<Int(before) + found.members.count)
    #expect(found.otherRows.lowerBound == catalogue.memberCount + Int(others))
    #expect(found.otherRows.count == found.others.count)
  }
}

@Suite struct HaloFinderTests {
  private static let today = HaloEpoch(scaleFactor: 1, expansionRate: 1, omegaMatter: 0.279)

  /// Clumps of several sizes, some across faces, with random motions, and a thin background.
  private static func clumps() -> Scene {
    var mixer = Mixer(state: 77)
    var scene = Scene()
    let centers: [([Double], Int)] = [
      ([0.1, 49.9, 25], 700), ([25, 25, 25], 300), ([49.95, 10, 0.05], 150), ([12.5, 40, 30], 150),
      ([33, 5, 44], 40), ([36, 5.5, 44], 31),
    ]
    for (center, count) in centers {
      for point in mixer.isothermalSphere(count: count, radius: 0.004 * Double(count) + 0.4) {
        let speed = Double.random(in: 0...60, using: &mixer)
        scene.add(
          zip(center, point).map { $0 + $1 }, momentum: mixer.direction().map { $0 * speed })
      }
    }
    for _ in 0..<600 {
      scene.add(
        (0..<3).map { _ in Double.random(in: 0..<50, using: &mixer) },
        momentum: mixer.direction())
    }
    return scene
  }

  @Test func ranksAndThreadsDoNotMatter() throws {
    let scene = Self.clumps()
    var settings = HaloSettings()
    settings.largestDirectSum = 200
    let finder = HaloFinder(box: scene.box, epoch: Self.today, settings: settings)
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let expected = try Outcome(finder, scene.particles, on: alone)
      let found = try Outcome(finder, scene.particles, threads: 3, on: world)
      #expect(found == expected)
      #expect(expected.catalogue.count >= 5)
      #expect(expected.catalogue.boundSizes.contains { $0 > 0 })
      #expect(expected.catalogue.boundSizes != expected.catalogue.sizes)
      #expect(Set(expected.rows.sites) == Set(scene.particles.sites))
    }
  }

  @Test func rowsAreInTheOrderOfGroupsThenOfSites() throws {
    let scene = Self.clumps()
    let finder = HaloFinder(box: scene.box, epoch: Self.today)
    try withWorld { world in
      let outcome = try Outcome(finder, scene.particles, on: world)
      let catalogue = outcome.catalogue
      let length = try finder.linkingLength(particleCount: scene.particles.count)
      let expected = BruteForceGroups(scene.particles, linkingLength: length, minimumSize: 32)
      #expect(catalogue.sizes == expected.groups.map(\.count))
      #expect(catalogue.leastSites == expected.groups.map(\.minimumSite))
      for group in 0..<catalogue.count {
        let start = catalogue.offsets[group]
        let rows = outcome.rows.sites[start..<start + catalogue.sizes[group]]
        #expect(rows.allSatisfy { expected.labels[Int($0)] == catalogue.leastSites[group] })
        let unbound = Array(rows.dropFirst(catalogue.boundSizes[group]))
        #expect(unbound == unbound.sorted())
      }
      let others = Array(outcome.rows.sites[catalogue.memberCount...])
      #expect(others == others.sorted())
    }
  }

  @Test func anIsothermalSphereHasItsRadiusAndMass() throws {
    // N(<r) = n r/R meets 200 (4 pi/3) (N/V) r^3 at r = sqrt(3 n V / (800 pi R N)).
    var mixer = Mixer(state: 3)
    var scene = Scene()
    let (count, radius, total) = (1500, 6.0, 4000)
    // Around a corner of the box, so that every rank and image has a part. The innermost are moved
    // to the center, to make it the deepest place; farther out N(<r) stays what it was.
    for (index, point) in mixer.isothermalSphere(count: count, radius: radius).enumerated() {
      scene.add(index < 40 ? [0, 0, 0] : point)
    }
    while scene.particles.count < total {
      let point = (0..<3).map { _ in Double.random(in: 8..<42, using: &mixer) }
      scene.add(point)
    }
    let expected =
      (3 * Double(count) * 50 * 50 * 50 / (800 * Double.pi * radius * Double(total))).squareRoot()
    let finder = HaloFinder(box: scene.box, epoch: Self.today)
    try withWorld { world in
      let catalogue = try Outcome(finder, scene.particles, on: world).catalogue
      #expect(catalogue.count == 1)
      #expect(catalogue.centers == [0, 0, 0])
      #expect(expected < radius)
      #expect(abs(catalogue.radii[0] / expected - 1) < 2e-3)
      // One particle more or less at the rim.
      #expect(abs(Double(catalogue.enclosedCounts[0]) - 1500 * expected / radius) <= 2)
    }
  }

  @Test func fastParticlesInAHaloAreNotBound() throws {
    var mixer = Mixer(state: 9)
    var scene = Scene()
    for point in mixer.isothermalSphere(count: 600, radius: 1) { scene.add(point.map { $0 + 20 }) }
    // G m is 2.1 here, and 600 particles within 1 make the speed of escape less than 150.
    for point in mixer.isothermalSphere(count: 60, radius: 0.5) {
      scene.add(point.map { $0 + 20 }, momentum: mixer.direction().map { $0 * 1000 })
    }
    for _ in 0..<1300 { scene.add((0..<3).map { _ in Double.random(in: 25..<45, using: &mixer) }) }
    let finder = HaloFinder(box: scene.box, epoch: Self.today)
    try withWorld { world in
      let outcome = try Outcome(finder, scene.particles, on: world)
      #expect(outcome.catalogue.sizes == [660])
      #expect(outcome.catalogue.boundSizes == [600])
      #expect(Array(outcome.rows.sites[600..<660]) == Array(600..<660))
      #expect(outcome.catalogue.boundVelocities == [0, 0, 0])
      #expect(outcome.catalogue.velocities != [0, 0, 0])
    }
  }

  @Test func aGroupThatFliesApartHasNoBoundPart() throws {
    var mixer = Mixer(state: 10)
    var scene = Scene()
    for point in mixer.isothermalSphere(count: 100, radius: 0.5) {
      scene.add(point.map { $0 + 20 }, momentum: mixer.direction().map { $0 * 10_000 })
    }
    let finder = HaloFinder(box: scene.box, epoch: Self.today)
    try withWorld { world in
      let outcome = try Outcome(finder, scene.particles, on: world)
      #expect(outcome.catalogue.sizes == [100])
      #expect(outcome.catalogue.boundSizes == [0])
      #expect(outcome.catalogue.boundVelocities == outcome.catalogue.velocities)
      #expect(outcome.rows.sites == Array(0..<100))
    }
  }

  // One particle beside a thousand at one place, 1 % slower or faster than escape in the presence
  // of the Hubble flow: v_t^2 + (a E r)^2 = 2 G m 1000/(a sqrt(r^2 + e^2)), v_t = p/a, and
  // G m = 3 Omega_m/(8 pi) V/N with H0 = 1.
  @Test(arguments: [(0.99, 1001), (1.01, 1000)])
  func aParticleIsBoundBelowTheSpeedOfEscape(factor: Double, bound: Int) throws {
    let epoch = HaloEpoch(scaleFactor: 0.5, expansionRate: 1.7, omegaMatter: 0.279)
    var scene = Scene()
    for _ in 0..<1000 { scene.add([10, 10, 10]) }
    let separation = 50 / 1001.0.cubeRoot
    let distance = 0.19 * separation
    let softening = separation / 30
    let mass = 3 * 0.279 / (8 * Double.pi) * 125_000 / 1001
    let depth = 1000 * mass / 0.5 / (distance * distance + softening * softening).squareRoot()
    // The mean of all moves by a thousandth of it, center and velocity alike.
    let flow = 0.5 * 1.7 * distance
    let tangential = (2 * depth - flow * flow).squareRoot()
    scene.add([10 + distance, 10, 10], momentum: [0, tangential * factor * 0.5, 0])
    let finder = HaloFinder(box: scene.box, epoch: epoch)
    try withWorld { world in
      let catalogue = try Outcome(finder, scene.particles, on: world).catalogue
      #expect(catalogue.sizes == [1001])
      #expect(catalogue.boundSizes == [bound])
      // 100 p/a km/s, of which the mean has a thousandth.
      let mean = Float(100 * tangential * factor / 1001)
      #expect(abs(catalogue.velocities[1] / mean - 1) < 1e-6)
      #expect(bound == 1001 || catalogue.boundVelocities == [0, 0, 0])
    }
  }

  @Test func momentaThatAreNotNumbersAreRefused() throws {
    var scene = Scene()
    for _ in 0..<40 { scene.add([1, 1, 1]) }
    scene.particles.momenta[3 * 17 + 1] = .nan
    let finder = HaloFinder(box: scene.box, epoch: Self.today)
    let particles = scene.particles
    try withWorld { world in
      let failure = #expect(throws: AgreedFailure.self) {
        _ = try finder.find(particles.share(of: world.rank, world.size), on: world)
      }
      if let error = failure?.underlying as? Failure {
        #expect(error == .invalidMomentum(site: 17))
        #expect(error.description.contains("site 17"))
      }
    }
  }

  @Test func aLinkingLengthOfTheWholeBoxIsRefused() throws {
    var settings = HaloSettings()
    settings.linkingLength = 3
    let finder = HaloFinder(
      box: PeriodicBox(width: 1), epoch: Self.today, settings: settings)
    #expect(throws: Failure.unusableLinkingLength(meanSeparations: 3, particles: 1000)) {
      try finder.linkingLength(particleCount: 1000)
    }
  }
}

extension Double {
  fileprivate var cubeRoot: Double { Halos.cubeRoot(self) }
}
