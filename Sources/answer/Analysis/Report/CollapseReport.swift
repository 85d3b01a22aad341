package import LinearTheory

/// A collapse model, and the networks on the particles that it has a prediction for.
package struct CollapseReport: Codable, Hashable, Sendable {
  /// The model.
  package var model: CollapseBarrier

  /// The field that was smoothed, in words.
  package var field: String

  /// The number of compared particles that it has a prediction for.
  package var count: Int

  /// The share of them that never crosses the barrier, and so has none.
  var shareWithout: Outcome<Double>

  /// The residuals of the model.
  var statistics: ResidualStatistics

  /// The information of the model about the true mass.
  package var information: Outcome<InformationSummary>

  /// The reference seeds of the variants on the same particles.
  package var networks: [NetworkOnSubset]

  /// Predicted against true mass, with contours (figure 10).
  package var map: Outcome<DensityMap>

  /// The median prediction and its 68 % interval in bins of the true mass [log10 Msun].
  package var predictions: RunningInterval

  /// The shares of each simulation's field above the barrier.
  package var fields: [FieldCrossing]

  /// A variant on the particles of the model.
  package struct NetworkOnSubset: Codable, Hashable, Sendable {
    /// The name of the variant.
    package var variant: String

    /// The residuals.
    var statistics: ResidualStatistics

    /// The information about the true mass.
    package var information: Outcome<InformationSummary>

    /// The information of the network minus that of the collapse model.
    package var difference: Outcome<InformationDifference>

    /// Predicted against true mass, with contours (figure 10).
    package var map: Outcome<DensityMap>
  }

  /// The smoothed field of a simulation and the barrier.
  package struct FieldCrossing: Codable, Hashable, Sendable {
    /// The simulation.
    package var simulation: String

    /// The masses.
    package var scales: [Scale]
  }

  /// One mass that a field was smoothed on.
  package struct Scale: Codable, Hashable, Sendable {
    /// The mass [Msun].
    package var mass: Double

    /// The radius of the top hat [Mpc/h].
    package var radius: Double

    /// The rms contrast by the power spectrum, at the time of the field.
    package var sigma: Double

    /// The rms contrast of the smoothed field.
    package var deviation: Double

    /// The barrier, at the time of the field.
    package var contrast: Double

    /// The share of the grid's sites above the barrier.
    var shareAbove: Double

    /// The share of a Gaussian field with that rms: erfc(contrast / (sqrt(2) deviation)) / 2.
    var gaussianShare: Double
  }
}
