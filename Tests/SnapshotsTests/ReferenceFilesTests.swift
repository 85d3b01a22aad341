import Foundation
import MPI
import TestSupport
import Testing

@testable import Snapshots

/// Files that other programs wrote, against what other programs read in them.
@Suite(.serialized) struct ReferenceFilesTests {
  static let names = [
    "gadget4/ics.hdf5", "gadget4/snapshot_001.hdf5", "gadget2/ics", "gadget2/snapshot_001",
    "binary/ics.gadget", "binary/snapshot_001", "binary/ics-pynbody.gadget", "swift/twin_0000.hdf5",
    "swift/twin_0001.hdf5", "arepo/snapdir_099",
  ]

  private func agree(_ ours: [Double], _ theirs: [Double], within tolerance: Double) -> Bool {
    ours.count == theirs.count && zip(ours, theirs).allSatisfy { abs($0 - $1) <= tolerance }
  }

  /// Programs differ in the digits of the parsec (1e-7), and swiftsimio's H0 by 2e-6.
  @Test(arguments: names) func aSnapshotIsReadAsOtherProgramsReadIt(name: String) throws {
    let reading = try #require(ReferenceUniverse.readings()[name])
    let snapshot = try Snapshot.open(ReferenceUniverse.path(name))
    #expect(snapshot.particleCount == reading.count)
    #expect(abs(snapshot.boxSize / reading.boxSize - 1) < 1e-5)
    #expect(abs(snapshot.redshift - reading.redshift) < 1e-9)
    #expect(abs(snapshot.cosmology.omegaMatter - reading.omegaMatter) < 1e-9)
    #expect(abs(snapshot.cosmology.hubble / reading.hubble - 1) < 1e-5)
    #expect(abs(snapshot.particleMass / reading.particleMass - 1) < 1e-5)
    let particles = try snapshot.particles(in: 0..<216, velocities: true)
    #expect(reading.rows.map { particles.ids[$0] } == reading.ids)
    #expect(particles.ids.reduce(0, +) == reading.idSum)
    let toPeculiar = snapshot.scaleFactor.squareRoot()
    let velocities = particles.velocities.map { Double($0) * toPeculiar }
    func rows(_ values: [Double]) -> [Double] {
      reading.rows.flatMap { values[3 * $0..<3 * $0 + 3] }
    }
    func sums(_ values: [Double]) -> [Double] {
      (0..<3).map { axis in stride(from: axis, to: 648, by: 3).reduce(0) { $0 + values[$1] } }
    }
    #expect(agree(rows(particles.positions), reading.positions, within: 1e-4))
    #expect(agree(sums(particles.positions), reading.positionSum, within: 0.01))
    #expect(agree(rows(velocities), reading.velocities, within: 2e-3))
    #expect(agree(sums(velocities), reading.velocitySum, within: 0.1))
  }

  @Test(arguments: [
    ("gadget4/ics.hdf5", SnapshotFormat.gadgetHDF5, 4, true),
    ("gadget2/ics.0.hdf5", .gadgetHDF5, 8, false), ("binary/ics.gadget", .gadgetBinary, 4, false),
    ("binary/snapshot_001.0", .gadgetBinary, 8, false), ("swift/twin_0001.hdf5", .swift, 8, true),
    ("arepo/snapdir_099/snap_099.0.hdf5", .gadgetHDF5, 8, true),
  ])
  func theFormatIsToldByTheContent(
    name: String, format: SnapshotFormat, idByteCount: Int, statesUnits: Bool
  ) throws {
    let snapshot = try Snapshot.open(ReferenceUniverse.path(name))
    #expect(snapshot.format == format)
    #expect(snapshot.idByteCount == idByteCount)
    #expect(snapshot.statesUnits == statesUnits)
    #expect(snapshot.hasHaloLabels == (name == "swift/twin_0001.hdf5"))
  }

  /// The layouts of binary files that the fixtures cover; the second was written by pynbody.
  @Test(arguments: [
    ("binary/ics.gadget", "SnapFormat 1, little-endian"),
    ("binary/ics-pynbody.gadget", "SnapFormat 2, little-endian"),
    ("binary/snapshot_001.1", "SnapFormat 2, big-endian"),
  ])
  func bothByteOrdersAndFormatsOfRecordsAreRead(name: String, layout: String) throws {
    #expect(
      try GadgetBinaryFile(ReferenceUniverse.path(name), SnapshotSupplement()).formatDescription
        .hasSuffix(layout))
  }

  /// pynbody's halos and subhalos, of which the groups of AREPO have no offsets, a file without groups,
  /// and subhalos in another file than their group.
  @Test(arguments: [
    ("gadget4/snapshot_001.hdf5", "gadget4/fof_subhalo_tab_001.hdf5"),
    ("arepo/snapdir_099", "arepo/groups_099"),
  ])
  func groupsHaveTheMembersThatPynbodyFinds(name: String, groups: String) throws {
    let reading = try #require(ReferenceUniverse.readings()[name])
    let snapshot = try Snapshot.open(ReferenceUniverse.path(name))
    let catalogue = try GroupCatalogue.open(ReferenceUniverse.path(groups), of: snapshot)
    try catalogue.check(against: snapshot)
    let members = catalogue.members(in: 0..<216)
    #expect(members.halos.map { Int($0) } == reading.halos)
    #expect(members.isBound.map { $0 ? 1 : 0 } == reading.bound)
    #expect(members.counts == [60, 40, 32])
    for (mass, count) in zip(members.masses, members.counts) {
      #expect(abs(mass / (Double(count) * reading.particleMass) - 1) < 1e-6)
    }
    // 200 times the mean density within the radius, of the script; GADGET has none without subhalos.
    #expect(abs(members.radii[0] / 1.7295 - 1) < 1e-3)
    #expect(members.radii[2].isNaN || members.radii[2] == 0)
  }

  /// swiftsimio's group numbers are 1, 2, 3 for groups of 60, 40 and 32; the center of group 0 is that of
  /// the script's particles, around which they lie.
  @Test(.ranks(1...4)) func labelsOfSWIFTAreHalosWithTheirCentersOfMass() throws {
    try withWorld { world in
      let path = ReferenceUniverse.path("swift/twin_0001.hdf5")
      let halos = try #require(ReferenceUniverse.readings()["swift/twin_0001.hdf5"]?.halos)
      let snapshot = try Snapshot.open(path)
      let rows = world.rank * 216 / world.size..<(world.rank + 1) * 216 / world.size
      let assignment = try HaloAssignment.open(.snapshot, of: snapshot)
      let particles = try snapshot.particles(in: rows)
      let members = try assignment.members(of: particles, in: snapshot, on: world)
      #expect(members.halos.map { Int($0) } == halos[rows].map { $0 > 3 ? -1 : $0 - 1 })
      #expect(members.counts == [60, 40, 32])
      #expect(!assignment.hasSubhalos && members.boundCounts == [0, 0, 0])
      #expect(abs(members.masses[1] / (40 * snapshot.particleMass) - 1) < 1e-12)
      // Of the rows of group 0, moved to one side of the box's face in x and averaged.
      let all = try snapshot.particles(in: 0..<216)
      for axis in 0..<3 {
        let mine = (0..<216).filter { halos[$0] == 1 }.map { all.positions[3 * $0 + axis] }
        let moved = mine.map { axis == 0 && $0 > 12.5 ? $0 - 25 : $0 }
        let mean = moved.reduce(0, +) / 60
        let inside = mean < 0 ? mean + 25 : mean
        #expect(abs(members.positions[axis] - inside) < 1e-6)
      }
    }
  }
}
