import Fields
import Foundation
import MPI
import Snapshots
import TestSupport

/// A small field file's content: values that tell sites apart, on the planes of any rank.
struct FieldFixture {
  var gridSize = 6
  var boxSize = 25.0
  var haloCount = 3

  /// The density at a site: not symmetric in the axes.
  func density(_ site: Int) -> Float { 1 + Float((site * 7919) % 1009) / 4096 }

  /// The halo of a site, about half of them outside.
  func halo(_ site: Int) -> Int32 {
    haloCount > 0 && site % 2 == 0 ? Int32(site / 2 % haloCount) : -1
  }

  var halos: HaloTable {
    var halos = HaloTable()
    for index in 0..<haloCount {
      halos.mass.append(Float(1e12) * Float(haloCount - index))
      halos.boundMass.append(Float(9e11) * Float(haloCount - index))
      halos.center += [Float(index), Float(index) + 0.5, Float(index) + 0.25]
      halos.radius.append(index == 1 ? .nan : 0.5)
      halos.particleCount.append(Int64(100 * (haloCount - index)))
      halos.boundCount.append(Int64(90 * (haloCount - index)))
    }
    return halos
  }

  var description: FieldDescription {
    FieldDescription(
      name: "fixture", gridSize: gridSize, boxSize: boxSize,
      cosmology: Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701),
      particleMass: 6.58e9, initialRedshift: 99, finalRedshift: 0, label: .bound, neighbours: 32,
      sources: [
        "catalogue": SourceFiles(
          path: "groups/fof.hdf5", fileCount: 2, byteCount: 5_000_000_000, checksum: "00ff")
      ])
  }

  func slab(_ planes: Range<Int>) -> FieldSlab {
    var slab = FieldSlab(gridSize: gridSize, planes: planes)
    for (index, site) in slab.sites.enumerated() {
      slab.density[index] = density(site)
      slab.halo[index] = halo(site)
      if halo(site) >= 0 {
        slab.logMass[index] = 12 + Float(halo(site)) / 8
        slab.radius[index] = Float(site % 17) / 16
      }
    }
    return slab
  }

  func slab(of communicator: borrowing Communicator) -> FieldSlab {
    slab(
      PlaneDecomposition(gridSize: gridSize, ranks: communicator.size)
        .planes(of: communicator.rank))
  }

  /// Writes the file together, of other slabs than those of the fixture if they are given.
  @discardableResult
  func write(
    _ slab: FieldSlab? = nil, to path: String, on communicator: borrowing Communicator
  ) throws -> FieldMetadata {
    try FieldFile.write(
      slab ?? self.slab(of: communicator), halos, description, creator: "FieldsTests", to: path,
      on: communicator)
  }
}

extension [Float] {
  /// The bits, in which a NaN equals itself.
  var bits: [UInt32] { map(\.bitPattern) }
}
