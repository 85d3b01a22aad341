import Failures
import Foundation
import MPI
import TestSupport
import Testing

@testable import Snapshots

/// Catalogues of halos within halos (`Tests/References/snapshots/nested.py`) whose parts contradict each other.
@Suite(.serialized) struct NestedCataloguesTests {
  /// A change of a file, and what is said of it.
  struct Damage: CustomTestStringConvertible, Sendable {
    /// The folder in `catalogues`.
    var folder: String
    /// The file that is changed, and that which is opened if it is another.
    var file: String
    var opened: String?
    var change: @Sendable (String) throws -> Void
    var words: String
    var code: Int32 = 65
    var testDescription: String { "\(file): \(words)" }
  }

  /// Sets numbers of a dataset; the file is written again.
  private static func set(
    _ dataset: String, _ change: @escaping @Sendable (inout [Double]) -> Void
  ) -> @Sendable (String) throws -> Void {
    { path in
      var content = try HDF5Content(of: path)
      let index = try #require(content.objects.firstIndex { $0.path == "/" + dataset })
      var numbers = content.objects[index].values.numbers
      change(&numbers)
      content.objects[index].values = .double(numbers)
      if content.objects[index].extents?.count == 1 {
        content.objects[index].extents = [numbers.count]
      }
      try content.write(to: path)
    }
  }

  private static func setAttribute(
    _ name: String, of group: String, to value: String
  ) -> @Sendable (String) throws -> Void {
    { path in
      var content = try HDF5Content(of: path)
      let index = try #require(content.objects.firstIndex { $0.path == "/" + group })
      content.objects[index].attributes.removeAll { $0.name == name }
      content.objects[index].attributes.append((name, .text(value)))
      try content.write(to: path)
    }
  }

  private static func without(_ dataset: String) -> @Sendable (String) throws -> Void {
    { path in
      var content = try HDF5Content(of: path)
      content.objects.removeAll { $0.path == "/" + dataset }
      try content.write(to: path)
    }
  }

  private static let remove: @Sendable (String) throws -> Void = {
    try FileManager.default.removeItem(atPath: $0)
  }

  /// Puts a number of 8 bytes at a place.
  private static func put(_ value: Int64, at place: Int) -> @Sendable (String) throws -> Void {
    { path in
      var content = try Data(contentsOf: URL(filePath: path))
      withUnsafeBytes(of: value.littleEndian) {
        content.replaceSubrange(place..<place + 8, with: $0)
      }
      try content.write(to: URL(filePath: path))
    }
  }

  /// Inserts some of a file's bytes again, as a damaged copy may have them.
  private static func insert(_ count: Int, at place: Int) -> @Sendable (String) throws -> Void {
    { path in
      var content = try Data(contentsOf: URL(filePath: path))
      content.insert(contentsOf: content[place..<place + count], at: place)
      try content.write(to: URL(filePath: path))
    }
  }

  private static let velociraptor: [Damage] = [
    ("catalog_particles.unbound.1", remove, "no such file", 66),
    ("catalog_groups.1", remove, "one of 2 files", 66),
    ("properties.0", set("hostHaloID") { $0[0] = 77 }, "within halo 77, which is not there", 65),
    (
      "properties.0", set("hostHaloID") { $0 = [2_000_000_000_002, 2_000_000_000_001] },
      "within others without end", 65
    ),
    ("catalog_groups.0", set("Group_Size") { $0[1] += 1 }, "the offsets leave it", 65),
    ("catalog_groups.0", set("Offset") { $0[1] = 1e15 }, "Offset: group 0 has rows", 65),
    ("catalog_groups.0", set("Total_num_of_groups") { $0[0] = 5 }, "the files hold 4 groups", 65),
    ("catalog_groups.0", set("Num_of_files") { $0[0] = 1e18 }, "files", 65),
    ("properties.0", set("Mass_FOF") { $0[0] = .nan }, "Mass_FOF", 65),
    ("properties.0", set("Xcmbp") { $0[0] = -40 }, "Xcmbp, Ycmbp, Zcmbp: a coordinate is", 65),
    (
      "properties.0", setAttribute("ScaleFactor", of: "SimulationInfo", to: "0.5"),
      "scale factor is 0.5", 65
    ),
    (
      "properties.0", setAttribute("Length_unit_to_kpc", of: "UnitInfo", to: "1.0"),
      "its box in Mpc/h is", 65
    ),
    (
      "properties.0", setAttribute("Mass_unit_to_solarmass", of: "UnitInfo", to: "heavy"),
      "Mass_unit_to_solarmass: it is not there, or no number", 65
    ),
    (
      "catalog_particles.0", set("Particle_IDs") { $0[0] = 5000 },
      "ID 5000 belongs to no particle", 65
    ),
  ].map {
    Damage(
      folder: "velociraptor", file: "snap_002.\($0.0)", opened: "snap_002", change: $0.1,
      words: $0.2, code: $0.3)
  }

