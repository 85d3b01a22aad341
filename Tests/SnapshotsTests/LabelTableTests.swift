import Failures
import Foundation
import HDF5
import MPI
import TestSupport
import Testing

@testable import Snapshots

/// Tables that `Tests/References/snapshots/write.py` made: halos 7, 300 and 12 of 60, 40 and 32 particles.
@Suite(.serialized) struct LabelTableTests {
  static let tables = [
    LabelTable(
      file: ReferenceUniverse.path("labels/labels.csv"), halo: "halo", massUnit: .solarPerHubble),
    LabelTable(
      file: ReferenceUniverse.path("labels/labels.hdf5"), id: "particle", mass: "halos/logMass",
      halo: "halos/number", massUnit: .logSolar),
    LabelTable(
      file: ReferenceUniverse.path("labels/rockstar.particles"), id: "particle_id", mass: "mvir",
      halo: "internal_haloid", massUnit: .solarPerHubble),
  ]

  private func members(
    _ table: LabelTable, _ rows: Range<Int>, on communicator: borrowing Communicator
  ) throws -> HaloMembers {
    let snapshot = try Snapshot.open(ReferenceUniverse.path("gadget4/snapshot_001.hdf5"))
    let assignment = try HaloAssignment.open(.table(table), of: snapshot)
    return try assignment.members(
      of: snapshot.particles(in: rows), in: snapshot, on: communicator)
  }

