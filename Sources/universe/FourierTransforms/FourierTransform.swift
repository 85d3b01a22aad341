package import Failures
package import MPI
package import Threads

/// The distributed transform of a cubic mesh of real numbers, in single precision.
///
/// The bits of a result depend neither on the number of ranks nor on that of threads: each plane of
/// the mesh, and then each plane of columns, is transformed whole by one rank with a serial plan that is
/// the same everywhere, and between them rows only move (a transposition of slabs).
///
///     let transform = try FourierTransform(width: 64, on: world)
///     var density = RealMesh(transform.decomposition)
///     var modes = FourierMesh(transform.decomposition)
///     try transform.forward(&density, into: &modes, on: world)
///
/// A mesh can be shared by at most as many ranks as it has planes.
package final class FourierTransform {
  /// The planes of this rank, for real meshes and their transforms.
  package let decomposition: MeshDecomposition

  /// The threads that share the planes.
  package let threads: WorkerThreads

  /// The time spent so far in waiting for other ranks and for their rows.
  package internal(set) var exchangeTime: Duration = .zero

  let plans: SerialPlans
  let blocks: Int

  /// Plans the transforms of a mesh of `width`^3 cells.
  ///
  /// - Parameters:
  ///   - width: The cells on a side; products of 2, 3, 5 and 7 are fast. The same on all ranks.
  ///   - threads: Those that share the planes of this rank.
  ///   - communicator: The ranks that share the mesh.
  /// - Throws: If there are more ranks than planes.
  package convenience init(
    width: Int, threads: WorkerThreads = WorkerThreads(count: 1),
    on communicator: borrowing Communicator
  ) throws(Failure) {
    try self.init(width: width, threads: threads, exchangeBytes: 1 << 25, on: communicator)
  }

  // The exchange goes in blocks in which a rank sends about `exchangeBytes`.
  init(
    width: Int, threads: WorkerThreads, exchangeBytes: Int,
    on communicator: borrowing Communicator
  ) throws(Failure) {
    let decomposition = try MeshDecomposition(width: width, on: communicator)
    self.decomposition = decomposition
    self.threads = threads
    plans = SerialPlans(decomposition)
    let largestSlab = (width + decomposition.ranks - 1) / decomposition.ranks
    let bytes = largestSlab * width * decomposition.modesPerRow * 2 * MemoryLayout<Float>.stride
    blocks = min(max(1, bytes / exchangeBytes), largestSlab)
  }

  /// Transforms a mesh to the coefficients of its Fourier series:
  /// sum over cells of value exp(-2 pi i k x / width), divided by width^3.
  ///
  /// Collective. The mesh is used as room: its values are lost.
  ///
  /// - Throws: The error that MPI reported.
  package func forward(
    _ real: inout RealMesh, into fourier: inout FourierMesh,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    checkShape(real.decomposition, fourier.decomposition)
    let plans = plans
    let slab = Slab(decomposition: decomposition, base: real.cells)
    threads.forEachPart(of: decomposition.planes.count) { _, part in
      for plane in part { plans.transformPlane(slab.plane(plane)) }
    }

    let modes = Slab(decomposition: decomposition, base: fourier.parts)
    let scale = Float(
      1
        / (Double(decomposition.width) * Double(decomposition.width)
          * Double(decomposition.width)))
    let first = decomposition.planes.lowerBound
    for block in 0..<blocks {
      try transposeForward(slab, into: modes, block: block, on: communicator)
      let planes = decomposition.planes(of: decomposition.rank, block: block, of: blocks)
      threads.forEachPart(of: planes.count) { _, part in
        for index in part {
          let plane = modes.plane(planes.lowerBound + index - first)
          plans.transformColumns(plane)
          modes.scale(plane, by: scale)
        }
      }
    }
  }

  /// Restores a mesh from the coefficients of its Fourier series, which are kept.
  ///
  /// Of the modes with kz = 0 and those at the Nyquist wavenumber, whose conjugates are stored too, both
  /// must be given; an imaginary part that a real mesh cannot have is ignored.
  ///
  /// Collective.
  ///
  /// - Throws: The error that MPI reported.
  package func backward(
    _ fourier: borrowing FourierMesh, into real: inout RealMesh,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    checkShape(real.decomposition, fourier.decomposition)
    let modes = Slab(decomposition: decomposition, base: fourier.parts)
    let first = decomposition.planes.lowerBound
    try backward(into: &real, on: communicator) { plane, room in
      room.update(from: modes.plane(plane - first), count: modes.decomposition.planeStride)
    }
  }

  /// Restores a mesh from modes that are made plane by plane, without a mesh to hold them.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - real: The mesh that is written.
  ///   - communicator: The ranks that share the mesh.
  ///   - makePlane: Writes the modes [kx][rowStride][2] of the plane of constant ky with the given index,
  ///     which is one of this rank's; several threads call it at a time.
  /// - Throws: The error that MPI reported.
  package func backward(
    into real: inout RealMesh, on communicator: borrowing Communicator,
    makePlane: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void
  ) throws(MPIError) {
    checkShape(real.decomposition, decomposition)
    let slab = Slab(decomposition: decomposition, base: real.cells)
    for block in 0..<blocks {
      try transposeBackward(into: slab, block: block, on: communicator, makePlane: makePlane)
    }
    let plans = plans
    threads.forEachPart(of: decomposition.planes.count) { _, part in
      for plane in part { plans.restorePlane(slab.plane(plane)) }
    }
  }

  private func checkShape(_ first: MeshDecomposition, _ second: MeshDecomposition) {
    precondition(
      first == decomposition && second == decomposition, "meshes of another shape than planned")
  }
}

/// The planes of a mesh that outlives this value, for threads that take different planes of it.
struct Slab: @unchecked Sendable {
  let decomposition: MeshDecomposition
  let base: UnsafeMutablePointer<Float>

  /// A plane, counted from the first of the rank.
  func plane(_ index: Int) -> UnsafeMutablePointer<Float> {
    base + index * decomposition.planeStride
  }

  /// The row of a plane, counted from the first of the rank.
  func row(_ row: Int, ofPlane index: Int) -> UnsafeMutablePointer<Float> {
    plane(index) + 2 * row * decomposition.rowStride
  }

  /// Multiplies a plane.
  func scale(_ plane: UnsafeMutablePointer<Float>, by factor: Float) {
    for index in 0..<decomposition.planeStride { plane[index] *= factor }
  }
}
