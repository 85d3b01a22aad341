internal import FourierTransforms
internal import MPI

/// Solves Poisson's equation for the density contrast on the Lagrangian grid.
///
/// phi_k = -delta_k / k^2 and phi_0 = 0, over the whole periodic box, with k in h/Mpc: the potential up
/// to a constant factor and its sign convention (Lucie-Smith et al. 2024, doi:10.1103/PhysRevD.109.063524,
/// Appendix A). The bits of the result do not depend on the number of ranks and threads
/// (``DensityModes``).
struct PotentialSolver {
  /// The side of the periodic box [Mpc/h].
  let boxSize: Double

  /// The threads of each rank.
  let threads: Int

  /// The filter of the contrast.
  var filter: FieldFilter?

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
    let wavelength = boxSize / (2 * .pi)
    return try DensityModes(boxSize: boxSize, threads: threads, filter: filter).fields(
      of: slab,
      times: [
        { wavenumber in
          guard wavenumber.squared > 0 else { return 0 }
          return Float(-wavelength * wavelength / Double(wavenumber.squared))
        }
      ], on: communicator)[0]
  }
}
