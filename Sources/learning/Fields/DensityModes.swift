internal import FourierTransforms
internal import MPI
internal import Threads

/// Multiplies the modes of the density contrast on the Lagrangian grid by functions of the wavenumber.
///
/// The contrast is density - 1, over the whole periodic box. The bits of the results do not depend on the
/// number of ranks and threads (`FourierTransform`).
struct DensityModes {
  /// Returns what a mode is multiplied by; a mode whose factor is 0 is removed.
  typealias Factor = @Sendable (Wavenumber) -> Float

  /// The side of the periodic box [Mpc/h].
  let boxSize: Double

  /// The threads of each rank.
  let threads: Int

  /// The filter of the contrast, which comes before the factors.
  var filter: FieldFilter?

  /// Computes the filtered density [planes, N, N], [rho/rho_mean], on the planes of a slab.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - slab: The density on this rank's planes.
  ///   - communicator: The ranks.
  /// - Returns: 1 and the filtered contrast, site after site.
  /// - Throws: The error that MPI reported, in an `AgreedFailure`.
  func density(of slab: FieldSlab, on communicator: borrowing Communicator) throws -> [Float] {
    try fields(of: slab, times: [{ _ in 1 }], on: communicator)[0].map { 1 + $0 }
  }

  /// Computes the field of each factor [planes, N, N] on the planes of a slab.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - slab: The density on this rank's planes.
  ///   - factors: One for each field, at least one; the same on every rank.
  ///   - communicator: The ranks, more than there are planes if need be.
  /// - Returns: The fields, each site after site, in the unit of the contrast times that of its factor.
  /// - Throws: The error that MPI reported, in an `AgreedFailure`.
  func fields(
    of slab: FieldSlab, times factors: [Factor], on communicator: borrowing Communicator
  ) throws -> [[Float]] {
    // A transform has a plane for every rank; ranks without one wait for the others.
    let team = try communicator.split(color: slab.planes.isEmpty ? 1 : 0, key: communicator.rank)
    return try communicator.agree {
      slab.planes.isEmpty ? factors.map { _ in [] } : try solve(slab, factors, on: team)
    }
  }

  private func solve(
    _ slab: FieldSlab, _ factors: [Factor], on team: borrowing Communicator
  ) throws -> [[Float]] {
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
    if let filter {
      let kept = filter.factors(gridSize: n, boxSize: boxSize)
      multiply(&modes, by: { kept[$0.squared] }, transform.threads)
    }
    var fields: [[Float]] = []
    for (index, factor) in factors.enumerated() {
      if index < factors.count - 1 {
        var product = FourierMesh(copying: modes)
        multiply(&product, by: factor, transform.threads)
        try transform.backward(product, into: &mesh, on: team)
      } else {
        // Nothing comes after the last field, so that a single one needs no copy.
        multiply(&modes, by: factor, transform.threads)
        try transform.backward(modes, into: &mesh, on: team)
      }
      var values = [Float](repeating: 0, count: slab.sites.count)
      for row in 0..<slab.planes.count * n {
        let cells = mesh.cells + row / n * mesh.planeStride + row % n * mesh.rowStride
        for z in 0..<n { values[row * n + z] = cells[z] }
      }
      fields.append(values)
    }
    return fields
  }

  private func multiply(_ modes: inout FourierMesh, by factor: Factor, _ threads: WorkerThreads) {
    modes.updateModes(threads: threads) { wavenumber, mode in
      let value = factor(wavenumber)
      return value == 0 ? Complex(0, 0) : Complex(value * mode.real, value * mode.imaginary)
    }
  }
}
