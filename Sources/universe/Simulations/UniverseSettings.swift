internal import DurableFiles
internal import Foundation
package import Halos
package import LinearTheory
package import ParticleMesh

/// The universe that the embedded generator simulates: the same for all realizations.
///
/// The defaults are those of the paper's simulations: 256^3 particles in 50 Mpc/h, WMAP5.
package struct UniverseSettings: Codable, Hashable, Sendable {
  /// The width of the periodic box [Mpc/h].
  package var boxSize = 50.0

  /// The particles along each axis, N.
  package var gridSize = 256

  /// The cosmology.
  package var cosmology = CosmologicalParameters()

  /// A table of the power spectrum at z = 0, such as CAMB writes; without it, Eisenstein and Hu's fit.
  package var spectrum: String?

  /// The meaning of the table's columns.
  var spectrumFormat = PowerSpectrumTable.Format.power

  /// The redshift of the initial particles, which the networks' input is made from.
  package var initialRedshift = 99.0

  /// Whether every mode has the amplitude of the power spectrum, and only its phase is random.
  package var amplitudesAreFixed = false

  /// The particle mesh, and its steps.
  package var mesh = ParticleMeshSettings()

  /// The halo finder.
  package var halos = HaloSettings()

  /// The time between checkpoints of a simulation [minutes].
  package var checkpointMinutes = 10.0

  /// The ranks that share one simulation; without it all do, one simulation after the other.
  package var ranksPerSimulation: Int?

  /// Makes the settings of the paper.
  package init() {}
}

extension UniverseSettings {
  /// The linear power spectrum at z = 0: Eisenstein and Hu's, or that of the table.
  ///
  /// - Throws: `FileError` if there is no such table, `Failure` if it cannot be used.
  package func linearSpectrum() throws -> LinearPowerSpectrum {
    guard let spectrum else { return try LinearPowerSpectrum(cosmology) }
    let data: Data = try DurableFile.read(spectrum)
    return try LinearPowerSpectrum(
      cosmology,
      shape: .table(
        try PowerSpectrumTable(
          text: String(decoding: data, as: UTF8.self), name: spectrum, format: spectrumFormat)))
  }
}
