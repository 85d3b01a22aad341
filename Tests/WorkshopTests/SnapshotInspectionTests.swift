import Foundation
import MPI
import TestSupport
import Testing

@testable import Failures
@testable import Workshop

/// What is told of the files of `Tests/References/snapshots`.
@Suite(.serialized) struct SnapshotInspectionTests {
  private func inspection(
    of path: String, catalogue: String? = nil
  ) throws -> SnapshotInspection {
    var found: SnapshotInspection?
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      found = try SnapshotInspection(of: path, catalogue: catalogue, on: alone)
    }
    return try #require(found)
  }

  /// The values are those that `write.py` writes.
  @Test(arguments: [
    (
      "gadget4/ics.hdf5",
      [
        "format: HDF5 of GADGET or AREPO, one file",
        "particles: 216 = 6^3 of dark matter, 7.99e+12 Msun each, by the header",
        "box: 25 Mpc/h, comoving", "redshift: 99",
        "cosmology: Omega_m 0.279, Omega_Lambda 0.721, h 0.701",
        "units: 1 Mpc/h, 1e+10 Msun/h, 1 km/s of sqrt(a) dx/dt; stated in the file",
        "IDs: 32 bits, 1 to 216",
        "lattice: the IDs name the sites of a cubic grid, x slowest, at the corners of cells",
        "halos: none in these files", "ready: as `initial` of a simulation",
      ]
    ),
    (
      "binary/snapshot_001",
      [
        "format: GADGET binary, SnapFormat 2, big-endian, 2 files", "redshift: 0",
        "listed one by one", "not stated: the usual ones whose particles fill the box",
        "IDs: 64 bits, 1 to 216", "lattice: asked of the initial snapshot alone",
        "ready: as `final`", "missing: halos; give its `catalogue`",
      ]
    ),
    (
      "swift/twin_0001.hdf5",
      [
        "format: HDF5 of SWIFT, one file", "units: 0.701 Mpc/h, 7.01e+09 Msun/h",
        "halos: 132 particles are in 3 halos by the file's own labels",
        "ready: as `final` of a simulation in an experiment file, without a catalogue",
      ]
    ),
    ("arepo/snapdir_099", ["units: 0.001 Mpc/h", "missing: halos"]),
  ])
  func aSnapshotIsToldWithWhatIsMissing(name: String, words: [String]) throws {
    let path = ReferenceUniverse.path(name)
    #expect(SnapshotInspection.isSnapshot(path))
    let inspection = try inspection(of: path)
    #expect(inspection.problems.isEmpty)
    #expect(inspection.failure(of: path) == nil)
    let text = inspection.description
    for word in words { #expect(text.contains(word), "\(word) in \(text)") }
  }

  @Test(arguments: [
    ("gadget4/snapshot_001.hdf5", "gadget4/fof_subhalo_tab_001.hdf5"),
    ("arepo/snapdir_099", "arepo/groups_099"), ("catalogues/snapshot_002", "catalogues/owls"),
    ("swift/twin_0001.hdf5", "catalogues/swift"),
  ])
  func aSnapshotIsToldWithItsCatalogue(name: String, catalogue: String) throws {
    let inspection = try inspection(
      of: ReferenceUniverse.path(name), catalogue: ReferenceUniverse.path(catalogue))
    #expect(inspection.problems.isEmpty)
    let text = inspection.description
    #expect(text.contains("132 particles are in 3 halos by the catalogue "), "\(text)")
    #expect(text.contains("as `final` of a simulation in an experiment file, with this catalogue"))
  }

  /// Groups are rows of another snapshot, in another order.
  @Test func aCatalogueOfAnotherSnapshotIsAProblem() throws {
    let inspection = try inspection(
      of: ReferenceUniverse.path("catalogues/snapshot_002"),
      catalogue: ReferenceUniverse.path("gadget4/fof_subhalo_tab_001.hdf5"))
    #expect(inspection.problems.count == 1)
    #expect(inspection.problems.first?.contains("do not lie around its position") == true)
    #expect(!inspection.description.contains("ready"))
  }

  @Test(arguments: [
    "arepo/groups_099/fof_subhalo_tab_099.0.hdf5", "labels/labels.csv", "labels/labels.hdf5",
    "nothing",
  ])
  func whatIsNoSnapshotIsNotTakenForOne(name: String) {
    #expect(!SnapshotInspection.isSnapshot(ReferenceUniverse.path(name)))
  }

  /// In `ics.gadget` IDs begin at byte 5468, positions at 268.
  @Test(arguments: [
    (5468, "IDs occur more than once", "64-bit IDs"), (268, "block POS: row 0 holds nan", "Copy"),
  ])
  func whatPrepareWouldRefuseIsAnErrorWithItsExitCode(
    offset: Int, reason: String, remedy: String
  ) throws {
    let path = try ReferenceUniverse.copy("binary", to: "inspected") + "/ics.gadget"
    var data = try Data(contentsOf: URL(filePath: path))
    // A second particle with the ID of the second row, 107, or a coordinate that is none.
    let number = offset == 5468 ? UInt32(107) : Float.nan.bitPattern
    data.replaceSubrange(offset..<offset + 4, with: withUnsafeBytes(of: number) { Data($0) })
    try data.write(to: URL(filePath: path))
    let inspection = try inspection(of: path)
    #expect(inspection.description.contains("missing: "))
    let error = try #require(inspection.failure(of: path))
    #expect(error.exitCode == .badData)
    #expect(error.description.contains(reason), "\(error)")
    #expect(error.description.contains(remedy), "\(error)")
  }
}
