internal import Randomness
internal import Threads

/// Finds the number of components that describes held-out points best.
///
/// Rows are divided into folds, the same for all fits. For every start, mixtures are fitted to all folds but
/// one, and judged by the mean log-likelihood of that one. The start with the best mean counts.
struct ComponentSearch<Points: MixturePoints>: Sendable {
  typealias Mixture = Points.Mixture

  /// The result of a search.
  struct Result: Sendable {
    /// The number of components.
    let components: Int

    /// The fit that described its held-out fold best, from which further fits start.
    let mixture: Mixture

    /// The results of the fits with each number of components that was tried.
    let trials: [ComponentTrial]

    /// Whether the search ended because no more components were allowed.
    let reachedLimit: Bool
  }

  /// A fit to all folds but one.
  private struct FoldFit: Sendable {
    let fit: ExpectationMaximization.Fit<Mixture>
    let score: Double
  }

  private let points: Points
  private let settings: MutualInformationSettings
  private let smallestVariance: Double
  private let training: [Points]
  private let validation: [Points]

  /// Prepares the folds.
  ///
  /// - Parameters:
  ///   - points: The points.
  ///   - settings: The settings.
  ///   - smallestVariance: Fits with a component that is narrower in some direction are discarded.
  ///   - groupOfRow: The number of each row's group from 0, [row], if groups are to stay whole in the folds.
  init(
    _ points: Points, _ settings: MutualInformationSettings, smallestVariance: Double,
    keeping groupOfRow: [Int]? = nil
  ) {
    self.points = points
    self.settings = settings
    self.smallestVariance = smallestVariance
    let foldOfRow =
      groupOfRow.map { Self.folds(keeping: $0, settings) }
      ?? Self.folds(of: points.count, settings)
    training = (0..<settings.folds).map { fold in points.filtered { foldOfRow[$0] != fold } }
    validation = (0..<settings.folds).map { fold in points.filtered { foldOfRow[$0] == fold } }
  }

  /// Divides rows into equal folds at random.
  private static func folds(of rows: Int, _ settings: MutualInformationSettings) -> [Int] {
    var foldOfRow = [Int](repeating: 0, count: rows)
    let order = RandomPermutation(count: rows, seed: settings.seed, for: .crossValidationFolds)
    for (place, row) in order.enumerated() {
      foldOfRow[row] = place * settings.folds / rows
    }
    return foldOfRow
  }

  /// Divides groups into folds, one after another in random order into the fold with the fewest rows.
  private static func folds(
    keeping groupOfRow: [Int], _ settings: MutualInformationSettings
  ) -> [Int] {
    let groups = (groupOfRow.max() ?? 0) + 1
    guard groups >= settings.folds else { return folds(of: groupOfRow.count, settings) }
    var sizes = [Int](repeating: 0, count: groups)
    for group in groupOfRow { sizes[group] += 1 }
    var foldOfGroup = [Int](repeating: 0, count: groups)
    var rows = [Int](repeating: 0, count: settings.folds)
    let order = RandomPermutation(count: groups, seed: settings.seed, for: .crossValidationFolds)
    for group in order {
      let fold = rows.indices.min { rows[$0] < rows[$1] } ?? 0
      foldOfGroup[group] = fold
      rows[fold] += sizes[group]
    }
    return groupOfRow.map { foldOfGroup[$0] }
  }

  /// Searches with more and more components until the likelihood gains no more.
  func run() throws(InformationError) -> Result {
    var trials: [ComponentTrial] = []
    var best: (components: Int, mixture: Mixture, score: Double)?
    var before = [Double?](repeating: nil, count: settings.folds)
    var fruitless = 0
    for components in 1...settings.maximumComponents {
      let starts = settings.starts(for: components)
      let fits = fits(from: starts, components)
      let choice = choose(fits)
      let gain = (choice?.score ?? -.infinity) - (best?.score ?? -.infinity)
      let improved = gain > settings.improvement
      trials.append(
        trial(
          components, starts, fits, choice?.start, score: choice?.score, improved: improved,
          before: before))
      if let choice, improved {
        best = (components, choice.mixture, choice.score)
      } else {
        fruitless += 1
        if fruitless >= settings.patience { break }
      }
      before = (0..<settings.folds).map { fold in
        fits.compactMap { $0[fold]?.fit.logLikelihood }.max() ?? before[fold]
      }
    }
    guard let best else { throw .noFit(components: 1, points: points.count) }
    return Result(
      components: best.components, mixture: best.mixture, trials: trials,
      reachedLimit: best.components == settings.maximumComponents)
  }

  /// The fits of one number of components, [start, fold]; those that failed are missing.
  private func fits(from starts: [MixtureStart], _ components: Int) -> [[FoldFit?]] {
    let mixtures = WorkerThreads(count: settings.threads).map(starts.count) {
      starts[$0].mixture(of: components, for: points, seed: settings.seed)
    }
    let folds = settings.folds
    let flat = WorkerThreads(count: settings.threads).map(starts.count * folds) { task in
      fit(from: mixtures[task / folds], fold: task % folds)
    }
    return starts.indices.map { Array(flat[$0 * folds..<($0 + 1) * folds]) }
  }

  private func fit(from start: Mixture, fold: Int) -> FoldFit? {
    guard let fit = try? settings.roughFits.fit(training[fold], from: start),
      (0..<fit.mixture.componentCount).allSatisfy({
        fit.mixture.smallestVariance(of: $0) > smallestVariance
      }),
      let score = try? fit.mixture.meanLogDensity(of: validation[fold])
    else { return nil }
    return FoldFit(fit: fit, score: score)
  }

  /// The best start, and its fit with the best fold; the first one of equals.
  private func choose(
    _ fits: [[FoldFit?]]
  ) -> (start: Int, mixture: Mixture, score: Double)? {
    var best: (start: Int, mixture: Mixture, score: Double)?
    for (start, folds) in fits.enumerated() {
      let complete = folds.compactMap { $0 }
      guard complete.count == folds.count, var fold = complete.first else { continue }
      for other in complete where other.score > fold.score { fold = other }
      let score = complete.reduce(0) { $0 + $1.score } / Double(complete.count)
      if score > best?.score ?? -.infinity { best = (start, fold.fit.mixture, score) }
    }
    return best
  }

  private func trial(
    _ components: Int, _ starts: [MixtureStart], _ fits: [[FoldFit?]], _ chosen: Int?,
    score: Double?, improved: Bool, before: [Double?]
  ) -> ComponentTrial {
    var stuck: [MixtureStart.Kind: Int] = [:]
    for (start, folds) in zip(starts, fits) {
      for (fold, before) in zip(folds, before) {
        guard let fold, let before, fold.fit.logLikelihood < before + 1e-4 else { continue }
        stuck[start.kind, default: 0] += 1
      }
    }
    let all = fits.flatMap { $0 }
    return ComponentTrial(
      components: components, logLikelihood: score, start: chosen.map { starts[$0] },
      improved: improved, fits: all.count, failed: all.count { $0 == nil },
      unconverged: all.count { $0?.fit.converged == false }, stuck: stuck)
  }
}
