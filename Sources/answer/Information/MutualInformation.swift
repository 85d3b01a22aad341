/// The mutual information of two columns, as estimated with a Gaussian mixture.
package struct MutualInformation: Hashable, Codable, Sendable {
  /// The number of rows.
  package let points: Int

  /// The number of groups of rows, if groups were given.
  package let groups: Int?

  /// The mutual information of the mixture fitted to all rows [nats].
  package let fullSample: Double

  /// The estimated error of the integral over that mixture [nats].
  package let integralError: Double

  /// The mutual information of mixtures fitted to rows drawn with replacement [nats].
  package let rowBootstrap: Bootstrap?

  /// The same with whole groups drawn with replacement, which counts what their rows share [nats].
  package let groupBootstrap: Bootstrap?

  /// The mixture fitted to all rows, in the units of the columns.
  package let mixture: GaussianMixture

  /// -1/2 ln(1 - r^2) with the correlation r: the information if the columns were one Gaussian [nats].
  package let gaussianValue: Double

  /// The results of the fits with each number of components that was tried.
  package let trials: [ComponentTrial]

  /// The number of fits to resampled rows or groups that failed and are not among the values.
  package let failedBootstraps: Int

  /// The number of fits to resampled rows or groups that went on without a component that had shrunk.
  ///
  /// Their values are among the others.
  package let reducedBootstraps: Int

  /// The warnings to know before the value is used.
  package let warnings: [Warning]

  /// The number of components.
  package var components: Int { mixture.components.count }

  /// The mean over resampled rows, as gmm-mi quotes it; without bootstraps that of all rows [nats].
  package var mean: Double { rowBootstrap?.mean ?? fullSample }

  /// The standard deviation over resampled rows [nats].
  package var standardDeviation: Double? { rowBootstrap?.standardDeviation }

  /// The standard deviation over resampled groups [nats].
  package var groupStandardDeviation: Double? { groupBootstrap?.standardDeviation }

  /// A reason to look at an estimate again.
  package enum Warning: Hashable, Codable, Sendable {
    /// One Gaussian was found best, so the value is that of the correlation alone.
    ///
    /// This is right for a Gaussian; it is also what is left if all other fits stayed at the saddle.
    case singleGaussian(stuckFits: Int, fits: Int)

    /// The most components allowed were still better than fewer.
    case reachedMaximumComponents(Int)

    /// The fit to all rows ended at the iteration limit.
    case notConverged(iterations: Int)

    /// Some fits to resampled rows or groups failed.
    case failedBootstraps(failed: Int, of: Int)

    /// In some fits to resampled rows or groups a component shrank, and was left out.
    case reducedBootstraps(reduced: Int, of: Int)

    /// In the fit to all rows components shrank, and were left out.
    case reducedFit(lost: Int)

    /// There are few rows, and the estimate may be far too large.
    case fewPoints(Int)

    /// There are few groups, and their scatter is badly known.
    case fewGroups(Int)

    /// Values of a column are often repeated; a mixture can shrink onto them.
    case repeatedValues(column: String, distinct: Int, rows: Int)

    /// The integral is known less well than 1e-4.
    case uncertainIntegral(Double)
  }
}

extension MutualInformation.Warning: CustomStringConvertible {
  /// One sentence.
  package var description: String {
    switch self {
    case .singleGaussian(let stuck, let fits):
      "one Gaussian was found best: the value is that of the correlation alone"
        + (stuck > 0 ? " (\(stuck) of \(fits) fits of more stayed at the saddle)" : "")
    case .reachedMaximumComponents(let components):
      "the likelihood was still growing at \(components) components, the most allowed"
    case .notConverged(let iterations):
      "the fit to all rows had not converged after \(iterations) iterations"
    case .failedBootstraps(let failed, let count):
      "\(failed) of \(count) fits to resampled rows failed and were left out"
    case .reducedBootstraps(let reduced, let count):
      "in \(reduced) of \(count) fits to resampled rows a component shrank onto a few rows, or had none, "
        + "and was left out"
    case .reducedFit(let lost):
      "in the fit to all rows \(lost) component\(lost == 1 ? "" : "s") shrank onto a few rows, and "
        + "\(lost == 1 ? "was" : "were") left out"
    case .fewPoints(let count): "\(count) rows are few: the value may be far too large"
    case .fewGroups(let count): "\(count) groups are few: their scatter is badly known"
    case .repeatedValues(let column, let distinct, let rows):
      "the \(column) column has only \(distinct) different values in \(rows) rows: spread them by a "
        + "small noise first"
    case .uncertainIntegral(let error):
      "a component is so thin that the integral is known to \(error) only"
    }
  }
}
