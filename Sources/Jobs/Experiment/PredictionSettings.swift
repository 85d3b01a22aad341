/// What is predicted with a trained model.
public struct PredictionSettings: Codable, Hashable, Sendable {
  /// The roles of the simulations that are predicted.
  public var roles: [SimulationRole] = [.test]

  /// The number of halo particles that are predicted in all, drawn uniformly from the union of the
  /// simulations, or `nil` for every halo particle.
  public var samples: Int? = 100_000

  /// Makes the default settings.
  public init() {}
}
