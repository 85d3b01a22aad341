package import SubBoxes

/// The settings of prediction: the simulations that a trained model predicts.
///
/// The number of particles predicted for each role is set where they are drawn, in `SamplingSettings`.
package struct PredictionSettings: Codable, Hashable, Sendable {
  /// The roles of the simulations that are predicted.
  package var roles: [SimulationRole] = [.test]

  /// The orientations in which each raw box is shown to the network; the mean of its answers is the prediction, and
  /// their scatter is written beside it.
  ///
  /// It takes as many times as long; averaged boxes look the same in all of them, and are shown once.
  package var symmetries = CubeSymmetries.none

  /// Makes the default settings.
  package init() {}
}
