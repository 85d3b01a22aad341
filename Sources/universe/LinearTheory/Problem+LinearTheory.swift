internal import Failures

/// The reasons why linear theory cannot be computed.
extension Problem {
  /// A cosmological parameter is not finite or outside what any universe like ours has.
  static let absurdParameter = Problem("absurdParameter")
  /// The densities do not add up to a flat universe.
  static let notFlat = Problem("notFlat")
  /// The text of a table cannot be read as a power spectrum.
  static let invalidTable = Problem("invalidTable")
  /// A table does not reach the wavenumbers that are needed.
  static let notCovered = Problem("notCovered")
}
