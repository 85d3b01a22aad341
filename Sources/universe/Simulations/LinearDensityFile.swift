internal import DurableFiles
package import FourierTransforms
internal import HDF5
internal import MPI
internal import ParticleMesh
internal import Snapshots

/// The linear density contrast of a realisation on disk, at z = 0 on the Lagrangian grid.
package enum LinearDensityFile {
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
    let temporary = DurableFile.temporary(for: path)
    let file = try ranks.agree { try HDF5File.create(temporary, on: ranks) }
    try ranks.agree {
      try file.setAttribute("format", to: "halompi-linear-density")
      try file.setAttribute("version", to: Int32(1))
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
      let dataset = try file.createDataset("density", extents: [n, n, n], of: Float.self)
      let slab = Hyperslab(offset: [planes.lowerBound, 0, 0], count: [planes.count, n, n])
      try dataset.write(values, to: slab, .collective)
      try file.setAttribute("unit", to: "1", of: "density")
      try file.setAttribute(
        "description", to: "linear density contrast at z = 0 at the sites of the lattice",
        of: "density")
    }
    try file.close()
    try ranks.agree { if ranks.isRoot { try DurableFile.commit(temporary, as: path) } }
  }
  /// Reads the contrast, this rank's planes, into a mesh.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - decomposition: Which planes of a grid of the file's width.
  /// - Returns: The contrast at z = 0.
  /// - Throws: `HDF5Error` if the file cannot be read.
  package static func read(_ path: String, for decomposition: MeshDecomposition) throws -> RealMesh
  {
    let file = try HDF5File.open(path)
    let planes = decomposition.planes
    let n = decomposition.width
    let values = try file.dataset("density").read(
      Hyperslab(offset: [planes.lowerBound, 0, 0], count: [planes.count, n, n]), as: Float.self)
    try file.close()
    return RealMesh(values, on: decomposition)
  }

  /// The cells on a side of the grid, and the width of the box [Mpc/h].
  package static func geometry(of path: String) throws -> (width: Int, boxWidth: Double) {
    let file = try HDF5File.open(path)
    let width = try file.dataset("density").extents[0]
    let boxWidth = try file.attribute("boxSize", as: Double.self)[0]
    try file.close()
    return (width, boxWidth)
  }
}
