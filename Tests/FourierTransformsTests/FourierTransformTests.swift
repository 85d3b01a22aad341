import Foundation
import MPI
import TestSupport
import Testing
import Threads

@testable import FourierTransforms

@Suite(.serialized) struct FourierTransformTests {
  @Test(arguments: 2...7)
  func modesAreThoseOfTheDirectTransform(width: Int) throws {
    guard worldSize <= width else { return }
    try withWorld { world in
      let transform = try FourierTransform(width: width, on: world)
      var mesh = unevenMesh(transform.decomposition)
      var modes = FourierMesh(transform.decomposition)
      try transform.forward(&mesh, into: &modes, on: world)

      let values = (0..<width * width * width).map { unevenValue($0) }
      let direct = DirectTransform(width: width)
      var largestError = 0.0
      modes.forEachMode { wavenumber, mode in
        let (real, imaginary) = direct.coefficient(of: values, at: wavenumber)
        largestError = max(
          largestError, abs(Double(mode.real) - real), abs(Double(mode.imaginary) - imaginary))
      }
      // Coefficients of values below 1 are below 1: some roundings of 2^-24.
      #expect(largestError < 3e-7)
    }
  }

  @Test(arguments: [4, 5, 12, 15, 32])
  func backwardRestoresWhatForwardTransformed(width: Int) throws {
    guard worldSize <= width else { return }
    try withWorld { world in
      let transform = try FourierTransform(
        width: width, threads: WorkerThreads(count: 2), on: world)
      var mesh = unevenMesh(transform.decomposition)
      var modes = FourierMesh(transform.decomposition)
      try transform.forward(&mesh, into: &modes, on: world)
      try transform.backward(modes, into: &mesh, on: world)

      let original = unevenMesh(transform.decomposition)
      var largestError: Float = 0
      for x in transform.decomposition.planes {
        for y in 0..<width {
          for z in 0..<width {
            largestError = max(largestError, abs(mesh[x, y, z] - original[x, y, z]))
          }
        }
      }
      #expect(largestError < 2e-6)
    }
  }

  @Test(arguments: [6, 9, 16])
  func theMeanSquareIsTheSumOverModes(width: Int) throws {
    guard worldSize <= width else { return }
    try withWorld { world in
      let transform = try FourierTransform(width: width, on: world)
      var mesh = unevenMesh(transform.decomposition)
      var modes = FourierMesh(transform.decomposition)
      try transform.forward(&mesh, into: &modes, on: world)

      var power = 0.0
      modes.forEachMode { wavenumber, mode in
        let square = Double(mode.real * mode.real + mode.imaginary * mode.imaginary)
        power += square * Double(FourierMesh.multiplicity(of: wavenumber, width: width))
      }
      let total = try world.allReduce(power, .sum)
      // Parseval's theorem for the normalization of a Fourier series.
      let cells = width * width * width
      let meanSquare =
        (0..<cells).reduce(0) { $0 + pow(Double(unevenValue($1)), 2) } / Double(cells)
      #expect(abs(total / meanSquare - 1) < 1e-6)
    }
  }

  @Test(arguments: [
    Wavenumber(1, 0, 0), Wavenumber(-2, 3, 1), Wavenumber(0, -1, 4), Wavenumber(3, 2, 0),
  ])
  func aPlaneWaveIsOneMode(wave: Wavenumber) throws {
    let width = 10
    guard worldSize <= width else { return }
    try withWorld { world in
      let transform = try FourierTransform(width: width, on: world)
      var mesh = RealMesh(transform.decomposition)
      for x in transform.decomposition.planes {
        for y in 0..<width {
          for z in 0..<width {
            let turns = Double(wave.x * x + wave.y * y + wave.z * z) / Double(width)
            mesh[x, y, z] = Float(3 * cos(2 * .pi * turns) - 4 * sin(2 * .pi * turns))
          }
        }
      }
      var modes = FourierMesh(transform.decomposition)
      try transform.forward(&mesh, into: &modes, on: world)

      // 3 cos t - 4 sin t = (1.5 + 2i) exp(it) + its conjugate.
      var largestError: Float = 0
      modes.forEachMode { wavenumber, mode in
        var expected = Complex(0, 0)
        if wavenumber == wave { expected = Complex(1.5, 2) }
        if wavenumber == Wavenumber(-wave.x, -wave.y, -wave.z) { expected = Complex(1.5, -2) }
        largestError = max(
          largestError, abs(mode.real - expected.real), abs(mode.imaginary - expected.imaginary))
      }
      #expect(largestError < 1e-6)
    }
  }

  @Test func updatedModesAreBackInTheMesh() throws {
    let width = 8
    guard worldSize <= width else { return }
    try withWorld { world in
      let transform = try FourierTransform(width: width, on: world)
      var modes = FourierMesh(transform.decomposition)
      modes.updateModes(threads: WorkerThreads(count: 3)) { wavenumber, _ in
        wavenumber == Wavenumber(0, 2, 1) ? Complex(0.5, 0) : Complex(0, 0)
      }
      var mesh = RealMesh(transform.decomposition)
      try transform.backward(modes, into: &mesh, on: world)

      var largestError: Float = 0
      for x in transform.decomposition.planes {
        for y in 0..<width {
          for z in 0..<width {
            let expected = Float(cos(2 * .pi * Double(2 * y + z) / Double(width)))
            largestError = max(largestError, abs(mesh[x, y, z] - expected))
          }
        }
      }
      #expect(largestError < 1e-6)
    }
  }
}
