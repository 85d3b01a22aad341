import Failures
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Snapshots

@Suite(.serialized) struct GroupCatalogueTests {
  private func open(
    _ simulation: SyntheticSimulation, _ name: String
  ) throws -> (GroupCatalogue, Snapshot) {
    let rank = worldRank
    let folder = try temporaryDirectory("catalogue-\(name)-\(rank)")
    let snapshot = try Snapshot.open(simulation.writeFinal(in: folder))
    return (
      try GroupCatalogue.open(simulation.writeCatalogue(in: folder), of: snapshot), snapshot
    )
  }

  /// With and without stored offsets; the running sum goes on from file to file.
  @Test(arguments: [1, 2, 3], [true, false])
  func groupsAndSubhaloesHaveTheirRows(files: Int, hasOffsets: Bool) throws {
    var simulation = SyntheticSimulation()
    simulation.catalogueFileCount = files
    simulation.hasOffsets = hasOffsets
    simulation.isInKiloparsecs = true
    let (catalogue, snapshot) = try open(simulation, "rows")
    try catalogue.check(against: snapshot)
    #expect(catalogue.rows == [0..<60, 60..<100, 100..<132])
    #expect(catalogue.subhaloRows == [0..<40, 40..<50, 60..<93])
    #expect(catalogue.boundCounts() == [50, 33, 0])
    #expect(catalogue.memberCount == 132)
    #expect(catalogue.group(ofRow: 59) == 0)
    #expect(catalogue.group(ofRow: 60) == 1)
    #expect(catalogue.group(ofRow: 132) == nil)
    #expect(catalogue.isBound(row: 49) && !catalogue.isBound(row: 50))
    #expect(abs(catalogue.masses[0] / (60 * simulation.particleMass) - 1) < 1e-6)
    #expect(abs(catalogue.radii[0] / simulation.radius(0) - 1) < 1e-6)
    #expect(catalogue.radii[2].isNaN)
    let center = simulation.center(1)
    #expect((0..<3).allSatisfy { abs(catalogue.positions[3 + $0] - center[$0]) < 1e-5 })
  }

  @Test func aCatalogueOfGroupsAloneHasNoBoundParticles() throws {
    var simulation = SyntheticSimulation()
    simulation.hasSubhalos = false
    let (catalogue, _) = try open(simulation, "groups")
    #expect(!catalogue.hasSubhalos)
    #expect(catalogue.boundCounts() == [0, 0, 0])
  }

  @Test func anEmptyCatalogueIsValid() throws {
    var simulation = SyntheticSimulation()
    simulation.hasHalos = false
    let (catalogue, snapshot) = try open(simulation, "empty")
    try catalogue.check(against: snapshot)
    #expect(catalogue.count == 0)
    #expect(catalogue.group(ofRow: 0) == nil)
    try MembershipCheck(catalogue.members(in: 0..<0), in: snapshot).conclude([], "")
  }

  @Test func aCatalogueOfAnotherSnapshotIsRefused() throws {
    let (catalogue, _) = try open(SyntheticSimulation(), "another")
    var other = SyntheticSimulation()
    other.cosmology.omegaMatter = 0.31
    let (_, heavier) = try open(other, "heavier")
    var bigger = SyntheticSimulation()
    bigger.boxSize = 30
    let (_, larger) = try open(bigger, "larger")
    for (snapshot, dataset) in [
      (heavier, "Group/GroupMass"), (larger, "attribute Header/BoxSize"),
    ] {
      var found: Failure?
      do throws(Failure) { try catalogue.check(against: snapshot) } catch { found = error }
      #expect(found?.problem == .mismatch)
      #expect(found?.dataset == dataset)
    }
  }

  @Test(arguments: [0.5, 4.0]) func membersMustLieAroundTheirGroups(distance: Double) throws {
    let (catalogue, snapshot) = try open(SyntheticSimulation(), "members")
    let check = MembershipCheck(catalogue.members(in: 0..<132), in: snapshot)
    var sums = check.sums
    for row in 0..<132 {
      let group = try #require(catalogue.group(ofRow: row))
      let length = distance * SyntheticSimulation().radius(group) * 1.5
      sums[group] += Int64((length / snapshot.boxSize * 0x1p32).rounded())
    }
    var problem: Problem?
    do throws(Failure) {
      try check.conclude(sums, catalogue.path)
    } catch { problem = error.problem }
    #expect(problem == (distance > 1 ? .mismatch : nil))
  }
}
