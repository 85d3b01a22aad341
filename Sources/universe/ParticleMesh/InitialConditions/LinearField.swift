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

  /// Makes the field of a realisation.
  package init(_ noise: WhiteNoise, spectrum: LinearPowerSpectrum, in box: PeriodicBox) {
    self.noise = noise
    self.spectrum = spectrum
    self.box = box
  }

  /// The density contrast of a rank's modes at z = 0, in linear theory.
  ///
  /// Not collective.
  ///
  /// - Parameters:
  ///   - decomposition: Which modes.
  ///   - threads: Those that share the planes.
  /// - Returns: Coefficients of the Fourier series, which do not depend on the decomposition.
  /// - Throws: ``LinearTheoryError`` if a tabulated spectrum does not reach the mesh's wavenumbers.
  package func modes(
    on decomposition: MeshDecomposition, threads: WorkerThreads = WorkerThreads(count: 1)
  ) throws(LinearTheoryError) -> FourierMesh {
    let amplitudes = try amplitudes(width: decomposition.width)
    let (noise, width) = (noise, decomposition.width)
    var modes = FourierMesh(decomposition)
    modes.updateModes(threads: threads) { wavenumber, _ in
      let amplitude = amplitudes[wavenumber.squared]
      let (real, imaginary) = noise.value(at: wavenumber, width: width)
      return Complex(Float(amplitude * real), Float(amplitude * imaginary))
    }
    return modes
  }

  /// sqrt(P / V) by the square of the wavenumber in units of the fundamental one; 0 for the mean.
  private func amplitudes(width: Int) throws(LinearTheoryError) -> [Double] {
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
