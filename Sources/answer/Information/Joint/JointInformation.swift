internal import Threads

/// The information of two columns about a third one, alone, together, and one beyond the other.
///
/// All values are of one mixture of three coordinates, fitted to the same drawn rows and groups, so that
/// joint = first + secondGivenFirst = second + firstGivenSecond in every draw.
package struct JointInformation: Hashable, Codable, Sendable {
  /// One of the values, with what drawn rows and groups gave.
  package struct Part: Hashable, Codable, Sendable {
    /// The value of the mixture fitted to all rows [nats].
    package let fullSample: Double

    /// The values of mixtures fitted to rows drawn with replacement [nats].
    package let rowBootstrap: Bootstrap?

    /// The same with whole groups drawn with replacement [nats].
    package let groupBootstrap: Bootstrap?

    /// The mean over resampled rows; without bootstraps the value of all rows [nats].
    package var mean: Double { rowBootstrap?.mean ?? fullSample }

    /// The standard deviation over resampled rows [nats].
    package var standardDeviation: Double? { rowBootstrap?.standardDeviation }

    /// The standard deviation over resampled groups [nats].
    package var groupStandardDeviation: Double? { groupBootstrap?.standardDeviation }
  }

  /// The number of rows.
  package let points: Int

  /// The number of groups of rows, if groups were given.
  package let groups: Int?

  /// I(target; first, second).
  package let joint: Part

  /// I(target; first).
  package let first: Part

  /// I(target; second).
  package let second: Part

  /// I(target; first | second): what the first column adds to the second.
  package let firstGivenSecond: Part

  /// I(target; second | first): what the second column adds to the first.
  package let secondGivenFirst: Part

  /// The values if the columns were one Gaussian: joint, first and second [nats].
  package let gaussianValues: [Double]

  /// The estimated error of the integrals over the mixture of all rows [nats].
  package let integralError: Double

  /// The mixture fitted to all rows, in the units of the columns: target, first, second.
  package let mixture: SpatialMixture

  /// The results of the fits with each number of components that was tried.
  package let trials: [ComponentTrial]

  /// The number of fits to resampled rows or groups that failed and are not among the values.
  package let failedBootstraps: Int

  /// The number of fits to resampled rows or groups that went on without a component that had shrunk.
  package let reducedBootstraps: Int

  /// The warnings to know before the values are used.
  package let warnings: [MutualInformation.Warning]

  /// The number of components.
  package var components: Int { mixture.components.count }
}

extension MutualInformationEstimator {
  /// Estimates the information of two columns about a third, together and one beyond the other.
  ///
  /// The mixture is found as in ``estimate(_:_:groups:foldsKeepGroups:)``, in three dimensions; its integrals are
  /// always by quadrature.
  ///
  /// - Parameters:
  ///   - target: The column that the others carry information about, [row], such as true masses.
  ///   - first: The first of them, such as the predictions of one model, [row].
  ///   - second: The second, such as those of another model for the same particles, [row].
  ///   - groups: The group of each row, such as its halo, [row].
  /// - Returns: Joint and conditional information with errors.
  /// - Throws: ``InformationError`` for columns that allow no estimate.
  package func joint(
    target: [Double], first: [Double], second: [Double], groups: [Int32]? = nil
  ) throws(InformationError) -> JointInformation {
    let columns = try JointColumns(target, first, second)
    let draws = try draws(rows: target.count, groups)
    let fit = try MixtureFit(
      columns.points, settings, spread: columns.correlation.smallestVariance)
    let full = try fit.full.mixture.information()
    let drawn = WorkerThreads(count: settings.threads).map(draws.count) { draw -> JointDraw? in
      guard let (mixture, lost) = fit.refitted(to: draws.multiplicities(draw)),
        let information = try? mixture.information()
      else { return nil }
      return JointDraw(information: information, lostComponents: lost)
    }
    let failed = drawn.count { $0 == nil }
    let reduced = drawn.count { $0?.lostComponents ?? 0 > 0 }
    var warnings = columns.repeated + fit.warnings
    if full.error > 1e-3 { warnings.append(.uncertainIntegral(full.error)) }
    if reduced > 0 { warnings.append(.reducedBootstraps(reduced: reduced, of: drawn.count)) }
    if failed > 0 { warnings.append(.failedBootstraps(failed: failed, of: drawn.count)) }
    if let groups = draws.groups, groups < 10 { warnings.append(.fewGroups(groups)) }
    func part(
      _ value: KeyPath<SpatialMixture.Information, Double>
    ) throws(InformationError) -> JointInformation.Part {
      let values = drawn.map { $0?.information[keyPath: value] }
      return JointInformation.Part(
        fullSample: full[keyPath: value], rowBootstrap: try draws.rowBootstrap(of: values),
        groupBootstrap: try draws.groupBootstrap(of: values))
    }
    let gaussian = columns.gaussian
    return JointInformation(
      points: target.count, groups: draws.groups, joint: try part(\.joint),
      first: try part(\.first), second: try part(\.second),
      firstGivenSecond: try part(\.firstGivenSecond),
      secondGivenFirst: try part(\.secondGivenFirst),
      gaussianValues: [gaussian.joint, gaussian.first, gaussian.second],
      integralError: full.error, mixture: columns.inOwnUnits(fit.full.mixture),
      trials: fit.search.trials, failedBootstraps: failed, reducedBootstraps: reduced,
      warnings: warnings)
  }
}

/// The result of a mixture fitted to drawn rows.
private struct JointDraw: Sendable {
  let information: SpatialMixture.Information
  let lostComponents: Int
}
