package import Failures
package import FourierTransforms
package import LinearTheory
package import Particles
package import Threads

/// A random linear density field in a periodic box, at z = 0.
///
/// The coefficient of a mode is a number of ``WhiteNoise`` times sqrt(P(k) / V), V the volume of the box:
/// the mean square of the contrast is the sum of P(k) / V over all modes of the mesh. The mean is 0.
package struct LinearField: Sendable {
  /// The random numbers.
  package let noise: WhiteNoise

  /// The spectrum at z = 0.
  package let spectrum: LinearPowerSpectrum

  /// The box.
  package let box: PeriodicBox

  /// The modes that have other random numbers; none without.
  package let reseeding: Reseeding?

  /// Makes the field of a realization, or of a twin that shares its modes up to a wavenumber.
  package init(
    _ noise: WhiteNoise, spectrum: LinearPowerSpectrum, in box: PeriodicBox,
    reseeding: Reseeding? = nil
  ) {
    self.noise = noise
    self.spectrum = spectrum
    self.box = box
    self.reseeding = reseeding
  }

  /// The density contrast of a rank's modes at z = 0, in linear theory.
  ///
  /// Not collective.
  ///
  /// - Parameters:
  ///   - decomposition: The decomposition of the mesh, with the planes of the rank's modes.
  ///   - threads: Those that share the planes.
  /// - Returns: Coefficients of the Fourier series, which do not depend on the decomposition.
  /// - Throws: `Failure` if a tabulated spectrum does not reach the mesh's wavenumbers.
  package func modes(
    on decomposition: MeshDecomposition, threads: WorkerThreads = WorkerThreads(count: 1)
  ) throws(Failure) -> FourierMesh {
    let amplitudes = try amplitudes(width: decomposition.width)
    let (noise, width) = (noise, decomposition.width)
    let (other, firstReseeded) = reseeded
    var modes = FourierMesh(decomposition)
    modes.updateModes(threads: threads) { wavenumber, _ in
      let amplitude = amplitudes[wavenumber.squared]
      let own = wavenumber.squared < firstReseeded ? noise : other
      let (real, imaginary) = own.value(at: wavenumber, width: width)
      return Complex(Float(amplitude * real), Float(amplitude * imaginary))
    }
    return modes
  }

  /// The random numbers of reseeded modes, and the smallest square of their wavenumbers in units of the
  /// fundamental one.
  private var reseeded: (noise: WhiteNoise, from: Int) {
    guard let reseeding else { return (noise, .max) }
    var settings = noise.settings
    settings.seed = reseeding.seed
    let ratio = reseeding.above * box.width / (2 * .pi)
    return (WhiteNoise(settings), Int(min(ratio * ratio, 1e15)) + 1)
  }

  /// sqrt(P / V) by the square of the wavenumber in units of the fundamental one; 0 for the mean.
  private func amplitudes(width: Int) throws(Failure) -> [Double] {
    let highest = width / 2
    let fundamental = 2 * Double.pi / box.width
    let volume = box.width * box.width * box.width
    var amplitudes = [0.0]
    for squared in 1...(3 * highest * highest) {
      let power = try spectrum.value(at: fundamental * Double(squared).squareRoot())
      amplitudes.append((power / volume).squareRoot())
    }
    return amplitudes
  }
}

/// Other random numbers for the modes above a wavenumber: what makes a twin of a realization.
///
/// A twin has the modes of the original up to the wavenumber bit for bit, and independent ones above.
package struct Reseeding: Codable, Hashable, Sendable {
  /// The seed of the other random numbers.
  package var seed: UInt64

  /// The wavenumber up to which, inclusive, the modes are those of the original [h/Mpc].
  package var above: Double

  /// Makes other numbers for the modes above a wavenumber [h/Mpc], which is finite and not negative.
  package init(seed: UInt64, above: Double) {
    precondition(above >= 0 && above.isFinite, "\(above) h/Mpc is no wavenumber")
    self.seed = seed
    self.above = above
  }
}
