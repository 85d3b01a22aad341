import Foundation
import MPI

@testable import FourierTransforms

/// The obvious transform in double precision, [width]^3 real numbers to all width^3 modes.
struct DirectTransform {
  let width: Int

  /// The coefficient of the Fourier series of `values` [x][y][z] at a wavenumber: real, imaginary.
  func coefficient(of values: [Float], at wavenumber: Wavenumber) -> (Double, Double) {
    var real = 0.0
    var imaginary = 0.0
    for x in 0..<width {
      for y in 0..<width {
        for z in 0..<width {
          let turns = wavenumber.x * x + wavenumber.y * y + wavenumber.z * z
          let phase = -2 * Double.pi * Double(turns) / Double(width)
          let value = Double(values[(x * width + y) * width + z])
          real += value * cos(phase)
          imaginary += value * sin(phase)
        }
      }
    }
    let cells = Double(width * width * width)
    return (real / cells, imaginary / cells)
  }
}

/// Numbers between -1 and 1 that look random, the same at a cell on whatever rank.
func unevenValue(_ cell: Int) -> Float {
  Float(Int32(truncatingIfNeeded: (cell &+ 1) &* 2_654_435_761)) * 0x1p-31
}

/// The slab of this rank of the mesh of uneven values.
func unevenMesh(_ decomposition: MeshDecomposition) -> RealMesh {
  let width = decomposition.width
  var mesh = RealMesh(decomposition)
  for x in decomposition.planes {
    for y in 0..<width {
      for z in 0..<width { mesh[x, y, z] = unevenValue((x * width + y) * width + z) }
    }
  }
  return mesh
}

/// The bits of all values of a mesh [x][y][z], on every rank.
func gatheredBits(
  _ mesh: borrowing RealMesh, on communicator: borrowing Communicator
) throws -> [UInt32] {
  let width = mesh.decomposition.width
  var bits: [UInt32] = []
  for x in mesh.decomposition.planes {
    for y in 0..<width {
      for z in 0..<width { bits.append(mesh[x, y, z].bitPattern) }
    }
  }
  return try communicator.allGatherVarying(bits).elements
}

/// The bits of all modes of a mesh [ky][kx][kz][2], on every rank.
func gatheredBits(
  _ mesh: borrowing FourierMesh, on communicator: borrowing Communicator
) throws -> [UInt32] {
  var bits: [UInt32] = []
  mesh.forEachMode { bits += [$1.real.bitPattern, $1.imaginary.bitPattern] }
  return try communicator.allGatherVarying(bits).elements
}
