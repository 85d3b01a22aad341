/// The result of the fits with one number of components.
package struct ComponentTrial: Hashable, Codable, Sendable {
  /// The number of components.
  package let components: Int

  /// The mean log-likelihood per held-out point, of the best start; `nil` if no start led to a fit.
  ///
  /// In the units of the standardized columns [nats].
  let logLikelihood: Double?

  /// The best start.
  package let start: MixtureStart?

  /// Whether the likelihood gained enough over that of fewer components.
  let improved: Bool

  /// The number of fits, over starts and folds.
  package let fits: Int

  /// The number of fits that failed because a component shrank to a point or a line.
  package let failed: Int

  /// The number of fits that ended at the iteration limit.
  let unconverged: Int

  /// The number of fits stuck at the saddle where components lie on top of each other, by kind of start.
  ///
  /// A fit is counted if it describes the points that it was made of no better than one with a component less,
  /// to 1e-4 in the mean log-likelihood. Such a fit stops after a few iterations and looks converged.
  let stuck: [MixtureStart.Kind: Int]
}
