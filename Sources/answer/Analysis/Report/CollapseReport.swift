public import LinearTheory

/// A collapse model, and the networks on the particles that it has a prediction for.
public struct CollapseReport: Codable, Hashable, Sendable {
  /// The model.
  public var model: CollapseBarrier

  /// The field that was smoothed, in words.
  public var field: String

  /// How many of the compared particles it has a prediction for.
  public var count: Int

  /// The share of them that never crosses the barrier, and so has none.
  public var shareWithout: Outcome<Double>

  /// The residuals of the model.
  public var statistics: ResidualStatistics

  /// The information of the model about the true mass.
  public var information: Outcome<InformationSummary>

  /// The reference seeds of the variants on the same particles.
  public var networks: [NetworkOnSubset]

  /// Predicted against true mass, with contours (figure 10).
  public var map: Outcome<DensityMap>

  /// The median prediction and its 68 % interval in bins of the true mass [log10 Msun].
  public var predictions: RunningInterval

  /// The shares of each simulation's field above the barrier.
  public var fields: [FieldCrossing]

  /// A variant on the particles of the model.
  public struct NetworkOnSubset: Codable, Hashable, Sendable {
    /// The name of the variant.
    public var variant: String

    /// The residuals.
    public var statistics: ResidualStatistics

    /// The information about the true mass.
    public var information: Outcome<InformationSummary>

    /// How much more the network says than the collapse model.
    public var difference: Outcome<InformationDifference>

    /// Predicted against true mass, with contours (figure 10).
    public var map: Outcome<DensityMap>
  }

  /// The smoothed field of a simulation and the barrier.
  public struct FieldCrossing: Codable, Hashable, Sendable {
    /// The simulation.
    public var simulation: String

    /// The masses.
    public var scales: [Scale]
  }

  /// One mass that a field was smoothed on.
  public struct Scale: Codable, Hashable, Sendable {
    /// The mass [Msun].
    public var mass: Double

    /// The radius of the top hat [Mpc/h].
    public var radius: Double

    /// The rms contrast by the power spectrum, at the time of the field.
    public var sigma: Double

    /// The rms contrast of the smoothed field.
    public var deviation: Double

    /// The barrier, at the time of the field.
    public var contrast: Double

    /// The share of the grid's sites above the barrier.
    public var shareAbove: Double

    /// The share of a Gaussian field with that rms: erfc(contrast / (sqrt(2) deviation)) / 2.
    public var gaussianShare: Double
  }
}
