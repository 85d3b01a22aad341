internal import DurableFiles
internal import Foundation
internal import MPI
internal import ParticleMesh

/// The power spectrum of a simulation at one time on disk, as comma-separated values.
enum PowerSpectrumFile {
  /// Writes the file, which appears when it is complete.
  ///
  /// Collective.
  static func write(
    _ spectrum: PowerSpectrum, redshift: Double, to path: String, on ranks: borrowing Communicator
  ) throws {
    let noise = spectrum.isShotNoiseSubtracted ? "subtracted" : "not subtracted"
    var text = """
      # matter at z = \(redshift); window of the mesh divided out, shot noise \(noise); \
      wavenumber [h/Mpc], power [(Mpc/h)^3]
      wavenumber,power,modes

      """
    for shell in spectrum.wavenumbers.indices {
      text += "\(spectrum.wavenumbers[shell]),\(spectrum.powers[shell]),"
      text += "\(spectrum.modeCounts[shell])\n"
    }
    try ranks.agree {
      if ranks.isRoot { try DurableFile.write(Data(text.utf8), to: path) }
    }
  }
}
