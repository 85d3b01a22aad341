internal import Foundation
internal import FourierTransforms
package import MPI
package import Particles
internal import Threads

/// The power spectrum of the matter of a periodic box, in shells of wavenumber.
///
/// Shell i holds the wavevectors whose length rounds to i + 1 fundamental modes, up to the Nyquist
/// wavenumber of the mesh.
package struct PowerSpectrum: Hashable, Sendable {
  /// The mean wavenumber of each shell [h/Mpc].
  package let wavenumbers: [Double]

  /// The mean power of each shell [(Mpc/h)^3].
  package let powers: [Double]

  /// The number of modes of each shell, a mode and its conjugate counted as two.
  package let modeCounts: [Int]

  /// Whether the shot noise of particles was subtracted.
  package let isShotNoiseSubtracted: Bool
}

extension DensityMesh {
  /// Measures the power spectrum of the assigned particles.
  ///
  /// The smoothing by painting is divided out, W^2 = prod sinc^4(pi k / width), and of the shot noise what
  /// painting leaves of it is subtracted before, prod(1 - (2/3) sin^2(pi k / width)) / number density: Jing 2005,
  /// doi:10.1086/427087, equations 18 to 21. Sums are made in double plane by plane, and the planes are added in
  /// order: the bits do not depend on ranks and threads. Collective.
  ///
  /// - Parameters:
  ///   - box: The box of the particles.
  ///   - subtractsShotNoise: Whether the particles sample the matter at random.
  ///   - communicator: The ranks that share the mesh.
  /// - Returns: The spectrum, on every rank.
  /// - Throws: The error that MPI reported.
  package func powerSpectrum(
    in box: PeriodicBox, subtractsShotNoise: Bool, on communicator: borrowing Communicator
  ) throws(MPIError) -> PowerSpectrum {
    let volume = box.width * box.width * box.width
    let noise = subtractsShotNoise ? 1 / Double(max(particleCount, 1)) : 0
    let all = try timed(\.spectrum) { () throws(MPIError) in
      try communicator.allGatherVarying(planeSums(noise: noise)).elements
    }
    let shells = decomposition.width / 2
    var sums = [ShellSum](repeating: ShellSum(), count: shells)
    for start in stride(from: 0, to: all.count, by: 3 * shells) {
      for shell in 0..<shells {
        sums[shell].modes += all[start + 3 * shell]
        sums[shell].length += all[start + 3 * shell + 1]
        sums[shell].power += all[start + 3 * shell + 2]
      }
    }
    return PowerSpectrum(
      wavenumbers: sums.map { $0.length / $0.modes * 2 * .pi / box.width },
      powers: sums.map { $0.power / $0.modes * volume }, modeCounts: sums.map { Int($0.modes) },
      isShotNoiseSubtracted: subtractsShotNoise)
  }

  /// The sums of this rank's planes of ky [planes][shells][modes, length, power].
  private func planeSums(noise: Double) -> [Double] {
    let decomposition = decomposition
    let planes = decomposition.planes
    let shells = decomposition.width / 2
    let axes = (0..<decomposition.width).map {
      AxisWindow(wavenumber: decomposition.wavenumber($0), width: decomposition.width)
    }
    nonisolated(unsafe) let modes = modes.parts
    let values = [Double](unsafeUninitializedCapacity: planes.count * 3 * shells) {
      room, initialized in
      room.initialize(repeating: 0)
      initialized = room.count
      nonisolated(unsafe) let room = room
      transform.threads.forEachPart(of: planes.count) { _, part in
        for plane in part {
          let sums = UnsafeMutableBufferPointer(
            rebasing: room[plane * 3 * shells..<(plane + 1) * 3 * shells])
          addPlane(
            planes.lowerBound + plane, modes + plane * decomposition.planeStride, decomposition,
            axes, noise: noise, to: sums)
        }
      }
    }
    return values
  }
}

/// The sums over the modes of a shell.
private struct ShellSum {
  var modes = 0.0
  var length = 0.0
  var power = 0.0
}

/// The effect of painting on a mode: the factors of one axis.
private struct AxisWindow: Sendable {
  /// The signed wavenumber.
  let wavenumber: Int

  /// Its part in the square of the window, sinc^4.
  let power: Double

  /// Its part in what is left of shot noise.
  let noise: Double

  init(wavenumber: Int, width: Int) {
    let phase = Double.pi * Double(wavenumber) / Double(width)
    let sinc = wavenumber == 0 ? 1 : sin(phase) / phase
    self.wavenumber = wavenumber
    power = sinc * sinc * sinc * sinc
    noise = 1 - 2 / 3 * sin(phase) * sin(phase)
  }
}

/// Adds the modes of a plane of ky to shells [modes, length, power].
private func addPlane(
  _ plane: Int, _ modes: UnsafePointer<Float>, _ decomposition: MeshDecomposition,
  _ axes: [AxisWindow], noise: Double, to sums: UnsafeMutableBufferPointer<Double>
) {
  let width = decomposition.width
  let ky = axes[plane]
  for x in 0..<width {
    let kx = axes[x]
    let row = modes + 2 * x * decomposition.rowStride
    for z in 0..<decomposition.modesPerRow {
      let kz = axes[z]
      let wavenumber = Wavenumber(kx.wavenumber, ky.wavenumber, kz.wavenumber)
      let length = Double(wavenumber.squared).squareRoot()
      let shell = Int(length + 0.5) - 1
      guard (0..<width / 2).contains(shell) else { continue }
      let real = Double(row[2 * z])
      let imaginary = Double(row[2 * z + 1])
      let square = real * real + imaginary * imaginary
      let power =
        (square - noise * kx.noise * ky.noise * kz.noise) / (kx.power * ky.power * kz.power)
      let multiplicity = Double(FourierMesh.multiplicity(of: wavenumber, width: width))
      sums[3 * shell] += multiplicity
      sums[3 * shell + 1] += multiplicity * length
      sums[3 * shell + 2] += multiplicity * power
    }
  }
}