  private static let hbt: [Damage] = [
    ("Subhalos/Nbound", set("Subhalos/Nbound") { $0[2] += 1 }, "but its"),
    ("Subhalos/Nbound", set("Subhalos/Nbound") { $0[1] = 0 }, "it lists 84 particles"),
    ("Subhalos/Nbound", set("Subhalos/Nbound") { $0[1] = -1 }, "a subhalo has -1 particles"),
    ("Units/MassInMsunh", set("Units/MassInMsunh") { $0[0] = 1e10 }, "Msun/h, but its"),
    ("Cosmology/ScaleFactor", set("Cosmology/ScaleFactor") { $0[0] = 0.1 }, "scale factor is 0.1"),
    (
      "NumberOfSubhalosInAllFiles", set("NumberOfSubhalosInAllFiles") { $0[0] = 9 },
      "the files hold 4 subhaloes"
    ),
    ("Particles/ParticleIDs", without("Particles/ParticleIDs"), "does not list the particles"),
    (
      "Subhalos/ComovingMostBoundPosition",
      set("Subhalos/ComovingMostBoundPosition") { $0[6] = 1e6 }, "a coordinate is 1000"
    ),
  ].map {
    Damage(
      folder: "hbt-sorted", file: "OrderedSubSnap_002.hdf5", change: $0.1, words: $0.2)
  }

  private static let others: [Damage] = [
    Damage(
      folder: "hbt", file: "SubSnap_002.1.hdf5", opened: "SubSnap_002.0.hdf5", change: remove,
      words: "one of 2 files", code: 66),
    Damage(
      folder: "soap", file: "membership_0002/membership_0002.1.hdf5",
      opened: "halo_properties_0002.hdf5", change: remove, words: "the files hold 101 particles"),
    Damage(
      folder: "soap", file: "membership_0002", opened: "halo_properties_0002.hdf5", change: remove,
      words: "Put SOAP's membership beside it", code: 66),
    Damage(
      folder: "soap-all", file: "halo_properties_0002.hdf5", opened: "membership_0002.hdf5",
      change: remove, words: "Put SOAP's halo_properties beside it", code: 66),
    Damage(
      folder: "soap-all", file: "halo_properties_0002.hdf5",
      change: set("SOAP/HostHaloIndex") { $0[0] = 4 }, words: "is within object 4, of 4"),
    Damage(
      folder: "soap-all", file: "halo_properties_0002.hdf5",
      change: set("InputHalos/HaloCatalogueIndex") { $0[0] = $0[1] },
      words: "two objects have the number"),
    Damage(
      folder: "soap-all", file: "halo_properties_0002.hdf5",
      change: without("InputHalos/HaloCatalogueIndex"),
      words: "as its first versions wrote it. Give the halos as a table of `labels`"),
    Damage(
      folder: "soap-all", file: "halo_properties_0002.hdf5", opened: "membership_0002.hdf5",
      change: without("InputHalos/HaloCatalogueIndex"),
      words: "as its first versions wrote it. Give the halos as a table of `labels`"),
    Damage(
      folder: "soap-all", file: "membership_0002.hdf5", opened: "halo_properties_0002.hdf5",
      change: set("PartType1/GroupNr_bound") { $0[0] += 0.5 }, words: "not whole"),
    Damage(
      folder: "swift", file: "fof_output_0001.hdf5", change: set("Groups/Masses") { $0[0] *= 1.1 },
      words: "a halo has"),
    Damage(
      folder: "swift", file: "fof_output_0001.hdf5", change: set("Groups/GroupIDs") { $0[0] = 4 },
      words: "it has no group"),
    Damage(
      folder: "rockstar-binary", file: "halos_2.0.bin", change: put(41, at: 256 + 200),
      words: "the halos have 41 particles, the header says 50"),
    Damage(
      folder: "rockstar-binary", file: "halos_2.1.bin", opened: "halos_2.0.bin",
      change: put(1, at: 256 + 264 + 216), words: "from 1 on, instead of"),
    Damage(
      folder: "rockstar-binary", file: "halos_2.0.bin", change: put(2, at: 88),
      words: "particle_type: it is 2, not 1"),
    Damage(
      folder: "rockstar-binary", file: "halos_2.0.bin", change: put(.max, at: 72),
      words: "num_particles: it is 9223372036854775807"),
    Damage(
      folder: "rockstar-binary", file: "halos_2.0.bin", change: put(39, at: 72),
      words: "halo 0 has 50 particles from 0 on, instead of 0, of 39"),
    // Its only halo would have a longer record, and IDs from further behind.
    Damage(
      folder: "rockstar-binary", file: "halos_2.0.bin", change: insert(48, at: 600),
      words: "its records of halos have 264 bytes, those of"),
    Damage(
      folder: "rockstar-binary", file: "halos_2.0.bin", change: insert(20, at: 600),
      words: "announces 1 halos and 50 IDs"),
    Damage(
      folder: "rockstar-binary", file: "halos_2.0.bin",
      change: { path in
        try insert(48, at: 600)(path)
        try FileManager.default.removeItem(atPath: path.replacing("2.0.bin", with: "2.1.bin"))
      }, words: "the record of its only halo has 312 bytes"),
  ]

