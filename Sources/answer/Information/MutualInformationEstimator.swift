package import Failures
internal import Threads

/// Estimates mutual information with Gaussian mixtures.
///
/// A mixture is fitted to the rows, with the number of components that describes held-out rows best, and the
/// information between its two coordinates is integrated. Fits to resampled rows give the error:
/// Piras, Peiris, Pontzen, Lucie-Smith, Guo, Nord 2023, doi:10.1088/2632-2153/acc444.
///
///     let estimator = try MutualInformationEstimator(settings: .init())
///     let information = try estimator.estimate(truth, prediction, groups: haloOfParticle)
///     print(information.mean, information.standardDeviation ?? .nan)
///
/// All random numbers are functions of the seed and of what they are for: results are the same bits for any
/// number of threads.
package struct MutualInformationEstimator: Sendable {
  /// The settings of the estimates.
  package let settings: MutualInformationSettings

  /// Makes an estimator.
  ///
  /// - Throws: `SettingOutOfRange`.
  package init(settings: MutualInformationSettings = .init()) throws(SettingOutOfRange) {
    try settings.validate()
    self.settings = settings
  }

  /// Estimates the mutual information of two columns.
  ///
  /// - Parameters:
  ///   - x: The first column, [row], in any unit.
  ///   - y: The second column, [row], in any unit.
  ///   - groups: The group of each row, [row], such as its halo: what the rows of a group share makes the
  ///     scatter between groups larger than that between rows. It adds the bootstrap over groups.
  ///   - foldsKeepGroups: Whether a group is in one fold of the cross-validation as a whole. Where the rows of a
  ///     group are nearly equal in both columns, a component for each group would else describe held-out rows best.
  /// - Returns: The information with its errors, the mixture, and the warnings to know before it is used.
  /// - Throws: ``InformationError`` for columns that allow no estimate.
  package func estimate(
    _ x: [Double], _ y: [Double], groups: [Int32]? = nil, foldsKeepGroups: Bool = false
  ) throws(InformationError) -> MutualInformation {
    let columns = try Columns(x, y)
    let draws = try draws(rows: x.count, groups)
    let fit = try SampleFit(
      columns, settings, keeping: foldsKeepGroups && groups != nil ? draws.groupOfRow : nil)
    let drawn = WorkerThreads(count: settings.threads).map(draws.count) {
      fit.information(of: draws.multiplicities($0))
    }
    return try summary(of: fit, drawn, draws)
  }

  /// Finds the number of components and fits all rows.
  func fit(_ x: [Double], _ y: [Double]) throws(InformationError) -> SampleFit {
    try SampleFit(Columns(x, y), settings)
  }

  /// The draws of rows and of groups.
  func draws(rows: Int, _ groups: [Int32]?) throws(InformationError) -> Draws {
    try Draws(rows: rows, groups: groups, settings)
  }

  /// Puts an estimate together.
  func summary(
    of fit: SampleFit, _ drawn: [SampleFit.Drawn?], _ draws: Draws
  ) throws(InformationError) -> MutualInformation {
    let values = drawn.map { $0?.information }
    let failed = values.count { $0 == nil }
    let reduced = drawn.count { $0?.lostComponents ?? 0 > 0 }
    var warnings = fit.warnings
    if reduced > 0 { warnings.append(.reducedBootstraps(reduced: reduced, of: values.count)) }
    if failed > 0 { warnings.append(.failedBootstraps(failed: failed, of: values.count)) }
    if let groups = draws.groups, groups < 10 { warnings.append(.fewGroups(groups)) }
    return MutualInformation(
      points: fit.fit.points.count, groups: draws.groups, fullSample: fit.integral.value,
      integralError: fit.integral.error, rowBootstrap: try draws.rowBootstrap(of: values),
      groupBootstrap: try draws.groupBootstrap(of: values),
      mixture: fit.columns.inOwnUnits(fit.fit.full.mixture),
      gaussianValue: fit.columns.gaussianValue,
      trials: fit.fit.search.trials, failedBootstraps: failed, reducedBootstraps: reduced,
      warnings: warnings)
  }
}

/// The draws with replacement of an estimate: of rows, and then of groups if there are any.
struct Draws: Sendable {
  /// The number of groups, if groups were given.
  let groups: Int?

  /// The number of each row's group from 0, [row]; empty without groups.
  let groupOfRow: [Int]

  private let rows: Int
  private let bootstraps: Int
  private let resampling: Resampling

  init(
    rows: Int, groups: [Int32]?, _ settings: MutualInformationSettings
  ) throws(InformationError) {
    self.rows = rows
    bootstraps = settings.bootstraps
    resampling = Resampling(seed: settings.seed)
    guard let groups else {
      self.groups = nil
      groupOfRow = []
      return
    }
    guard groups.count == rows else {
      throw .unequalLengths(what: "the column of groups", count: groups.count, expected: rows)
    }
    let (groupOfRow, count) = Resampling.numbered(groups)
    guard count > 1 else { throw .oneGroup }
    self.groupOfRow = groupOfRow
    self.groups = count
  }

  /// The number of draws.
  var count: Int { groups == nil ? bootstraps : 2 * bootstraps }

  /// Returns the number of times that each row is in a draw, [row].
  func multiplicities(_ draw: Int) -> [UInt32] {
    guard let groups, draw >= bootstraps else { return resampling.rows(rows, draw: draw) }
    return resampling.groups(groupOfRow, of: groups, draw: draw - bootstraps)
  }

  /// The values of the draws of rows.
  func rowBootstrap(of values: [Double?]) throws(InformationError) -> Bootstrap? {
    try bootstrap(values.prefix(bootstraps))
  }

  /// The values of the draws of groups.
  func groupBootstrap(of values: [Double?]) throws(InformationError) -> Bootstrap? {
    groups == nil ? nil : try bootstrap(values.dropFirst(bootstraps))
  }

  private func bootstrap(_ values: ArraySlice<Double?>) throws(InformationError) -> Bootstrap? {
    guard !values.isEmpty else { return nil }
    guard let bootstrap = Bootstrap(draws: Array(values)) else {
      throw .noBootstrap(failed: values.count { $0 == nil }, of: values.count)
    }
    return bootstrap
  }
}
