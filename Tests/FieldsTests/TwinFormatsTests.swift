import Failures
import Fields
import Foundation
import MPI
import Snapshots
import TestSupport
import Testing

/// The universe of `Tests/References/snapshots` prepared from each of its formats.
@Suite(.serialized) struct TwinFormatsTests {
  private func preparation(
    _ initial: String, _ final: String, _ halos: HaloSource, as name: String
  ) throws -> FieldPreparation {
    FieldPreparation(
      name: "twin", initialSnapshot: ReferenceUniverse.path(initial),
      finalSnapshot: ReferenceUniverse.path(final), halos: halos,
      output: try temporaryDirectory("twins") + "/\(name).h5", withPotential: true,
      withFinalParticles: true)
  }

  private func gadget4(as name: String = "gadget4") throws -> FieldPreparation {
    try preparation(
      "gadget4/ics.hdf5", "gadget4/snapshot_001.hdf5",
      .catalogue(ReferenceUniverse.path("gadget4/fof_subhalo_tab_001.hdf5")), as: name)
  }

  /// The fingerprint is made of the checksums of all datasets that every field file has.
  @Test(.ranks(1...4)) func recordsAndHDF5GiveTheSameBytes() throws {
    try withWorld { world in
      let twin = try preparation(
        "binary/ics.gadget", "binary/snapshot_001",
        .catalogue(ReferenceUniverse.path("gadget4/fof_subhalo_tab_001.hdf5")), as: "binary")
      let one = try gadget4().run(on: world).metadata
      let other = try twin.run(on: world).metadata
      #expect(one.fingerprint == other.fingerprint)
      #expect(one.densityMoments == other.densityMoments)
      #expect(one.moments(of: .potential) == other.moments(of: .potential))
      #expect(one.labeledCount == 132 && other.labeledCount == 132)
      #expect(one.description.sources != other.description.sources)
    }
  }

  private struct Values {
    var density: [Float]
    var halo: [Int32]
    var logMass: [Float]
    var radius: [Float]
  }

  private func values(_ preparation: FieldPreparation, on world: borrowing Communicator) throws
    -> Values
  {
    _ = try preparation.run(on: world)
    let file = try FieldFile.open(preparation.output)
    let values = Values(
      density: try file.read(.density), halo: try file.read(.halo),
      logMass: try file.read(.logMass), radius: try file.read(.radius))
    try file.close()
    return values
  }

  private func differ(_ one: [Float], _ other: [Float], by tolerance: Float) -> Bool {
    !zip(one, other).allSatisfy { abs($0 - $1) <= tolerance || $0.isNaN && $1.isNaN }
  }

