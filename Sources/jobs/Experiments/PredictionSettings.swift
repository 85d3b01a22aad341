/// What is predicted with a trained model.
///
/// How many particles of a role are predicted is said where they are drawn, in the sampling.
package struct PredictionSettings: Codable, Hashable, Sendable {
  /// The roles of the simulations that are predicted.
  package var roles: [SimulationRole] = [.test]

  /// Makes the default settings.
  package init() {}
}
