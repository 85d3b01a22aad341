internal import CKernels
internal import Foundation
internal import FourierTransforms
internal import MPI
internal import Particles
internal import Threads

/// The factors of gradients and of the Laplacian for modes, axis by axis, in units of a cell.
///
/// With w = 2 pi k / width, the gradient is the 4-point difference (8 sin w - sin 2w) / 6, and minus the
/// Laplacian the 3-point difference 4 sin^2(w / 2) or w^2 itself: the kernels '3_4' and '1_4' of
/// FastPM (Feng, Chu, Seljak, McDonald 2016, doi:10.1093/mnras/stw2123). Hockney & Eastwood 1988, section 5-4-2.
struct DifferenceKernels: Sendable {
  /// [width] the gradient without its imaginary unit; zero at the Nyquist wavenumber.
  let gradient: [Float]

  /// [width] the part of an axis in minus the Laplacian.
  let laplacian: [Float]

  /// Makes the kernels of a mesh.
  init(_ decomposition: MeshDecomposition, _ kind: ForceLaplacian) {
    let width = decomposition.width
    let phases = (0..<width).map {
      2 * Double.pi * Double(decomposition.wavenumber($0)) / Double(width)
    }
    laplacian = phases.map { phase in
      switch kind {
      case .threePoint: Float(4 * sin(phase / 2) * sin(phase / 2))
      case .continuous: Float(phase * phase)
      }
    }
    gradient = phases.enumerated().map { index, phase in
      2 * index == width ? 0 : Float((8 * sin(phase) - sin(2 * phase)) / 6)
    }
  }
}

extension DensityMesh {
  /// Adds the gravitational force of the assigned density to momenta.
  ///
  /// The force is -grad laplace^(-1) delta in units of a cell, component by component; it is
  /// interpolated as the mass was painted. Collective.
  ///
  /// - Parameters:
  ///   - particles: Those of this rank's planes.
  ///   - factor: The factor that multiplies the force.
  ///   - kernels: Those of this mesh.
  ///   - communicator: The ranks that share the mesh.
  /// - Throws: The error that MPI reported.
  func kick(
    _ particles: inout Particles, by factor: Float, _ kernels: DifferenceKernels,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    for axis in 0..<3 {
      try timedTransform { () throws(MPIError) in
        try makeForce(along: axis, kernels, on: communicator)
      }
      try timed(\.exchange) { () throws(MPIError) in try fillGhostPlane(on: communicator) }
      timed(\.readout) { addForce(along: axis, times: factor, to: &particles) }
    }
  }

  /// Replaces the mesh by a component of the force; the modes of density are kept.
  private func makeForce(
    along axis: Int, _ kernels: DifferenceKernels, on communicator: borrowing Communicator
  ) throws(MPIError) {
    let decomposition = decomposition
    nonisolated(unsafe) let density = modes.parts
    try transform.backward(into: &mesh, on: communicator) { plane, force in
      kernels.gradient.withUnsafeBufferPointer { gradient in
        kernels.laplacian.withUnsafeBufferPointer { laplacian in
          let kernel = halompi_force_kernel(
            width: decomposition.width, modes_per_row: decomposition.modesPerRow,
            row_stride: decomposition.rowStride, gradient: gradient.baseAddress,
            laplacian: laplacian.baseAddress)
          let offset = (plane - decomposition.planes.lowerBound) * decomposition.planeStride
          halompi_force_plane(kernel, UInt32(axis), plane, density + offset, force)
        }
      }
    }
  }

  /// Copies the first plane of the next rank behind the last plane of this one.
  func fillGhostPlane(on communicator: borrowing Communicator) throws(MPIError) {
    let stride = mesh.planeStride
    let ghost = mesh.cells + decomposition.planes.count * stride
    guard decomposition.ranks > 1 else {
      ghost.update(from: mesh.cells, count: stride)
      return
    }
    var counts = [Int](repeating: 0, count: decomposition.ranks)
    counts[(decomposition.rank + decomposition.ranks - 1) % decomposition.ranks] = stride
    let sent = [Float](UnsafeBufferPointer(start: mesh.cells, count: stride))
    let received = try communicator.allToAllVarying(sent, counts: counts).elements
    ghost.update(from: received, count: stride)
  }

  /// Adds the mesh times a factor, interpolated at particles, to a component of their momenta.
  func addForce(along axis: Int, times factor: Float, to particles: inout Particles) {
    let slab = slab
    let count = particles.count
    nonisolated(unsafe) let force = mesh.cells
    particles.positions.withUnsafeBufferPointer { positions in
      particles.momenta.withUnsafeMutableBufferPointer { momenta in
        guard let positions = positions.baseAddress, let momenta = momenta.baseAddress else {
          return
        }
        nonisolated(unsafe) let start = (positions: positions, momenta: momenta)
        transform.threads.forEachPart(of: count) { _, part in
          halompi_kick(
            start.positions + 3 * part.lowerBound, part.count, slab, force, UInt32(axis), factor,
            start.momenta + 3 * part.lowerBound)
        }
      }
    }
  }
}