  @Test(arguments: velociraptor + hbt + others)
  func partsThatContradictEachOtherAreRefused(damage: Damage) throws {
    let isOfSWIFT = damage.folder.hasPrefix("soap") || damage.folder == "swift"
    let snapshot = try Snapshot.open(
      ReferenceUniverse.path(isOfSWIFT ? "swift/twin_0001.hdf5" : "catalogues/snapshot_002"))
    let target = try ReferenceUniverse.copy(
      "catalogues/\(damage.folder)", to: "contradictions", as: "groups")
    defer {
      try? FileManager.default.removeItem(
        at: URL(filePath: target).deletingLastPathComponent())
    }
    try damage.change("\(target)/\(damage.file)")
    var found: Failure?
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      do {
        let assignment = try HaloAssignment.open(
          .catalogue("\(target)/\(damage.opened ?? damage.file)"), of: snapshot)
        let particles = try snapshot.particles(in: 0..<snapshot.particleCount)
        _ = try assignment.members(of: particles, in: snapshot, on: alone)
      } catch let error as Failure {
        found = error
      } catch let error as AgreedFailure {
        found = error.underlying as? Failure
      }
    }
    let error = try #require(found)
    #expect(error.description.contains(damage.words), "\(error)")
    #expect((error.problem == .missingFile ? 66 : 65) == damage.code)
    #expect(error.description.hasSuffix("."))
  }

  /// What HBT follows after it has dissolved is no halo, and its last particle is of the subhalo that it fell into.
  @Test func aDissolvedSubhaloHasNoParticle() throws {
    let snapshot = try Snapshot.open(ReferenceUniverse.path("catalogues/snapshot_002"))
    let catalogue = try GroupCatalogue.open(ReferenceUniverse.path("catalogues/hbt"), of: snapshot)
    let listed = try catalogue.format.file.members(
      of: catalogue, in: snapshot, share: 0, of: 1)
    #expect(catalogue.count == 2 && listed.ids.count == 83 && Set(listed.ids).count == 83)
  }

  @Test func objectsCountForTheOutermostOne() throws {
    let nested = try NestedHalos(parents: [-1, 0, 1, -1, 3], "file", "hosts")
    #expect(nested.outermost == [0, 0, 0, 3, 3])
    #expect(nested.sums([1, 2, 4, 8, 16]) == [7, 0, 0, 24, 0])
    #expect(throws: Failure.self) { try NestedHalos(parents: [1, 0], "file", "hosts") }
  }
}
