import Fields
import Foundation
import MPI
import Snapshots
import TestSupport
import Testing

@testable import SubBoxes

/// Boxes of a real simulation against pynbody's: GADGET-4, 64^3 particles, z = 0.
///
/// `log10` of what pynbody 2.8.0 gives for `sph.render_3d_grid(snapshot, "rho", nx=75, width=75*0.03,
/// approximate_fast=False, denoise=False)` with particles of mass 25^3/64^3, moved (periodically) so that
/// the particle of the site is at the origin: voxel (37, 37, 37), and seven at random.
private let pynbodyBoxes: [(site: Int, voxels: [(index: Int, logDensity: Double)])] = [
  (
    100,
    [
      (210937, 2.5364), (285751, -0.6128), (340163, 1.7794), (266023, -0.3126),
      (24028, 1.3972), (238509, 0.1275), (16878, -0.2521), (67439, -0.2478),
    ]
  ),
  (
    77777,
    [
      (210937, -0.5346), (285751, 0.1772), (340163, -0.6283), (266023, -0.9596),
      (24028, -0.8582), (238509, -0.4011), (16878, -0.1074), (67439, 0.0343),
    ]
  ),
  (
    200_000,
    [
      (210937, 0.7040), (285751, 0.1306), (340163, 0.2051), (266023, 0.5793),
      (24028, 0.0609), (238509, 0.6372), (16878, 0.6022), (67439, -0.8620),
    ]
  ),
]

/// The simulation lies beside the repository of its developers.
private let folder = URL(filePath: #filePath).deletingLastPathComponent()
  .appending(path: "../../../shared/data/A_1001").standardizedFileURL.path

extension CollectiveTests {
  @Suite(
    .enabled(if: FileManager.default.fileExists(atPath: folder), "needs ../shared/data/A_1001"),
    .enabled(if: isThorough, "needs an optimized build"))
  struct PynbodyBoxTests {
    /// pynbody interpolates its kernel in a table: in 300 voxels of these boxes it differs from the sum
    /// over all particles in double precision by a median of 0.0028 and at most 0.025 dex.
    @Test func finalDensitiesAreThoseOfPynbody() throws {
      try withWorld { world in
        let alone = try world.split(color: world.rank, key: 0)
        let path = try temporaryDirectory("pynbody") + "/A_1001-\(world.rank).h5"
        _ = try FieldPreparation(
          name: "A_1001", initialSnapshot: "\(folder)/snapshot_z99.hdf5",
          finalSnapshot: "\(folder)/snapshot_z0.hdf5",
          halos: .catalogue("\(folder)/fof_subhalo_tab_z0.hdf5"), output: path,
          withFinalParticles: true,
          threads: 2
        ).run(on: alone)
        let store = try FinalParticleStore(
          NetworkInput(.finalDensity, finalVoxelSize: 0.03), of: [path],
          settings: StreamSettings(), on: alone)
        let write = store.boxWriter(boxWidth: 75, standardization: .none)
        var box = [Float](repeating: .nan, count: 75 * 75 * 75)
        for known in pynbodyBoxes {
          let sample = Sample(
            simulation: 0, site: Int64(known.site), logMass: 12, radius: 0, halo: 0)
          try box.withUnsafeMutableBufferPointer {
            try write(OrientedSample(sample), $0.baseAddress.unsafelyUnwrapped)
          }
          for voxel in known.voxels {
            #expect(abs(Double(box[voxel.index]) - voxel.logDensity) < 0.03, "site \(known.site)")
          }
        }
        try store.free()
        try FileManager.default.removeItem(atPath: path)
      }
    }
  }
}