  @Test(.ranks(1...4), arguments: tables)
  func aTableGivesParticlesTheHalosOfTheCatalogue(table: LabelTable) throws {
    try withWorld { world in
      let expected = try #require(
        ReferenceUniverse.readings()["gadget4/snapshot_001.hdf5"]?.halos)
      let rows = world.rank * 216 / world.size..<(world.rank + 1) * 216 / world.size
      let members = try members(table, rows, on: world)
      #expect(members.halos.map { Int($0) } == Array(expected[rows]))
      #expect(members.counts == [60, 40, 32])
      let particleMass = 7.990478e12
      for (mass, count) in zip(members.masses, members.counts) {
        #expect(abs(mass / (Double(count) * particleMass) - 1) < 1e-5)
      }
    }
  }

  /// The three halos have three masses.
  @Test func withoutNumbersEqualMassesAreOneHalo() throws {
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      var table = Self.tables[0]
      table.halo = nil
      let members = try members(table, 0..<216, on: alone)
      #expect(members.counts == [60, 40, 32])
      #expect(members.positions.allSatisfy { $0.isNaN })
    }
  }

  /// A change of the table's text, or of its settings, and what is said of it.
  struct Spoiling: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var problem: Problem
    var words: [String]
    var text: @Sendable (String) -> String = { $0 }
    var settings: @Sendable (inout LabelTable) -> Void = { _ in }
  }

  static let spoilings = [
    Spoiling(
      testDescription: "an ID twice", problem: .wrongIDs, words: ["id", "more than one row"],
      text: { $0 + $0.split(separator: "\n")[1] + "\n" }),
    Spoiling(
      testDescription: "an ID of no particle", problem: .wrongIDs,
      words: ["ID 217 belongs to no particle", "this snapshot"], text: { $0 + "217,1e14,7\n" }),
    Spoiling(
      testDescription: "a mass that is none", problem: .invalidValue,
      words: ["mass", "ID 12 ", "nan"],
      text: { $0.replacing(/(?m)^12,[^,]*,/, with: "12,nan,") }),
    Spoiling(
      testDescription: "a negative mass", problem: .invalidValue, words: ["-3", "Write 0"],
      text: { $0.replacing(/(?m)^12,[^,]*,/, with: "12,-3,") }),
    Spoiling(
      testDescription: "a line with too few fields", problem: .invalidValue,
      words: ["line 134", "2 fields"], text: { $0 + "9,7\n" }),
    Spoiling(
      testDescription: "an ID with a point", problem: .invalidValue,
      words: ["line 134, column id", "9.5 is no ID"], text: { $0 + "9.5,1e12,7\n" }),
    Spoiling(
      testDescription: "two masses of one halo", problem: .invalidValue,
      words: ["halo 7 has the masses"],
      text: { $0.replacing(/(?m)^12,[^,]*,/, with: "12,3.1e14,") }),
    Spoiling(
      testDescription: "another unit", problem: .wrongUnits,
      words: ["times the mass of its 60 particles", "labels.massUnit", "1e10 Msun/h"],
      settings: { $0.massUnit = .tenBillionSolarPerHubble }),
    Spoiling(
      testDescription: "a column that is not there", problem: .missingContent,
      words: ["column haloid", "id, mass, halo"], settings: { $0.halo = "haloid" }),
    Spoiling(
      testDescription: "no file", problem: .missingFile, words: ["no such table", "labels.file"],
      settings: { $0.file += "x" }),
  ]

  @Test(arguments: spoilings) func whatIsWrongWithATableIsNamed(spoiling: Spoiling) throws {
    var table = Self.tables[0]
    let folder = try ReferenceUniverse.copy("labels", to: "labels")
    table.file = folder + "/labels.csv"
    let text = try String(contentsOfFile: table.file, encoding: .utf8)
    let changed = spoiling.text(text)
    try changed.write(toFile: table.file, atomically: true, encoding: .utf8)
    spoiling.settings(&table)
    var found: Failure?
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      do {
        _ = try members(table, 0..<216, on: alone)
      } catch let error as Failure {
        found = error
      } catch let error as AgreedFailure {
        found = error.underlying as? Failure
      }
    }
    let error = try #require(found)
    #expect(error.problem == spoiling.problem)
    #expect(error.file == table.file)
    for word in spoiling.words { #expect(error.description.contains(word), "\(word) in \(error)") }
  }

  /// IDs and halos in types of other programs, which may be floating-point numbers; nothing is said if they are read.
  static let types: [(ids: HDF5Content.Values, halos: HDF5Content.Values, words: String)] = [
    (.double([5, 7]), .double([1, 1]), ""), (.int32([5, 7]), .int64([1, 1]), ""),
    (.double([5, 7.25]), .int64([1, 1]), "row 1 holds 7.25"),
    (.double([5, .nan]), .int64([1, 1]), "row 1 holds nan"),
    (.int64([5, -7]), .int64([1, 1]), "row 1 holds -7"),
    (.int64([5, 7]), .double([1, 1.5]), "not whole"),
    (.int64([5, 7]), .double([1, .nan]), "out of range"),
  ]

  @Test(arguments: types.indices) func columnsOfAnyTypeHoldWholeNumbers(index: Int) throws {
    let (ids, halos, words) = Self.types[index]
    try withScratchFolder { folder in
      let columns = [("id", ids), ("mass", .double([1e12, 1e12])), ("halo", halos)]
      var content = try HDF5Content(of: ReferenceUniverse.path("labels/labels.hdf5"))
      content.objects = columns.map { .init(path: "/" + $0.0, extents: [2], values: $0.1) }
      try content.write(to: folder + "/labels.hdf5")
      let table = LabelTable(file: folder + "/labels.hdf5", halo: "halo", massUnit: .solar)
      do throws(Failure) {
        let rows = try table.openFile().rows(share: 0, of: 1)
        #expect(words.isEmpty && rows.ids == [5, 7] && rows.halos == [1, 1])
      } catch {
        #expect(!words.isEmpty && error.description.contains(words), "\(error)")
      }
    }
  }

  /// HBT's lists of particles, and the groups of GADGET-4, are no columns with a row for each particle.
  @Test(arguments: [
    LabelTable(
      file: ReferenceUniverse.path("catalogues/hbt/SubSnap_002.0.hdf5"), id: "SubhaloParticles",
      mass: "Subhalos", massUnit: .solar),
    LabelTable(
      file: ReferenceUniverse.path("gadget4/fof_subhalo_tab_001.hdf5"), id: "Group/GroupFirstSub",
      mass: "mass", massUnit: .solar),
  ])
  func aCatalogueInThePlaceOfATableIsNamed(table: LabelTable) throws {
    let error = #expect(throws: Failure.self) { try table.check() }
    #expect(
      error?.reason.contains("it is a halo catalogue (") == true, "\(String(describing: error))")
    #expect(error?.remedy.contains("Give it as `catalogue`") == true)
  }

  @Test func columnsOfDifferentLengthsAreRefused() throws {
    let folder = try temporaryDirectory("labels-lengths-\(UUID().uuidString)")
    let file = try HDF5File.create(folder + "/labels.hdf5")
    try file.createDataset("id", extents: [3], of: UInt64.self).write([1, 2, 3])
    try file.createDataset("mass", extents: [2], of: Double.self).write([1e12, 1e12])
    try file.close()
    let error = #expect(throws: Failure.self) {
      try LabelTable(file: folder + "/labels.hdf5").check()
    }
    #expect(error?.problem == .inconsistentCounts)
    #expect(error?.dataset == "mass")
  }
}
