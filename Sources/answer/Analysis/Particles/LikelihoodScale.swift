internal import Networks

/// The likelihood of a trained network, and how its answers become masses.
struct LikelihoodScale: Hashable, Sendable {
  /// The likelihood with the values of its parameters.
  package var values: LikelihoodValues

  /// The mass of the scaled label -1 [log10 Msun].
  package var minimum: Double

  /// The mass of the scaled label 1 [log10 Msun].
  package var maximum: Double

  /// The scaled label of a mass [log10 Msun].
  package func scaled(_ logMass: Double) -> Double {
    2 * (logMass - minimum) / (maximum - minimum) - 1
  }

  /// The mass of a scaled label [log10 Msun].
  package func logMass(_ scaled: Double) -> Double {
    minimum + (scaled + 1) / 2 * (maximum - minimum)
  }
}
