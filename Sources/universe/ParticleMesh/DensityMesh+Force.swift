internal import CKernels
internal import Foundation
internal import FourierTransforms
internal import MPI
internal import Particles
internal import Threads

/// The factors of minus the Laplacian for modes, axis by axis, in units of a cell.
///
/// With w = 2 pi k / width, minus the Laplacian is the 3-point difference 4 sin^2(w / 2), or w^2 itself.
/// Hockney & Eastwood 1988, section 5-4-2.
struct LaplacianKernel: Sendable {
  /// [width] the part of an axis in minus the Laplacian.
  let factors: [Float]

  /// Makes the kernel of a mesh.
  init(_ decomposition: MeshDecomposition, _ kind: ForceLaplacian) {
    factors = (0..<decomposition.width).map { index in
      let phase =
        2 * Double.pi * Double(decomposition.wavenumber(index)) / Double(decomposition.width)
      return switch kind {
      case .threePoint: Float(4 * sin(phase / 2) * sin(phase / 2))
      case .continuous: Float(phase * phase)
      }
    }
  }
}

extension DensityMesh {
  /// Adds the gravitational force of the assigned density to momenta.
  ///
  /// The force is -grad laplace^(-1) delta in units of a cell. The potential is made by its modes, and each
  /// component is the 4-point difference of it from cell to cell, as the kernel '3_4' of FastPM (Feng, Chu,
  /// Seljak, McDonald 2016, doi:10.1093/mnras/stw2123) makes it of modes with a transform for each; it is
  /// interpolated as the mass was painted. Collective.
  ///
  /// - Parameters:
  ///   - particles: Those of this rank's planes.
  ///   - factor: The factor that multiplies the force.
  ///   - kernel: That of this mesh.
  ///   - communicator: The ranks that share the mesh.
  /// - Throws: The error that MPI reported.
  func kick(
    _ particles: inout Particles, by factor: Float, _ kernel: LaplacianKernel,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    try timedTransform { () throws(MPIError) in try makePotential(kernel, on: communicator) }
    let neighbours = try timed(\.exchange) { () throws(MPIError) in
      try neighbouringPlanes(on: communicator)
    }
    timed(\.readout) { addForce(beside: neighbours, times: factor, to: &particles) }
  }

  /// Makes the mesh minus the potential.
  private func makePotential(
    _ kernel: LaplacianKernel, on communicator: borrowing Communicator
  ) throws(MPIError) {
    let decomposition = decomposition
    nonisolated(unsafe) let density = modes.parts
    try transform.backward(into: &mesh, on: communicator) { plane, potential in
      kernel.factors.withUnsafeBufferPointer { laplacian in
        let kernel = halompi_potential_kernel(
          width: decomposition.width, modes_per_row: decomposition.modesPerRow,
          row_stride: decomposition.rowStride, laplacian: laplacian.baseAddress)
        let offset = (plane - decomposition.planes.lowerBound) * decomposition.planeStride
        halompi_potential_plane(kernel, plane, density + offset, potential)
      }
    }
  }

  /// The planes beyond those of a rank that its force takes: two before them, and three behind, of which the last two
  /// are for the plane behind the slab, where its particles end.
  private static func neighbours(of planes: Range<Int>, width: Int) -> [Int] {
    [planes.lowerBound - 2, planes.lowerBound - 1, planes.upperBound, planes.upperBound + 1]
      .map { ($0 + width) % width } + [(planes.upperBound + 2) % width]
  }

  /// Returns the neighbouring planes of the mesh [5, planeStride], in the order of `neighbours(of:width:)`.
  func neighbouringPlanes(
    on communicator: borrowing Communicator
  ) throws(MPIError) -> [Float] {
    let (stride, width, ranks) = (mesh.planeStride, decomposition.width, decomposition.ranks)
    func cells(ofPlane plane: Int) -> UnsafeBufferPointer<Float> {
      let start = mesh.cells + (plane - decomposition.planes.lowerBound) * stride
      return UnsafeBufferPointer(start: start, count: stride)
    }
    var sent: [Float] = []
    let counts = (0..<ranks).map { rank in
      let needed = Self.neighbours(of: decomposition.planes(of: rank), width: width)
        .filter { decomposition.planes.contains($0) }
      for plane in needed { sent += cells(ofPlane: plane) }
      return needed.count * stride
    }
    let received = try communicator.allToAllVarying(sent, counts: counts).elements
    // They come in the order of their owners, and of one owner in the order of the list.
    let needed = Self.neighbours(of: decomposition.planes, width: width)
    let arrived = needed.indices.sorted {
      (decomposition.owner(of: needed[$0]), $0) < (decomposition.owner(of: needed[$1]), $1)
    }
    var planes = [Float](repeating: 0, count: received.count)
    for (place, index) in arrived.enumerated() {
      planes.replaceSubrange(
        index * stride..<(index + 1) * stride,
        with: received[place * stride..<(place + 1) * stride])
    }
    return planes
  }

  /// Adds minus the gradient of the potential, whose negative is on the mesh, times a factor to momenta.
  ///
  /// - Parameters:
  ///   - neighbours: The planes beyond those of this rank, as `neighbouringPlanes(on:)` returns them.
  ///   - factor: The factor that multiplies the force.
  ///   - particles: Those of this rank's planes.
  func addForce(beside neighbours: [Float], times factor: Float, to particles: inout Particles) {
    let slab = slab
    let planes = decomposition.planes.count
    let count = particles.count
    neighbours.withUnsafeBufferPointer { neighbours in
      guard let beside = neighbours.baseAddress else { return }
      // From two planes before the first one of the slab to three behind its last one.
      let all = (-2..<planes + 3).map { plane -> UnsafePointer<Float>? in
        guard plane < 0 || plane >= planes else {
          return UnsafePointer(mesh.cells + plane * slab.plane_stride)
        }
        return beside + (plane < 0 ? plane + 2 : plane - planes + 2) * slab.plane_stride
      }
      particles.positions.withUnsafeBufferPointer { positions in
        particles.momenta.withUnsafeMutableBufferPointer { momenta in
          guard let positions = positions.baseAddress, let momenta = momenta.baseAddress else {
            return
          }
          nonisolated(unsafe) let start = (planes: all, positions: positions, momenta: momenta)
          transform.threads.forEachPart(of: count) { _, part in
            halompi_kick(
              start.positions + 3 * part.lowerBound, part.count, slab, start.planes, factor,
              start.momenta + 3 * part.lowerBound)
          }
        }
      }
    }
  }
}