  /// Other units round positions to other numbers of 32 or 64 bits: 1e-5 covers densities, 1e-6 masses.
  @Test(arguments: ["swift", "gadget2", "arepo", "table"])
  func theOtherFormatsGiveTheSameFields(name: String) throws {
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let suffix = "\(name)-\(world.rank)"
      let catalogue = HaloSource.catalogue(
        ReferenceUniverse.path("gadget4/fof_subhalo_tab_001.hdf5"))
      let table = LabelTable(
        file: ReferenceUniverse.path("labels/rockstar.particles"), id: "particle_id", mass: "mvir",
        halo: "internal_haloid", massUnit: .solarPerHubble)
      let twin =
        switch name {
        case "swift":
          try preparation("swift/twin_0000.hdf5", "swift/twin_0001.hdf5", .snapshot, as: suffix)
        case "gadget2":
          try preparation("gadget2/ics", "gadget2/snapshot_001", catalogue, as: suffix)
        case "arepo":
          try preparation(
            "gadget2/ics", "arepo/snapdir_099",
            .catalogue(ReferenceUniverse.path("arepo/groups_099")), as: suffix)
        default:
          try preparation("binary/ics.gadget", "binary/snapshot_001", .table(table), as: suffix)
        }
      let expected = try values(gadget4(as: "gadget4-\(suffix)"), on: alone)
      let found = try values(twin, on: alone)
      #expect(expected.halo.count { $0 >= 0 } == 132)
      #expect(found.halo == expected.halo)
      #expect(!differ(found.density, expected.density, by: 1e-5))
      #expect(!differ(found.logMass, expected.logMass, by: 1e-6 * 15))
      // Labels alone do not tell r200m.
      if name == "gadget2" || name == "arepo" {
        #expect(!differ(found.radius, expected.radius, by: 1e-4))
      } else {
        #expect(found.radius.allSatisfy { $0.isNaN })
      }
    }
  }

  /// A catalogue of another finder's that has all groups, and whether its numbers are those of the original to
  /// the last bit.
  struct Catalogue: CustomTestStringConvertible, Sendable {
    var path: String
    var isOfSWIFT = false
    var isExact = false
    var hasRadii = true
    var testDescription: String { path }
  }

  static let catalogues = [
    Catalogue(path: "subfind", isExact: true), Catalogue(path: "subfind-big", isExact: true),
    Catalogue(path: "gadget3", isExact: true), Catalogue(path: "eagle", isExact: true),
    Catalogue(path: "owls", isExact: true),
    Catalogue(path: "velociraptor"), Catalogue(path: "velociraptor-comoving/snap_002"),
    Catalogue(path: "soap-all/halo_properties_0002.hdf5", isOfSWIFT: true),
    Catalogue(path: "swift", isOfSWIFT: true, hasRadii: false),
    Catalogue(path: "rockstar-binary", hasRadii: false),
  ]

  /// Other finders' files of the same groups make the same field file, byte for byte where they state the same
  /// numbers; whether all members are labeled or bound ones alone.
  @Test(arguments: catalogues, [HaloLabel.fof, .bound])
  func otherCataloguesGiveTheSameFields(catalogue: Catalogue, label: HaloLabel) throws {
    if label == .bound, !catalogue.hasRadii { return }
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let suffix = "\(catalogue.path.replacing("/", with: "-"))-\(label)-\(world.rank)"
      let source = HaloSource.catalogue(ReferenceUniverse.path("catalogues/\(catalogue.path)"))
      var twin =
        try catalogue.isOfSWIFT
        ? preparation("swift/twin_0000.hdf5", "swift/twin_0001.hdf5", source, as: suffix)
        : preparation("gadget4/ics.hdf5", "catalogues/snapshot_002", source, as: suffix)
      twin.label = label
      var original = try gadget4(as: "original-\(suffix)")
      original.label = label
      let expected = try values(original, on: alone)
      let found = try values(twin, on: alone)
      #expect(expected.halo.count { $0 >= 0 } == (label == .fof ? 132 : 83))
      #expect(found.halo == expected.halo)
      #expect(!differ(found.density, expected.density, by: 1e-5))
      #expect(!differ(found.logMass, expected.logMass, by: 1e-6 * 15))
      if catalogue.hasRadii { #expect(!differ(found.radius, expected.radius, by: 1e-4)) }
      guard catalogue.isExact else { return }
      let fingerprints = try [original, twin].map { preparation in
        let file = try FieldFile.open(preparation.output)
        let fingerprint = file.metadata.fingerprint
        try file.close()
        return fingerprint
      }
      #expect(fingerprints[0] == fingerprints[1])
    }
  }

  /// Quijote's groups are in kpc/h, their positions others in the last of 32 bits: labels, masses and densities are
  /// those of the HDF5 original byte for byte, and neither r200m nor boundness is known.
  @Test(arguments: ["quijote", "quijote-big"])
  func quijotesGroupsGiveTheSameLabels(folder: String) throws {
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let (path, suffix) = ("catalogues/\(folder)", "\(folder)-\(world.rank)")
      let original = try preparation(
        "gadget2/ics", "gadget2/snapshot_001",
        .catalogue(ReferenceUniverse.path("gadget4/fof_subhalo_tab_001.hdf5")),
        as: "original-\(suffix)")
      let twin = try preparation(
        "gadget2/ics", "gadget2/snapshot_001", .catalogue(ReferenceUniverse.path(path)), as: suffix)
      let expected = try values(original, on: alone)
      let found = try values(twin, on: alone)
      #expect(found.halo == expected.halo && found.density == expected.density)
      #expect(found.logMass.map(\.bitPattern) == expected.logMass.map(\.bitPattern))
      #expect(found.radius.allSatisfy { $0.isNaN })
    }
  }

  /// In each file of `snapshot_001` (SnapFormat 2, big-endian, 64 bits, 108 particles) the last byte of
  /// the first ID is byte 6139: 24 bytes for the name and the ends of each of five blocks, 256 of the
  /// header, 2 x 2592 of positions and velocities, 432 of the potential, and the ID's own.
  @Test func anIDThatOccursTwiceIsNamedWithItsBlock() throws {
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let folder = try ReferenceUniverse.copy("binary", to: "twice")
      let path = folder + "/snapshot_001.0"
      var data = try Data(contentsOf: URL(filePath: path))
      let place = 5 * 24 - 4 + 256 + 2 * 2592 + 432 + 7
      // The first IDs are 12 and 49.
      try #require(data[place] == 12 && data[place + 8] == 49)
      data[place] = 49
      try data.write(to: URL(filePath: path))
      var twin = try gadget4(as: "twice-\(world.rank)")
      twin.finalSnapshot = folder + "/snapshot_001"
      var found: Failure?
      do {
        _ = try twin.run(on: alone)
      } catch let error as AgreedFailure {
        found = error.underlying as? Failure
      }
      #expect(found?.problem == .wrongIDs)
      #expect(found?.dataset == "block ID")
      #expect(found?.file == path)
    }
  }
}
