import Foundation
import MPI
import Randomness
import TestSupport
import Testing

@testable import Fields

/// Other phases for the modes above a wavenumber, beside a discrete Fourier transform written out.
@Suite(.serialized) struct PhaseChangeTests {
  /// Some coefficients of a field of n^3 values [real, imaginary], by their sums.
  private func coefficient(_ values: [Float], _ n: Int, _ k: SIMD3<Int>) -> (Double, Double) {
    var (real, imaginary) = (0.0, 0.0)
    for (site, value) in values.enumerated() {
      let phase = k.x * (site / (n * n)) + k.y * (site / n % n) + k.z * (site % n)
      let angle = -2 * Double.pi * Double(phase) / Double(n)
      real += Double(value) * cos(angle)
      imaginary += Double(value) * sin(angle)
    }
    let count = Double(values.count)
    return (real / count, imaginary / count)
  }

  @Test(.ranks(1...4), arguments: [6, 7])
  func amplitudesStayAndPhasesChangeAboveTheWavenumber(n: Int) throws {
    try withWorld { world in
      var stream = RandomStream(seed: 31, for: .test)
      let density = (0..<n * n * n).map { _ in Float(stream.uniform()) }
      // In a box of 2 pi the wavenumbers are whole numbers.
      let own = PlaneDecomposition(gridSize: n, ranks: world.size).sites(of: world.rank)
      let phases = PhaseChange(above: 1.5, seed: 9)
      let part = try phases.apply(
        to: Array(density[own]), gridSize: n, boxSize: 2 * .pi, threads: 2, on: world)
      let doubled = try phases.apply(
        to: density[own].map { -2 * $0 }, gridSize: n, boxSize: 2 * .pi, threads: 1, on: world)
      let other = try PhaseChange(above: 1.5, seed: 10).apply(
        to: Array(density[own]), gridSize: n, boxSize: 2 * .pi, threads: 2, on: world)
      let all = try world.allGatherVarying(part).elements
      let allOfOther = try world.allGatherVarying(other).elements
      // What is linear in the field stays so.
      #expect(zip(part, doubled).allSatisfy { abs(-2 * $0 - $1) < 1e-5 })
      #expect(all.count == density.count && all != allOfOther)
      var angles: [Double] = []
      for k in [
        SIMD3(0, 0, 0), SIMD3(1, 0, 0), SIMD3(0, 1, -1), SIMD3(1, 1, 1), SIMD3(2, 0, 0),
        SIMD3(-2, 1, 0), SIMD3(0, 2, 2), SIMD3(1, -2, 3), SIMD3(3, 3, 0), SIMD3(3, 3, 3),
      ] {
        let (before, after) = (coefficient(density, n, k), coefficient(all, n, k))
        let size = (before.0 * before.0 + before.1 * before.1).squareRoot()
        let found = (after.0 * after.0 + after.1 * after.1).squareRoot()
        #expect(abs(found - size) < 1e-6, "\(k)")
        let distance = max(abs(after.0 - before.0), abs(after.1 - before.1))
        if (k &* k).wrappedSum() <= 2 {
          #expect(distance < 1e-6, "\(k)")
        } else {
          angles.append(distance / size)
        }
      }
      #expect(angles.count { $0 > 0.1 } >= angles.count - 2, "\(angles)")
    }
  }
}
