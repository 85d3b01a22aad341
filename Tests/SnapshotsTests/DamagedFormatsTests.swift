import Failures
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Snapshots

/// What is wrong with files of each format is told with the file, its part and what to do.
@Suite(.serialized) struct DamagedFormatsTests {
  /// A change of a file's bytes, and what is said of it.
  struct Damage: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var folder = "binary"
    var file = "ics.gadget"
    var problem: Problem
    var words: [String]
    var change: @Sendable (inout Data) -> Void
  }

  /// Puts a little-endian number in the place of bytes.
  private static func put<Value>(_ value: Value, at offset: Int, in data: inout Data) {
    data.replaceSubrange(
      offset..<offset + MemoryLayout<Value>.size, with: withUnsafeBytes(of: value) { Data($0) })
  }

  private static func rename(_ name: String, _ other: String, in data: inout Data) {
    while let range = data.range(of: Data(name.utf8)) {
      data.replaceSubrange(range, with: Data(other.utf8))
    }
  }

  /// In `ics.gadget` (SnapFormat 1, 32 bits) the header is at byte 4, and blocks of 216 particles follow:
  /// positions at 268, velocities at 2868, IDs at 5468.
  static let damages = [
    Damage(
      testDescription: "cut off in the velocities", problem: .unreadable,
      words: ["block VEL", "cut off", "Copy the file again"], change: { $0 = $0.prefix(4000) }),
    Damage(
      testDescription: "cut off in the header", problem: .unreadable,
      words: ["block HEAD", "cut off"], change: { $0 = $0.prefix(100) }),
    Damage(
      testDescription: "empty", problem: .unreadable, words: ["the file is empty"],
      change: { $0 = Data() }),
    Damage(
      testDescription: "a wrong marker behind a block", problem: .unreadable,
      words: ["block POS", "begins with the length 2592 and ends with 7"],
      change: { put(UInt32(7), at: 268 + 2592, in: &$0) }),
    Damage(
      testDescription: "neither format", problem: .unreadable,
      words: ["neither an HDF5 file nor one of GADGET's records"],
      change: { put(UInt32(77), at: 0, in: &$0) }),
    Damage(
      testDescription: "another number of particles", problem: .inconsistentCounts,
      words: ["block ID", "864 bytes", "215 particles"],
      change: {
        put(Int32(215), at: 8, in: &$0)
        put(UInt32(215), at: 104, in: &$0)
      }),
    Damage(
      testDescription: "files that do not add up", problem: .inconsistentCounts,
      words: ["the files hold 216 particles of type 1, the header says 217"],
      change: { put(UInt32(217), at: 104, in: &$0) }),
    Damage(
      testDescription: "gas", problem: .otherMatter,
      words: ["PartType0", "3 particles of type 0", "dark matter alone"],
      change: { put(Int32(3), at: 4, in: &$0) }),
    Damage(
      testDescription: "a position that is none", problem: .invalidValue,
      words: ["block POS", "row 7 holds nan"],
      change: { put(Float.nan, at: 268 + 7 * 12, in: &$0) }),
    Damage(
      testDescription: "a position outside the box", problem: .invalidValue,
      words: ["block POS", "row 7 is at 1000"],
      change: { put(Float(1000), at: 268 + 7 * 12, in: &$0) }),
    Damage(
      testDescription: "a velocity that is none", problem: .invalidValue,
      words: ["block VEL", "row 0 holds inf"],
      change: { put(Float.infinity, at: 2868, in: &$0) }),
    Damage(
      testDescription: "no mass", problem: .missingContent,
      words: ["block MASS", "no such block"], change: { put(0.0, at: 4 + 32, in: &$0) }),
    Damage(
      testDescription: "units that do not fit", problem: .wrongUnits,
      words: ["header", "no units are stated", "give `units`"],
      change: { put(77.0, at: 4 + 128, in: &$0) }),
    Damage(
      testDescription: "a time that is no scale factor", problem: .invalidValue,
      words: ["header", "ComovingIntegrationOn"], change: { put(3.0, at: 4 + 72, in: &$0) }),
    Damage(
      testDescription: "no such dataset", folder: "gadget4", file: "ics.hdf5",
      problem: .missingContent, words: ["PartType1/Coordinates", "no such dataset"],
      change: { rename("Coordinates", "Coordinatex", in: &$0) }),
    Damage(
      testDescription: "no such group", folder: "gadget4", file: "ics.hdf5",
      problem: .missingContent, words: ["PartType1/ParticleIDs", "nor a group PartType1"],
      change: { rename("PartType1", "PartTypeX", in: &$0) }),
    Damage(
      testDescription: "no numbers of particles", folder: "gadget4", file: "ics.hdf5",
      problem: .missingContent, words: ["attribute Header/NumPart_Total", "is not there"],
      change: { rename("NumPart_Total", "NumPart_Totax", in: &$0) }),
    Damage(
      testDescription: "no matter density", folder: "gadget4", file: "ics.hdf5",
      problem: .missingContent, words: ["Omega0", "in none of the groups"],
      change: { rename("Omega0", "Omega9", in: &$0) }),
    Damage(
      testDescription: "a mass of zero one by one", folder: "gadget2", file: "snapshot_001.0.hdf5",
      problem: .invalidValue, words: ["PartType1/Masses", "the mass of a particle is 0.0"],
      change: { data in
        // The script's mass, 0.279 x 2.77536627e11 x 25^3 / 216 in 10^10 Msun/h.
        let mass = withUnsafeBytes(of: Float(0.279 * 27.7536627 * 15625 / 216)) { Data($0) }
        if let range = data.range(of: mass) { data.replaceSubrange(range, with: Data(count: 4)) }
      }),
    Damage(
      testDescription: "no h of SWIFT", folder: "swift", file: "twin_0000.hdf5",
      problem: .missingContent, words: ["attribute Cosmology/Omega_m", "it is not there"],
      change: { rename("Omega_m", "Omega_x", in: &$0) }),
    Damage(
      testDescription: "units of SWIFT that do not fit", folder: "swift", file: "twin_0000.hdf5",
      problem: .wrongUnits, words: ["group Units", "times the mean matter density"],
      change: { data in
        let centimetres = withUnsafeBytes(of: 3.08567758149e24) { Data($0) }
        while let range = data.range(of: centimetres) {
          data.replaceSubrange(range, with: withUnsafeBytes(of: 3.08567758149e21) { Data($0) })
        }
      }),
  ]

  @Test(arguments: damages) func whatIsDamagedIsNamed(damage: Damage) throws {
    let folder = try ReferenceUniverse.copy(damage.folder, to: "damaged")
    let path = folder + "/" + damage.file
    let whole = try Data(contentsOf: URL(filePath: path))
    var data = whole
    damage.change(&data)
    try #require(data != whole)
    try data.write(to: URL(filePath: path))
    let found = #expect(throws: Failure.self) {
      let snapshot = try Snapshot.open(path)
      _ = try snapshot.particles(in: 0..<snapshot.particleCount, velocities: true)
    }
    let error = try #require(found)
    #expect(error.problem == damage.problem, "\(error)")
    #expect(error.file == path)
    for word in damage.words { #expect(error.description.contains(word), "\(word) in \(error)") }
  }

  /// Units that are given win over those that the file states, and are checked as they are.
  @Test func givenUnitsTakeThePlaceOfStatedOnes() throws {
    let path = ReferenceUniverse.path("gadget4/ics.hdf5")
    let right = SnapshotUnits(length: 1, mass: 1e10, velocity: 2)
    let snapshot = try Snapshot.open(path, units: right)
    #expect(snapshot.units == right)
    let error = #expect(throws: Failure.self) {
      try Snapshot.open(path, units: SnapshotUnits(length: 0.001, mass: 1e10, velocity: 1))
    }
    #expect(error?.problem == .wrongUnits)
    #expect(error?.dataset == "units of the experiment file")
    #expect(error?.remedy.contains("1.0 Mpc/h and 10000000000.0 Msun/h would fit") == true)
  }

  @Test func aPartOfABinarySetThatIsMissingIsNamed() throws {
    let folder = try ReferenceUniverse.copy("binary", to: "part")
    try FileManager.default.removeItem(atPath: folder + "/snapshot_001.1")
    let error = #expect(throws: Failure.self) {
      try Snapshot.open(folder + "/snapshot_001")
    }
    #expect(error?.problem == .missingFile)
    #expect(error?.file == folder + "/snapshot_001.1")
  }

  @Test func aSnapshotWithoutLabelsNeedsACatalogue() throws {
    let snapshot = try Snapshot.open(ReferenceUniverse.path("swift/twin_0000.hdf5"))
    let error = #expect(throws: Failure.self) {
      try HaloAssignment.open(.snapshot, of: snapshot)
    }
    #expect(error?.problem == .missingContent)
    #expect(error?.remedy.contains("`catalogue`") == true)
  }

  @Test func binaryFilesNeedNoExtensionInAFolderOfTheirOwn() throws {
    let folder = try ReferenceUniverse.copy("binary", to: "folder")
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder + "/snapdir_000", withIntermediateDirectories: true)
    try manager.moveItem(
      atPath: folder + "/ics.gadget", toPath: folder + "/snapdir_000/snapshot_000")
    let snapshot = try Snapshot.open(folder + "/snapdir_000")
    #expect(snapshot.path == folder + "/snapdir_000/snapshot_000")
  }

  /// A change of the catalogue's files, and what is said of it.
  struct CatalogueDamage: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var file: String
    var problem: Problem
    var words: [String]
    var change: @Sendable (inout Data) -> Void
  }

  static let catalogueDamages = [
    CatalogueDamage(
      testDescription: "no lengths of groups", file: "fof_subhalo_tab_099.0.hdf5",
      problem: .missingContent, words: ["Group/GroupLenType", "no such dataset"],
      change: { rename("GroupLenType", "GroupLenTypx", in: &$0) }),
    CatalogueDamage(
      testDescription: "no groups", file: "fof_subhalo_tab_099.0.hdf5", problem: .missingContent,
      words: ["Ngroups_Total", "not a snapshot"],
      change: { rename("Ngroups_Total", "Ngroups_Totax", in: &$0) }),
    CatalogueDamage(
      testDescription: "subhalos of no group", file: "fof_subhalo_tab_099.1.hdf5",
      problem: .inconsistentCounts, words: ["subhalo 2 is in no group"],
      change: { data in
        // SubhaloGrNr of the file, [0, 1], comes behind SubhaloLenType, whose last row is of 33 particles.
        let (old, new): ([Int32], [Int32]) = ([33, 0, 0, 0, 0, 0, 1], [33, 0, 0, 0, 0, 0, 9])
        if let range = data.range(of: old.withUnsafeBytes { Data($0) }) {
          data.replaceSubrange(range, with: new.withUnsafeBytes { Data($0) })
        }
      }),
    CatalogueDamage(
      testDescription: "cut off", file: "fof_subhalo_tab_099.2.hdf5", problem: .unreadable,
      words: ["truncated", "Copy the file again"], change: { $0 = $0.prefix(5000) }),
  ]

  @Test(arguments: catalogueDamages)
  func whatIsDamagedInACatalogueIsNamed(damage: CatalogueDamage) throws {
    let folder = try ReferenceUniverse.copy("arepo/groups_099", to: "catalogue", as: "groups_099")
    let path = folder + "/" + damage.file
    var data = try Data(contentsOf: URL(filePath: path))
    let whole = data
    damage.change(&data)
    try #require(data != whole)
    try data.write(to: URL(filePath: path))
    let snapshot = try Snapshot.open(ReferenceUniverse.path("arepo/snapdir_099"))
    let found = #expect(throws: Failure.self) {
      try GroupCatalogue.open(folder, of: snapshot)
    }
    let error = try #require(found)
    #expect(error.problem == damage.problem, "\(error)")
    for word in damage.words { #expect(error.description.contains(word), "\(word) in \(error)") }
  }
}
