import Foundation
import MPI
import TestSupport
import Testing

@testable import Snapshots

/// Catalogues that `Tests/References/snapshots/catalogues.py` wrote of one universe, whose groups are those of
/// `gadget4/fof_subhalo_tab_001.hdf5`.
@Suite(.serialized) struct CatalogueFormatTests {
  /// A catalogue, and what its format can tell.
  struct Example: CustomTestStringConvertible, Sendable {
    var path: String
    var format: CatalogueFormat
    var snapshot = "catalogues/snapshot_002"
    var hasRadii = true
    var hasBound = true
    var boundCounts = [50, 33, 0]
    var files = 1

    /// Whether those that are not bound are listed.
    var hasUnbound = true

    /// The members of the three halos; none where there is no halo.
    var counts: [Int] { hasUnbound ? [60, 40, 32] : boundCounts }
    var testDescription: String { path }
  }

  static let examples = [
    Example(path: "catalogues/subfind", format: .subfindBinary, files: 4),
    Example(path: "catalogues/subfind/subhalo_tab_002.0", format: .subfindBinary, files: 4),
    Example(path: "catalogues/subfind/subhalo_tab_002", format: .subfindBinary, files: 4),
    Example(path: "catalogues/subfind-big", format: .subfindBinary, files: 2),
    // In kpc/h, as the snapshot.
    Example(
      path: "catalogues/quijote", format: .groupTab, snapshot: "gadget2/snapshot_001",
      hasRadii: false, hasBound: false, files: 4),
    Example(
      path: "catalogues/quijote-big/group_tab_002.0", format: .groupTab,
      snapshot: "gadget2/snapshot_001", hasRadii: false, hasBound: false, files: 2),
    Example(path: "catalogues/gadget3", format: .gadgetHDF5, files: 2),
    Example(path: "catalogues/eagle", format: .gadgetHDF5),
    Example(path: "catalogues/owls", format: .gadgetHDF5, files: 2),
    Example(path: "catalogues/owls/subhalo_002", format: .gadgetHDF5, files: 2),
    // All particles of AHF's halos are bound, of ROCKSTAR's it is not written.
    Example(
      path: "catalogues/ahf", format: .ahf, hasRadii: false, boundCounts: [60, 40, 32], files: 2),
    Example(
      path: "catalogues/rockstar/halos_2.0.ascii", format: .rockstar, hasRadii: false,
      hasBound: false, files: 4),
    // Each particle is listed with the innermost halo; that within another is found by its center.
    Example(
      path: "catalogues/rockstar-binary", format: .rockstarBinary, hasRadii: false,
      hasBound: false, files: 2),
    Example(
      path: "catalogues/rockstar-binary-big/halos_2.0.bin", format: .rockstarBinary,
      hasRadii: false, hasBound: false),
    Example(path: "catalogues/velociraptor", format: .velociraptor, files: 8),
    Example(
      path: "catalogues/velociraptor/snap_002.properties.0", format: .velociraptor, files: 8),
    Example(path: "catalogues/velociraptor-comoving/snap_002", format: .velociraptor, files: 4),
    Example(path: "catalogues/hbt", format: .hbt, files: 2, hasUnbound: false),
    Example(path: "catalogues/hbt-sorted", format: .hbt, hasUnbound: false),
    Example(
      path: "catalogues/soap/halo_properties_0002.hdf5", format: .soap,
      snapshot: "swift/twin_0001.hdf5", files: 3, hasUnbound: false),
    Example(
      path: "catalogues/soap/membership_0002/membership_0002.0.hdf5", format: .soap,
      snapshot: "swift/twin_0001.hdf5", files: 3, hasUnbound: false),
    Example(
      path: "catalogues/soap-all/membership_0002.hdf5", format: .soap,
      snapshot: "swift/twin_0001.hdf5", files: 2),
    Example(
      path: "catalogues/swift", format: .swiftGroups, snapshot: "swift/twin_0001.hdf5",
      hasRadii: false, hasBound: false),
  ]

  /// The halo and whether it is bound, by particle ID, of the HDF5 original.
  private func original() throws -> (halos: [UInt64: Int32], bound: [UInt64: Bool], GroupCatalogue)
  {
    let snapshot = try Snapshot.open(ReferenceUniverse.path("gadget4/snapshot_001.hdf5"))
    let catalogue = try GroupCatalogue.open(
      ReferenceUniverse.path("gadget4/fof_subhalo_tab_001.hdf5"), of: snapshot)
    let members = catalogue.members(in: 0..<216)
    let ids = try snapshot.particles(in: 0..<216).ids
    return (
      Dictionary(uniqueKeysWithValues: zip(ids, members.halos)),
      Dictionary(uniqueKeysWithValues: zip(ids, members.isBound)), catalogue
    )
  }

  @Test(.ranks(1...4), arguments: examples)
  func aCatalogueGivesTheLabelsOfTheOriginal(example: Example) throws {
    try withWorld { world in
      let (halos, bound, original) = try original()
      let snapshot = try Snapshot.open(ReferenceUniverse.path(example.snapshot))
      let source = HaloSource.catalogue(ReferenceUniverse.path(example.path))
      let assignment = try HaloAssignment.open(source, of: snapshot)
      let rows = world.rank * 216 / world.size..<(world.rank + 1) * 216 / world.size
      let particles = try snapshot.particles(in: rows)
      let members = try assignment.members(of: particles, in: snapshot, on: world)
      #expect(assignment.files(of: snapshot).count == example.files)
      #expect(assignment.hasSubhalos == example.hasBound)
      // Formats may have the halos in another order: they are told apart by their sizes.
      let place = example.counts.map { count in members.counts.firstIndex(of: count) ?? -1 }
      #expect(members.counts.sorted() == example.counts.filter { $0 > 0 }.sorted())
      #expect(
        members.halos
          == particles.ids.map { id in
            guard let halo = halos[id], halo >= 0, example.hasUnbound || bound[id] == true else {
              return -1
            }
            return Int32(place[Int(halo)])
          })
      if example.hasBound {
        #expect(
          place.map { $0 < 0 ? 0 : members.boundCounts[$0] } == example.boundCounts)
      }
      if example.boundCounts == [50, 33, 0] {
        #expect(
          members.isBound == particles.ids.map { example.hasBound && bound[$0] ?? false })
      }
      for (group, halo) in place.enumerated() where halo >= 0 {
        let share = Double(example.counts[group]) / [60, 40, 32][group]
        #expect(abs(members.masses[halo] / (share * original.masses[group]) - 1) < 1e-6)
        for axis in 0..<3 {
          let distance = abs(
            members.positions[3 * halo + axis] - original.positions[3 * group + axis])
          #expect(distance < 2e-6 * snapshot.boxSize)
        }
        #expect(members.radii[halo].isNaN == (!example.hasRadii || original.radii[group].isNaN))
        if !members.radii[halo].isNaN {
          #expect(abs(members.radii[halo] / original.radii[group] - 1) < 1e-6)
        }
      }
    }
  }

  @Test(arguments: examples) func theFormatOfACatalogueIsToldByItsContent(example: Example) throws {
    let snapshot = try Snapshot.open(ReferenceUniverse.path(example.snapshot))
    let catalogue = try GroupCatalogue.open(ReferenceUniverse.path(example.path), of: snapshot)
    #expect(catalogue.format == example.format)
    #expect(catalogue.membership != .rows)
  }
}
