internal import FourierTransforms
internal import MPI
internal import Threads

/// Solves Poisson's equation for the density contrast on the Lagrangian grid.
///
/// phi_k = -delta_k / k^2 and phi_0 = 0, over the whole periodic box, with k in h/Mpc: the potential up
/// to a constant factor and its sign convention (Lucie-Smith et al. 2024, doi:10.1103/PhysRevD.109.063524,
/// Appendix A). The bits of the result do not depend on the number of ranks and threads
/// (`FourierTransform`).
struct PotentialSolver {
  /// The side of the periodic box [Mpc/h].
  let boxSize: Double

  /// The threads of each rank.
  let threads: Int

  /// Computes the potential [planes, N, N], [(Mpc/h)^2], on the planes of a slab.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - slab: The density on this rank's planes.
  ///   - communicator: The ranks, more than there are planes if need be.
  /// - Returns: The potential, site after site.
  /// - Throws: The error that MPI reported, in an `AgreedFailure`.
  func potential(of slab: FieldSlab, on communicator: borrowing Communicator) throws -> [Float] {
    // A transform has a plane for every rank; ranks without one wait for the others.
    let team = try communicator.split(color: slab.planes.isEmpty ? 1 : 0, key: communicator.rank)
    return try communicator.agree {
      slab.planes.isEmpty ? [] : try solve(slab, on: team)
    }
  }

  private func solve(_ slab: FieldSlab, on team: borrowing Communicator) throws -> [Float] {
    let n = slab.gridSize
    let transform = try FourierTransform(
      width: n, threads: WorkerThreads(count: threads), on: team)
    var mesh = RealMesh(transform.decomposition)
    var modes = FourierMesh(transform.decomposition)
    precondition(transform.decomposition.planes == slab.planes, "a mesh is dealt as a field is")
    for row in 0..<slab.planes.count * n {
      let cells = mesh.cells + row / n * mesh.planeStride + row % n * mesh.rowStride
      for z in 0..<n { cells[z] = slab.density[row * n + z] - 1 }
    }
    try transform.forward(&mesh, into: &modes, on: team)
    let wavelength = boxSize / (2 * .pi)
    modes.updateModes(threads: transform.threads) { wavenumber, mode in
      guard wavenumber.squared > 0 else { return Complex(0, 0) }
      let factor = Float(-wavelength * wavelength / Double(wavenumber.squared))
      return Complex(factor * mode.real, factor * mode.imaginary)
    }
    try transform.backward(modes, into: &mesh, on: team)
    var potential = [Float](repeating: 0, count: slab.sites.count)
    for row in 0..<slab.planes.count * n {
      let cells = mesh.cells + row / n * mesh.planeStride + row % n * mesh.rowStride
      for z in 0..<n { potential[row * n + z] = cells[z] }
    }
    return potential
  }
}
