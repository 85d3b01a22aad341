internal import FourierTransforms
package import MPI
internal import ParticleMesh
internal import Threads

/// Other phases for the modes of a field above a wavenumber.
///
/// A mode of the whole periodic box is multiplied by exp(i theta) of its wavenumber, with the phases theta of the Gaussian
/// field of a seed (`WhiteNoise`): its amplitude stays, and its phase is random. Fields that are linear in each other
/// (the density, its potential and its tides) stay so.
package struct PhaseChange: Hashable, Sendable {
  /// The wavenumber up to which, inclusive, the modes keep their phases [h/Mpc].
  private let above: Double

  /// The random numbers.
  private let noise: WhiteNoise

  /// Makes the phases of a seed above a wavenumber, which is not negative [h/Mpc].
  package init(above: Double, seed: UInt64) {
    self.above = above
    noise = WhiteNoise(WhiteNoise.Settings(seed: seed, amplitudesAreFixed: true))
  }

  /// Changes the phases of a field.
  ///
  /// Collective. The bits do not depend on the number of ranks and threads (`FourierTransform`).
  ///
  /// - Parameters:
  ///   - values: The values on this rank's planes of a `PlaneDecomposition` [planes, N, N].
  ///   - gridSize: The number of sites along each axis, N.
  ///   - boxSize: The side of the periodic box [Mpc/h].
  ///   - threads: The threads of each rank.
  ///   - communicator: The ranks, more than there are planes if need be.
  /// - Returns: The changed values, site after site.
  /// - Throws: The error that MPI reported, in an `AgreedFailure`.
  package func apply(
    to values: [Float], gridSize: Int, boxSize: Double, threads: Int,
    on communicator: borrowing Communicator
  ) throws -> [Float] {
    // A transform has a plane for every rank; ranks without one wait for the others.
    let team = try communicator.split(color: values.isEmpty ? 1 : 0, key: communicator.rank)
    return try communicator.agree {
      values.isEmpty ? [] : try change(values, gridSize, boxSize, threads, on: team)
    }
  }

  private func change(
    _ values: [Float], _ n: Int, _ boxSize: Double, _ threads: Int, on team: borrowing Communicator
  ) throws -> [Float] {
    let transform = try FourierTransform(
      width: n, threads: WorkerThreads(count: threads), on: team)
    var mesh = RealMesh(transform.decomposition)
    var modes = FourierMesh(transform.decomposition)
    let planes = transform.decomposition.planes.count
    precondition(planes * n * n == values.count, "a mesh is dealt as a field is")
    for row in 0..<planes * n {
      let cells = mesh.cells + row / n * mesh.planeStride + row % n * mesh.rowStride
      for z in 0..<n { cells[z] = values[row * n + z] }
    }
    try transform.forward(&mesh, into: &modes, on: team)
    let ratio = above * boxSize / (2 * .pi)
    let (lastKept, noise) = (ratio * ratio, noise)
    modes.updateModes(threads: transform.threads) { wavenumber, mode in
      guard Double(wavenumber.squared) > lastKept, wavenumber.squared > 0 else { return mode }
      let phase = noise.value(at: wavenumber, width: n)
      let (real, imaginary) = (Double(mode.real), Double(mode.imaginary))
      return Complex(
        Float(real * phase.real - imaginary * phase.imaginary),
        Float(real * phase.imaginary + imaginary * phase.real))
    }
    try transform.backward(modes, into: &mesh, on: team)
    var changed = values
    for row in 0..<planes * n {
      let cells = mesh.cells + row / n * mesh.planeStride + row % n * mesh.rowStride
      for z in 0..<n { changed[row * n + z] = cells[z] }
    }
    return changed
  }
}
