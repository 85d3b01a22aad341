import Foundation
import HDF5
import MPI
import Particles
import TestSupport
import Testing

@testable import Snapshots

/// A simulation of 6^3 particles in disorder, with three groups at the front of its rows.
private struct WrittenSimulation {
  let simulation = SimulationDescription(
    cosmology: Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701), boxSize: 25,
    lattice: .gadget(gridSize: 6),
    origin: .init(seed: .max, omegaBaryon: 0.045, sigma8: 0.817, spectralIndex: 0.96),
    creator: "a test")
  let scaleFactor = 0.5
  let box = PeriodicBox(width: 25)

  /// Sizes 50, 40, 32; 45 of the first are bound, none of the second, all of the third.
  let groups = GroupTable(
    sizes: [50, 40, 32], boundSizes: [45, 0, 32],
    positions: [1, 2, 3, 24.999_999_999, 0, 12.5, 7, 8, 9].map { $0 },
    velocities: [100, -200, 300, 1, 2, 3, 4, 5, 6],
    boundVelocities: [90, 80, 70, 1, 2, 3, 4, 5, 6],
    radii: [0.75, 0.5, 0.25], enclosedCounts: [60, 30, 20])

  /// All particles in the order of rows; some positions are at the faces of the box.
  var particles: Particles {
    let count = simulation.particleCount
    return Particles(
      sites: (0..<count).map { Int64($0 * 37 % count) },
      positions: (0..<3 * count).map {
        $0 < 2 ? [0, .max][$0] : UInt32(truncatingIfNeeded: $0 &* 2_654_435_761)
      },
      momenta: (0..<3 * count).map { Float($0) / 100 - 3 })
  }

  /// Rows of this rank: a part of those in groups and a part of the others, of uneven sizes.
  func rows(_ rank: Int, of size: Int) -> [SnapshotRows] {
    let all = particles
    func part(_ rows: Range<Int>) -> SnapshotRows {
      // The first rank has none of the rows where there are others.
      let cuts = (0...size).map {
        $0 == 0 ? 0 : rows.count * ($0 - min(1, size - 1)) / max(1, size - 1)
      }
      let own = rows.lowerBound + cuts[rank]..<rows.lowerBound + cuts[rank + 1]
      return SnapshotRows(
        Particles(
          sites: Array(all.sites[own]),
          positions: Array(all.positions[3 * own.lowerBound..<3 * own.upperBound]),
          momenta: Array(all.momenta[3 * own.lowerBound..<3 * own.upperBound])),
        from: own.lowerBound)
    }
    return [part(0..<122), part(122..<all.count)]
  }

  /// Writes snapshot and catalogue into a folder.
  ///
  /// Collective.
  func write(to folder: String, on communicator: borrowing Communicator) throws {
    try Snapshot.write(
      rows(communicator.rank, of: communicator.size), of: simulation, scaleFactor: scaleFactor,
      to: folder + "/snapshot_001.hdf5", on: communicator)
    try GroupCatalogue.write(
      groups, of: simulation, scaleFactor: scaleFactor,
      to: folder + "/fof_subhalo_tab_001.hdf5", on: communicator)
  }
}

@Suite(.serialized) struct SnapshotWritingTests {
  private let written = WrittenSimulation()

