import Foundation
import HDF5
import Particles

@testable import Halos

/// A simulation by GADGET-4 with its catalogue, beside the repository where it is to be had.
struct GadgetSimulation {
  let box: PeriodicBox
  let particles: Particles

  /// The rows of each group in the order of the snapshot.
  let groups: [Range<Int>]

  /// The position of each group's particle of lowest potential [group, 3], [Mpc/h].
  let positions: [Double]

  /// Group_R_Mean200 [Mpc/h] and the bound particles of each group, in whatever subhalo.
  let radii: [Double]
  let boundSizes: [Int]

  /// Bound particles of the first subhalo of each group; zero if there is none.
  let firstSubhaloSizes: [Int]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "shared/data/A_1001").path

  static var isThere: Bool {
    FileManager.default.fileExists(atPath: folder + "/snapshot_z0.hdf5")
  }

  /// Reads the snapshot at z = 0.
  init() throws {
    let snapshot = try HDF5File.open(Self.folder + "/snapshot_z0.hdf5")
    box = PeriodicBox(width: try snapshot.attribute("BoxSize", of: "Header", as: Double.self)[0])
    let box = box
    particles = Particles(
      sites: try snapshot.dataset("PartType1/ParticleIDs").read(as: Int64.self).map { $0 - 1 },
      positions: try snapshot.dataset("PartType1/Coordinates").read(as: Double.self)
        .map { box.position($0) },
      // At a = 1 GADGET's velocity is that of 100 p km/s.
      momenta: try snapshot.dataset("PartType1/Velocities").read(as: Float.self).map { $0 / 100 })
    try snapshot.close()

    let catalogue = try HDF5File.open(Self.folder + "/fof_subhalo_tab_z0.hdf5")
    let sizes = try catalogue.dataset("Group/GroupLen").read(as: Int64.self)
    var end = 0
    groups = sizes.map { size in
      defer { end += Int(size) }
      return end..<end + Int(size)
    }
    positions = try catalogue.dataset("Group/GroupPos").read(as: Double.self)
    radii = try catalogue.dataset("Group/Group_R_Mean200").read(as: Double.self)
    let subhaloes = try catalogue.dataset("Subhalo/SubhaloLen").read(as: Int64.self)
    let hosts = try catalogue.dataset("Subhalo/SubhaloGroupNr").read(as: Int64.self)
    let firsts = try catalogue.dataset("Group/GroupFirstSub").read(as: Int64.self)
    var boundSizes = [Int](repeating: 0, count: sizes.count)
    for (size, host) in zip(subhaloes, hosts) { boundSizes[Int(host)] += Int(size) }
    self.boundSizes = boundSizes
    firstSubhaloSizes = firsts.map { $0 < 0 ? 0 : Int(subhaloes[Int($0)]) }
    try catalogue.close()
  }

  /// The finder for it: z = 0, WMAP5 as in its parameter file.
  var finder: HaloFinder {
    HaloFinder(box: box, epoch: HaloEpoch(scaleFactor: 1, expansionRate: 1, omegaMatter: 0.279))
  }
}
