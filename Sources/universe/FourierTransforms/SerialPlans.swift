internal import CFFTW
internal import Foundation

/// FFTW's plans for one plane, in place: the same for all planes of all ranks.
///
/// They are made by FFTW_ESTIMATE, which measures nothing, and used on memory of the alignment that
/// they were made for; so that the bits of a transform depend on its input and the CPU alone.
final class SerialPlans: @unchecked Sendable {
  /// Planes [width][rowStride] of a real mesh to modes and back.
  private let planeForward, planeBackward: fftwf_plan

  /// All columns of a plane [width][rowStride] of modes, exponents of either sign.
  private let columnsForward, columnsBackward: fftwf_plan

  /// Makes the plans for the planes of a mesh.
  init(_ decomposition: MeshDecomposition) {
    planning.lock()
    defer { planning.unlock() }
    let scratch = alignedZeros(decomposition.planeStride)
    defer { UnsafeMutableRawPointer(scratch).deallocate() }
    let width = Int32(decomposition.width)
    let stride = Int32(decomposition.rowStride)
    let effort = UInt32(FFTW_ESTIMATE)
    var shape = [width, width]
    var realRoom = [width, 2 * stride]
    var modeRoom = [width, stride]

    let modes = complex(scratch)
    planeForward = made(
      fftwf_plan_many_dft_r2c(
        2, &shape, 1, scratch, &realRoom, 1, 0, modes, &modeRoom, 1, 0, effort))
    planeBackward = made(
      fftwf_plan_many_dft_c2r(
        2, &shape, 1, modes, &modeRoom, 1, 0, scratch, &realRoom, 1, 0, effort))
    let columns = Int32(decomposition.modesPerRow)
    columnsForward = made(
      fftwf_plan_many_dft(
        1, &shape, columns, modes, nil, stride, 1, modes, nil, stride, 1, FFTW_FORWARD, effort))
    columnsBackward = made(
      fftwf_plan_many_dft(
        1, &shape, columns, modes, nil, stride, 1, modes, nil, stride, 1, FFTW_BACKWARD, effort))
  }

  deinit {
    planning.lock()
    defer { planning.unlock() }
    for plan in [planeForward, planeBackward, columnsForward, columnsBackward] {
      fftwf_destroy_plan(plan)
    }
  }

  /// Replaces a plane [y][z] of numbers by its modes [ky][kz], exponents negative, not normalized.
  func transformPlane(_ plane: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft_r2c(planeForward, plane, complex(plane))
  }

  /// Replaces a plane [ky][kz] of modes by its numbers [y][z], exponents positive.
  func restorePlane(_ plane: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft_c2r(planeBackward, complex(plane), plane)
  }

  /// Transforms the columns of a plane [x][kz], exponents negative, not normalized.
  func transformColumns(_ plane: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(columnsForward, complex(plane), complex(plane))
  }

  /// Transforms the columns of a plane [kx][kz], exponents positive.
  func restoreColumns(_ plane: UnsafeMutablePointer<Float>) {
    fftwf_execute_dft(columnsBackward, complex(plane), complex(plane))
  }
}

// FFTW's planner is not thread-safe; the execution of plans is. FFTW 3.3 manual, section 5.5.
private let planning = NSLock()

/// The modes that lie at `parts`: pairs of floats, as FFTW defines its complex numbers.
private func complex(_ parts: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<fftwf_complex> {
  UnsafeMutableRawPointer(parts).assumingMemoryBound(to: fftwf_complex.self)
}

private func made(_ plan: fftwf_plan?) -> fftwf_plan {
  guard let plan else { preconditionFailure("FFTW cannot plan a transform of a plane") }
  return plan
}
