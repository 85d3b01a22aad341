package import LinearTheory

/// One of the masses that a field was smoothed on, and how it lies to the barriers.
///
/// The field is Gaussian, so the share of it above a barrier is known: erfc(barrier / (sqrt(2) deviation)) / 2.
package struct CollapseScale: Codable, Hashable, Sendable {
  /// The mass [Msun].
  package var mass: Double

  /// The radius of the sphere of mean density with this mass [Mpc/h].
  package var radius: Double

  /// The rms contrast in such spheres by the power spectrum, at the time of the field.
  package var sigma: Double

  /// The rms contrast of the smoothed field about its mean.
  package var deviation: Double

  /// The barriers, by the model.
  var thresholds: [Threshold]

  /// A barrier and the share of the field that is above it.
  struct Threshold: Codable, Hashable, Sendable {
    /// The model.
    package var model: CollapseBarrier

    /// The contrast to be exceeded, at the time of the field.
    package var contrast: Double

    /// The share of the grid's sites that exceed it.
    var shareAbove: Double
  }
}

/// The masses of particles' halos as a collapse model predicts them from the linear density field.
package struct CollapsePrediction: Hashable, Sendable {
  /// The model.
  package let model: CollapseBarrier

  /// log10 of the mass of each particle's halo [Msun]; `nil` where no smoothed contrast exceeds the barrier.
  package let logMasses: [Double?]

  /// Makes a prediction.
  package init(model: CollapseBarrier, logMasses: [Double?]) {
    self.model = model
    self.logMasses = logMasses
  }
}