  @Test func aSnapshotIsReadAsItWasWritten() throws {
    try withWorld { world in
      let folder = try temporaryDirectory("write-snapshot")
      try written.write(to: folder, on: world)
      let snapshot = try Snapshot.open(folder + "/snapshot_001.hdf5")
      #expect(snapshot.particleCount == 216)
      #expect(snapshot.boxSize == 25)
      #expect(snapshot.redshift == 1)
      #expect(snapshot.cosmology == written.simulation.cosmology)
      #expect(snapshot.units == SnapshotUnits(length: 1, mass: 1e10, velocity: 1))
      let mass = written.simulation.cosmology.particleMass(count: 216, boxSize: 25)
      #expect(abs(snapshot.particleMass / mass - 1) < 1e-14)
      let read = try snapshot.particles(in: 0..<216, velocities: true)
      let expected = written.particles
      #expect(read.ids == expected.sites.map { UInt64($0) + 1 })
      #expect(read.positions.map { written.box.position($0) } == expected.positions)
      // u = 100 p/a^(3/2): v_peculiar = 100 p/a = u sqrt(a).
      let unit = 100 / pow(0.5, 1.5)
      #expect(
        zip(read.velocities, expected.momenta)
          .allSatisfy { abs(Double($0) - Double($1) * unit) <= 1e-7 * abs(Double($0)) })
    }
  }

  @Test func aCatalogueIsReadAsItWasWritten() throws {
    try withWorld { world in
      let folder = try temporaryDirectory("write-catalogue")
      try written.write(to: folder, on: world)
      let snapshot = try Snapshot.open(folder + "/snapshot_001.hdf5")
      let catalogue = try GroupCatalogue.open(folder, of: snapshot)
      try catalogue.check(against: snapshot)
      #expect(catalogue.rows == [0..<50, 50..<90, 90..<122])
      #expect(catalogue.subhaloRows == [0..<45, 90..<122])
      #expect(catalogue.boundCounts() == [45, 0, 32])
      #expect((0..<216).filter { catalogue.isBound(row: $0) } == Array(0..<45) + Array(90..<122))
      #expect(catalogue.positions == written.groups.positions)
      #expect(catalogue.radii == written.groups.radii)
      #expect(
        zip(catalogue.masses, [50.0, 40, 32])
          .allSatisfy { abs($0 / ($1 * snapshot.particleMass) - 1) < 1e-7 })

      let file = try HDF5File.open(folder + "/fof_subhalo_tab_001.hdf5")
      // GroupVel is a v, SubhaloVel is v.
      let velocities = try file.dataset("Group/GroupVel").read(as: Float.self)
      #expect(velocities == [50, -100, 150, 0.5, 1, 1.5, 2, 2.5, 3])
      let bound = try file.dataset("Subhalo/SubhaloVel").read(as: Float.self)
      #expect(bound == [90, 80, 70, 4, 5, 6])
      #expect(try file.dataset("Group/GroupFirstSub").read(as: Int64.self) == [0, -1, 1])
      #expect(try file.dataset("Group/GroupNsubs").read(as: Int64.self) == [1, 0, 1])
      #expect(try file.dataset("Subhalo/SubhaloGroupNr").read(as: Int64.self) == [0, 2])
      let enclosed = try file.dataset("Group/Group_M_Mean200").read(as: Double.self)
      let unit = snapshot.particleMass * 0.701 / 1e10
      #expect(zip(enclosed, [60.0, 30, 20]).allSatisfy { abs($0 / ($1 * unit) - 1) < 1e-7 })
      #expect(try file.attribute("Seed", of: "Parameters", as: UInt64.self) == [.max])
      try file.close()
    }
  }

  @Test func aCatalogueWithoutGroupsIsRead() throws {
    let none = GroupTable(
      sizes: [], boundSizes: [], positions: [], velocities: [], boundVelocities: [], radii: [],
      enclosedCounts: [])
    try withWorld { world in
      let folder = try temporaryDirectory("write-empty")
      try written.write(to: folder, on: world)
      try GroupCatalogue.write(
        none, of: written.simulation, scaleFactor: 0.5, to: folder + "/fof_subhalo_tab_001.hdf5",
        on: world)
      let snapshot = try Snapshot.open(folder + "/snapshot_001.hdf5")
      let catalogue = try GroupCatalogue.open(folder, of: snapshot)
      #expect(catalogue.count == 0 && catalogue.hasSubhalos)
    }
  }

  @Test func anyNumberOfRanksWritesTheSameBytes() throws {
    try withWorld { world in
      let together = try temporaryDirectory("write-together")
      let alone = try temporaryDirectory("write-alone-\(world.rank)")
      let single = try world.split(color: world.rank, key: 0)
      try written.write(to: together, on: world)
      try written.write(to: alone, on: single)
      for name in ["/snapshot_001.hdf5", "/fof_subhalo_tab_001.hdf5"] {
        let files = try [together, alone].map {
          try Data(contentsOf: URL(filePath: $0 + name))
        }
        #expect(files[0] == files[1])
        #expect(files[0].count > 5000)
        // What was written beside has got its name.
        #expect(!FileManager.default.fileExists(atPath: together + name + ".partial"))
      }
    }
  }

  @Test func aFolderThatIsNotThereIsReportedByEveryRank() throws {
    try withWorld { world in
      let failure = #expect(throws: AgreedFailure.self) {
        try written.write(to: "/nowhere/at/all", on: world)
      }
      if let error = failure?.underlying as? HDF5Error {
        #expect(error.description.contains("/nowhere/at/all/snapshot_001.hdf5"))
      }
    }
  }
}
