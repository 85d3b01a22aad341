/// The settings of prediction: the simulations that a trained model predicts.
///
/// The number of particles predicted for each role is set where they are drawn, in `SamplingSettings`.
package struct PredictionSettings: Codable, Hashable, Sendable {
  /// The roles of the simulations that are predicted.
  package var roles: [SimulationRole] = [.test]

  /// Makes the default settings.
  package init() {}
}
