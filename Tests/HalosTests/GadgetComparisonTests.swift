import Foundation
import MPI
import Particles
import TestSupport
import Testing

@testable import Halos

/// Against GADGET-4's own groups, for which its source's linking length is the same 0.2 mean
/// separations and the comparison "at most".
@Suite(.enabled(if: GadgetSimulation.isThere, "needs ../shared/data"))
struct GadgetComparisonTests {
  @Test func groupsAreThoseOfGadgetParticleByParticle() throws {
    let simulation = try GadgetSimulation()
    try withWorld { world in
      let grouped = try simulation.finder.find(
        simulation.particles.share(of: world.rank, world.size), on: world)
      let sites = try world.allGatherVarying(grouped.members.sites).elements
      let catalogue = grouped.catalogue
      #expect(catalogue.sizes == simulation.groups.map(\.count))
      #expect(Self.partition(sites, catalogue.offsets, catalogue.sizes) == simulation.partition)
      Self.compareHalos(catalogue, simulation)
    }
  }

  @Test func aWrongLinkingLengthDoesNotGiveThoseGroups() throws {
    let simulation = try GadgetSimulation()
    var settings = HaloSettings()
    settings.linkingLength = 0.201
    let finder = HaloFinder(
      box: simulation.box, epoch: simulation.finder.epoch, settings: settings)
    try withWorld { world in
      let friends = try FriendsOfFriends(
        simulation.particles.share(of: world.rank, world.size),
        linkingLength: try finder.linkingLength(particleCount: 64 * 64 * 64), minimumSize: 32,
        on: world)
      #expect(friends.groups.map(\.count) != simulation.groups.map(\.count))
    }
  }

  private static func partition(_ sites: [Int64], _ offsets: [Int], _ sizes: [Int]) -> Set<
    Set<Int64>
  > {
    Set(zip(offsets, sizes).map { Set(sites[$0..<$0 + $1]) })
  }

  private static func compareHalos(_ catalogue: HaloCatalogue, _ simulation: GadgetSimulation) {
    var shifts: [Double] = []
    var radii: [Double] = []
    var bound: [Double] = []
    for group in 0..<catalogue.count {
      let square = (0..<3).reduce(0.0) { sum, axis in
        let difference = simulation.box.separation(
          from: simulation.box.position(simulation.positions[3 * group + axis]),
          to: catalogue.centres[3 * group + axis])
        return sum + difference * difference
      }
      shifts.append(square.squareRoot())
      if simulation.radii[group] > 0 {
        radii.append(catalogue.radii[group] / simulation.radii[group])
      }
      bound.append(
        Double(catalogue.boundSizes[group] - simulation.boundSizes[group])
          / Double(catalogue.sizes[group]))
    }
    func quantile(_ values: [Double], _ part: Double) -> Double {
      values.sorted()[Int(part * Double(values.count - 1))]
    }
    for part in [0, 0.05, 0.16, 0.5, 0.84, 0.95, 1] {
      print(part, quantile(shifts, part), quantile(radii, part), quantile(bound, part))
    }
  }
}

extension GadgetSimulation {
  /// The sites of each group.
  var partition: Set<Set<Int64>> { Set(groups.map { Set(particles.sites[$0]) }) }
}
