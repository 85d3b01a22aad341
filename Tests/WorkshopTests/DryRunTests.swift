import Failures
import Fields
import Foundation
import MPI
import Snapshots
import TestSupport
import Testing

@testable import Workshop

/// What `inspect` calls ready is prepared: the one is a dry run of the other.
@Suite(.serialized) struct DryRunTests {
  private static let labels = LabelTable(
    file: ReferenceUniverse.path("labels/labels.csv"), halo: "halo", massUnit: .solarPerHubble)

  /// Why a preparation fails, with a file in the place of one of the reference universe's; `nil` if it does
  /// not.
  private func failure(
    initial: String?, final: String?, halos: HaloSource, in folder: String
  ) throws -> Failure? {
    let preparation = FieldPreparation(
      name: "dry", initialSnapshot: initial ?? ReferenceUniverse.path("gadget4/ics.hdf5"),
      finalSnapshot: final ?? ReferenceUniverse.path("gadget4/snapshot_001.hdf5"), halos: halos,
      output: folder + "/fields.h5")
    var found: Failure?
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      do {
        _ = try preparation.run(on: alone)
      } catch let failure as AgreedFailure {
        found = try #require(failure.underlying as? Failure, "\(failure)")
      }
    }
    return found
  }

  /// What `inspect` finds missing; nothing if the snapshot is ready.
  private func problems(of path: String, isFinal: Bool) throws -> [String] {
    var problems: [String] = []
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      do {
        let inspection = try SnapshotInspection(of: path, on: alone)
        problems = inspection.problems
        // One whose changed redshift is low is offered as a final snapshot alone.
        let isOffered = inspection.description.contains("as `\(isFinal ? "final" : "initial")`")
        if problems.isEmpty, !isOffered { problems = ["it is not offered for this use"] }
      } catch let error as Failure {
        problems = ["\(error)"]
      }
    }
    return problems
  }

  /// Compares what the two say.
  ///
  /// That files do not belong together, or a table not to a snapshot, only the preparation sees.
  private func compare(_ path: String, isFinal: Bool, _ folder: String, _ change: String) throws {
    let problems = try problems(of: path, isFinal: isFinal)
    let failure = try failure(
      initial: isFinal ? nil : path, final: isFinal ? path : nil,
      halos: isFinal && path.hasSuffix("twin_0001.hdf5") ? .snapshot : .table(Self.labels),
      in: folder)
    guard problems.isEmpty, let failure, failure.problem != .mismatch, failure.file == path else {
      return
    }
    guard !isFinal || failure.problem != .wrongIDs else { return }
    Issue.record("ready by inspect, with \(change); prepare: \(failure)")
  }

  @Test(arguments: [
    ("gadget4/ics.hdf5", false), ("gadget2/snapshot_001.0.hdf5", true),
    ("swift/twin_0000.hdf5", false), ("swift/twin_0001.hdf5", true),
  ])
  func ofHDF5WithChangedAttributesAndDatasets(file: String, isFinal: Bool) throws {
    let intact = try HDF5Content(of: ReferenceUniverse.path(file))
    let name = file.split(separator: "/").last.map(String.init) ?? file
    try withScratchFolder { folder in
      let path = folder + "/" + name
      try intact.write(to: path)
      try #require(problems(of: path, isFinal: isFinal).isEmpty)
      for seed in 0..<UInt64(24) {
        var content = intact
        let change =
          seed % 3 == 0 ? content.mutateDataset(seed: seed) : content.mutateAttribute(seed: seed)
        try content.write(to: path)
        try compare(path, isFinal: isFinal, folder, "seed \(seed): \(change ?? "nothing") changed")
      }
    }
  }

  @Test func ofRecordsWithChangedBytes() throws {
    let intact = try Data(contentsOf: URL(filePath: ReferenceUniverse.path("binary/ics.gadget")))
    try withScratchFolder { folder in
      let path = folder + "/ics.gadget"
      for seed in 1000..<UInt64(1040) {
        try mutated(intact, seed: seed).write(to: URL(filePath: path))
        try compare(path, isFinal: false, folder, "seed \(seed)")
      }
    }
  }

  /// Catalogues, the file of each that is changed, and the snapshots that they are of.
  static let catalogues = [
    ("gadget4/fof_subhalo_tab_001.hdf5", "gadget4/snapshot_001.hdf5"),
    ("catalogues/subfind/subhalo_tab_002.0", "catalogues/snapshot_002.0"),
    ("catalogues/quijote-big/group_tab_002.0", "gadget2/snapshot_001.0.hdf5"),
    ("catalogues/gadget3/subhalo_tab_002.0.hdf5", "catalogues/snapshot_002.0"),
    ("catalogues/owls/subhalo_002.1.hdf5", "catalogues/snapshot_002.0"),
    ("catalogues/eagle/eagle_subfind_tab_002.0.hdf5", "catalogues/snapshot_002.0"),
    ("catalogues/ahf/snap_002.z0.000.AHF_halos", "catalogues/snapshot_002.0"),
    ("catalogues/rockstar/halos_2.0.ascii", "catalogues/snapshot_002.0"),
    ("catalogues/rockstar-binary/halos_2.0.bin", "catalogues/snapshot_002.0"),
    ("catalogues/velociraptor/snap_002.properties.0", "catalogues/snapshot_002.0"),
    ("catalogues/hbt/SubSnap_002.0.hdf5", "catalogues/snapshot_002.0"),
    ("catalogues/soap-all/halo_properties_0002.hdf5", "swift/twin_0001.hdf5"),
    ("catalogues/swift/fof_output_0001.hdf5", "swift/twin_0001.hdf5"),
  ]

  /// With a catalogue, the two say the same: nothing else is read.
  @Test(arguments: catalogues)
  func ofCataloguesWithChangedBytes(file: String, snapshot: String) throws {
    let folder = file.split(separator: "/").dropLast().joined(separator: "/")
    let copy = try ReferenceUniverse.copy(folder, to: "dry", as: "groups")
    defer {
      try? FileManager.default.removeItem(at: URL(filePath: copy).deletingLastPathComponent())
    }
    let path = copy + "/" + (file.split(separator: "/").last ?? "")
    let opened = path.replacing("subhalo_002.1", with: "subhalo_002.0")
    let intact = try Data(contentsOf: URL(filePath: path))
    let initial = snapshot.hasPrefix("swift") ? "swift/twin_0000.hdf5" : nil
    for seed in 0..<UInt64(16) {
      // The first seed is of the intact file.
      try (seed == 0 ? intact : mutated(intact, seed: seed)).write(to: URL(filePath: path))
      var problems: [String] = []
      try withWorld { world in
        let alone = try world.split(color: world.rank, key: 0)
        problems = try SnapshotInspection(
          of: ReferenceUniverse.path(snapshot), catalogue: opened, on: alone
        ).problems
      }
      let failure = try failure(
        initial: initial.map(ReferenceUniverse.path), final: ReferenceUniverse.path(snapshot),
        halos: .catalogue(opened), in: copy)
      #expect(problems == (failure.map { ["\($0)"] } ?? []), "seed \(seed) of \(file)")
      if seed == 0 { #expect(failure == nil) }
    }
  }

  /// Changes that leave a snapshot readable, and what both say of it.
  struct Unsuitable: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var file: String
    var dataset: String
    var words: [String]
    var change: @Sendable ([Double]) -> HDF5Content.Values
  }

  static let unsuitable = [
    Unsuitable(
      testDescription: "peculiar velocities", file: "gadget4/ics.hdf5",
      dataset: "PartType1/Velocities",
      words: ["velocities are not sqrt(a) dx/dt", "velocity: 10.0"],
      change: { .double($0.map { $0 * 0.1 }) }),
    Unsuitable(
      testDescription: "a glass", file: "gadget4/ics.hdf5", dataset: "PartType1/Coordinates",
      words: ["did not start from a cubic grid", "not a glass"],
      change: { positions in
        var random = SeededGenerator(seed: 1)
        return .double(positions.map { _ in Double.random(in: 0..<25, using: &random) })
      }),
    Unsuitable(
      testDescription: "friends-of-friends not run", file: "swift/twin_0001.hdf5",
      dataset: "PartType1/FOFGroupIDs",
      words: ["friends-of-friends was not run", "invoke_fof"],
      change: { .int64($0.map { _ in 2_147_483_647 }) }),
    Unsuitable(
      testDescription: "particles in no group as a group", file: "swift/twin_0001.hdf5",
      dataset: "PartType1/FOFGroupIDs",
      words: ["one halo has 46.0 % of all particles", "FOF:group_id_default"],
      change: { labels in
        // The 84 particles in no group, and 24 of the others.
        .int64(labels.enumerated().map { $1 > 1e9 || $0 % 9 == 0 ? 0 : Int64($1) })
      }),
    Unsuitable(
      testDescription: "those in no group as a group of fewer", file: "swift/twin_0001.hdf5",
      dataset: "PartType1/FOFGroupIDs",
      words: ["holds 84 particles", "FOF:group_id_default"],
      change: { .int64($0.map { $0 > 1e9 ? 0 : Int64($0) }) }),
  ]

  @Test(arguments: unsuitable) func bothRefuseWithTheSameSentence(case unsuitable: Unsuitable)
    throws
  {
    let name = unsuitable.file.split(separator: "/").last.map(String.init) ?? ""
    let isFinal = name.hasSuffix("1.hdf5")
    try withScratchFolder { folder in
      var content = try HDF5Content(of: ReferenceUniverse.path(unsuitable.file))
      for index in content.objects.indices
      where content.objects[index].path == "/" + unsuitable.dataset {
        let numbers = content.objects[index].values.numbers
        content.objects[index].values = unsuitable.change(numbers)
      }
      let path = folder + "/" + name
      try content.write(to: path)
      let problems = try problems(of: path, isFinal: isFinal)
      let failure = try failure(
        initial: isFinal ? nil : path, final: isFinal ? path : nil,
        halos: isFinal ? .snapshot : .table(Self.labels), in: folder)
      let error = try #require(failure)
      #expect(problems == ["\(error)"])
      for word in unsuitable.words { #expect("\(error)".contains(word), "\(word) in \(error)") }
    }
  }
}
