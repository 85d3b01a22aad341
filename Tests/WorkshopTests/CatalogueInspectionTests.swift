import TestSupport
import Testing

@testable import Workshop

/// What is told of the catalogues of `Tests/References/snapshots`.
@Suite struct CatalogueInspectionTests {
  @Test(arguments: [
    ("catalogues/soap/halo_properties_0002.hdf5", "SOAP", true),
    ("catalogues/swift/fof_output_0001.hdf5", "SWIFT", true),
    ("catalogues/hbt/SubSnap_002.0.hdf5", "HBT", true),
    ("catalogues/velociraptor/snap_002.catalog_groups.0", "VELOCIraptor", true),
    ("catalogues/rockstar-binary/halos_2.0.bin", "ROCKSTAR", false),
    ("catalogues/owls", "OWLS", false), ("catalogues/subfind/subhalo_tab_002", "P-GADGET-3", false),
    ("arepo/groups_099", "AREPO", false),
  ])
  func aCatalogueIsNamedWithItsUse(file: String, name: String, isHDF5: Bool) throws {
    let path = ReferenceUniverse.path(file)
    let inspection = try #require(CatalogueInspection(of: path))
    #expect("\(inspection)".contains("a halo catalogue") && "\(inspection)".contains(name))
    #expect("\(inspection)".contains("`catalogue`"))
    #expect(inspection.isHDF5 == isHDF5)
  }

  @Test(arguments: [
    "gadget4/ics.hdf5", "binary/snapshot_001.0", "swift/twin_0001.hdf5", "nowhere",
    "arepo/snapdir_099", "binary",
  ])
  func anotherFileIsNone(file: String) {
    #expect(CatalogueInspection(of: ReferenceUniverse.path(file)) == nil)
  }
}
