package import FourierTransforms
internal import HDF5
package import MPI
internal import ParticleMesh
internal import RecordFiles
internal import Snapshots

/// The linear density contrast of a realization on disk, at z = 0 on the Lagrangian grid.
package enum LinearDensityFile {
  private static let format = RecordFormat(
    "halompi-linear-density", version: 2, oldestVersion: 1, firstSealedVersion: 2,
    remedy:
      "restore the file from a copy, or remove the folder of the simulation and make it again "
      + "with halompi simulate")

  private static let density = RecordDataset<Float>(
    "density", unit: "1", meaning: "linear density contrast at z = 0 at the sites of the lattice")

  /// Writes the file, which appears when it is complete.
  ///
  /// Collective.
  static func write(
    _ density: borrowing RealMesh, boxSize: Double, phases: InitialPhases,
    to path: String, on ranks: borrowing Communicator
  ) throws {
    let decomposition = density.decomposition
    let (n, planes) = (decomposition.width, decomposition.planes)
    var values: [Float] = []
    values.reserveCapacity(planes.count * n * n)
    for row in 0..<planes.count * n {
      let start = density.cells + row * density.rowStride
      values.append(contentsOf: UnsafeBufferPointer(start: start, count: n))
    }
    try CollectiveFile.write(to: path, isSealed: true, on: ranks) { file in
      try file.describe(as: format, on: ranks)
      try file.describe(on: ranks) { (file) throws(HDF5Error) in
        try file.setAttribute("boxSize", to: boxSize)
        switch phases {
        case .seed(let seed, _, let reseeding):
          try file.setAttribute("seed", to: seed)
          if let reseeding {
            try file.setAttribute("reseed", to: reseeding.seed)
            try file.setAttribute("reseedAbove", to: reseeding.above)
          }
        case .snapshot(let initial):
          try file.setAttribute("source", to: initial.snapshot.path)
          try file.setAttribute("sourceChecksum", to: initial.source.checksum)
        }
      }
      try file.add(
        Self.density, values, slab: slab(planes, of: n), extents: [n, n, n], on: ranks)
    }
  }

  /// Reads the contrast, this rank's planes, into a mesh.
  ///
  /// - Parameters:
  ///   - path: A file that ``geometry(of:on:)`` has verified.
  ///   - decomposition: The planes to read, of a grid of the file's width.
  /// - Returns: The contrast at z = 0.
  /// - Throws: `Failure` for a file that is no intact linear density of this width; `HDF5Error` for
  ///   one that cannot be read.
  package static func read(
    _ path: String, for decomposition: MeshDecomposition
  ) throws -> RealMesh {
    let file = try RecordReader(path, as: format, isVerified: true)
    let n = decomposition.width
    let values = try file.part(density, slab(decomposition.planes, of: n), extents: [n, n, n])
    try file.close()
    return RealMesh(values, on: decomposition)
  }

  /// Verifies a file, each rank a part of it, and returns the cells on a side of its grid and the width of
  /// its box [Mpc/h].
  ///
  /// Collective. Files of version 1 have no checksum.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - ranks: The ranks.
  /// - Returns: The same on every rank.
  /// - Throws: `AgreedFailure` with a `Failure` for a file that is no intact linear density, and an
  ///   `HDF5Error` or `FileError` for one that cannot be read.
  package static func geometry(
    of path: String, on ranks: borrowing Communicator
  ) throws -> (width: Int, boxSize: Double) {
    try FileSeal.verify(path, as: format, on: ranks)
    return try ranks.agree {
      let file = try RecordReader(path, as: format, isVerified: true)
      let extents = try file.extents(of: density)
      let boxSize = try file.number("boxSize", as: Double.self)
      guard extents.count == 3, extents[0] > 0, extents.allSatisfy({ $0 == extents[0] }) else {
        throw file.failure("dataset density has the extents \(extents), which are no cube")
      }
      guard boxSize > 0, boxSize.isFinite else {
        throw file.failure("its box has the width \(boxSize)")
      }
      try file.close()
      return (extents[0], boxSize)
    }
  }

  private static func slab(_ planes: Range<Int>, of n: Int) -> Hyperslab {
    Hyperslab(offset: [planes.lowerBound, 0, 0], count: [planes.count, n, n])
  }
}
