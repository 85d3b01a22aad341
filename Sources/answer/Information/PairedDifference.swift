internal import Foundation
internal import Threads

/// The difference between the information of two columns about a third one, in the same rows.
struct PairedDifference: Hashable, Codable, Sendable {
  /// The information of the first column.
  package let first: MutualInformation

  /// The information of the second column.
  package let second: MutualInformation

  /// First minus second in the same drawn rows; draws in which a fit failed are left out and counted [nats].
  package let rowBootstrap: Bootstrap?

  /// First minus second in the same drawn groups, likewise [nats].
  package let groupBootstrap: Bootstrap?

  /// First minus second in all rows [nats].
  package var fullSample: Double { first.fullSample - second.fullSample }

  /// The mean difference over resampled rows; without bootstraps that of all rows [nats].
  package var mean: Double { rowBootstrap?.mean ?? fullSample }

  /// The standard deviation over groups if they were given, or over rows [nats].
  package var standardDeviation: Double? {
    (groupBootstrap ?? rowBootstrap)?.standardDeviation
  }

  /// The interval that holds the share `probability` of the differences, as resampled groups or rows have it.
  package func interval(_ probability: Double = 0.95) -> ClosedRange<Double>? {
    guard let bootstrap = groupBootstrap ?? rowBootstrap else { return nil }
    let tail = 0.5 * (1 - probability)
    return bootstrap.quantile(tail)...bootstrap.quantile(1 - tail)
  }

  /// The mean difference in units of its standard deviation; `nil` if there is no scatter.
  package var significance: Double? {
    guard let standardDeviation, standardDeviation > 0 else { return nil }
    return mean / standardDeviation
  }
}

extension MutualInformationEstimator {
  /// Estimates how much more one column knows of the truth than another, in the same rows.
  ///
  /// Both are fitted to the same resampled rows (and groups), so what the draw does to both cancels.
  ///
  /// - Parameters:
  ///   - first: The first column, such as the predictions of one model, [row].
  ///   - second: The second column, such as those of another model for the same particles, [row].
  ///   - truth: The column that both are compared with, [row].
  ///   - groups: The group of each row, such as its halo, [row].
  /// - Returns: Both estimates, and the difference with its errors.
  /// - Throws: ``InformationError`` for columns that allow no estimate; columns are named as in
  ///   ``estimate(_:_:groups:foldsKeepGroups:)``, the truth first.
  func pairedDifference(
    of first: [Double], and second: [Double], truth: [Double], groups: [Int32]? = nil
  ) throws(InformationError) -> PairedDifference {
    let fits = [try fit(truth, first), try fit(truth, second)]
    let draws = try draws(rows: truth.count, groups)
    let pairs = WorkerThreads(count: settings.threads).map(2 * draws.count) { task in
      fits[task % 2].information(of: draws.multiplicities(task / 2))
    }
    let ofFirst = stride(from: 0, to: pairs.count, by: 2).map { pairs[$0] }
    let ofSecond = stride(from: 1, to: pairs.count, by: 2).map { pairs[$0] }
    let differences = zip(ofFirst, ofSecond).map { first, second -> Double? in
      guard let first, let second else { return nil }
      return first.information - second.information
    }
    return PairedDifference(
      first: try summary(of: fits[0], ofFirst, draws),
      second: try summary(of: fits[1], ofSecond, draws),
      rowBootstrap: try draws.rowBootstrap(of: differences),
      groupBootstrap: try draws.groupBootstrap(of: differences))
  }
}
