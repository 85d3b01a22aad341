internal import Randomness
internal import Threads

/// Finds the number of components that describes held-out points best.
///
/// Rows are divided into folds, the same for all fits. For every start, mixtures are fitted to all folds but
/// one, and judged by the mean log-likelihood of that one. The start with the best mean counts.
///
/// Fits end early at first, and those from the few best starts go on: "short runs" of Biernacki, Celeux,
/// Govaert 2003, doi:10.1016/S0167-9473(02)00163-9.
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

  /// The points that starts are made of: at most ``mostStartPoints``, evenly spaced among all.
  private let startPoints: Points
  private let settings: MutualInformationSettings
  private let smallestVariance: Double
  private let training: [Points]
  private let validation: [Points]
  private let pointCount: Int

  /// The most points that a start is made of: more of them do not make better ones.
  private static var mostStartPoints: Int { 16_384 }

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
    pointCount = points.count
    startPoints = points.thinned(to: Self.mostStartPoints)
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
      let choice = fits.best
      let gain = (choice?.score ?? -.infinity) - (best?.score ?? -.infinity)
      let improved = gain > settings.improvement
      trials.append(
        trial(
          components, starts, fits.all, choice?.start, score: choice?.score, improved: improved,
          before: before))
      if let choice, improved {
        best = (components, choice.mixture, choice.score)
      } else {
        fruitless += 1
        if fruitless >= settings.patience { break }
      }
      before = (0..<settings.folds).map { fold in
        fits.all.compactMap { $0[fold]?.fit.logLikelihood }.max() ?? before[fold]
      }
    }
    guard let best else { throw .noFit(components: 1, points: pointCount) }
    return Result(
      components: best.components, mixture: best.mixture, trials: trials,
      reachedLimit: best.components == settings.maximumComponents)
  }

  /// The fits of one number of components.
  private struct Fits {
    /// The fits, [start, fold]; those that failed are missing.
    var all: [[FoldFit?]]

    /// The numbers of the starts whose fits went on to their ends.
    var finalists: [Int]

    /// The mean log-likelihood per held-out point of a start; `nil` if one of its fits failed.
    func score(_ start: Int) -> Double? {
      let complete = all[start].compactMap { $0 }
      guard complete.count == all[start].count else { return nil }
      return complete.reduce(0) { $0 + $1.score } / Double(complete.count)
    }

    /// The numbers of the starts without a failed fit, the best first, and the first one of equals.
    var ranking: [Int] {
      all.indices.compactMap { start in score(start).map { (start, $0) } }
        .sorted { ($1.1, $0.0) < ($0.1, $1.0) }.map(\.0)
    }

    /// The best finalist, its fit with the best fold, and its score.
    var best: (start: Int, mixture: Mixture, score: Double)? {
      guard let start = ranking.first(where: finalists.contains), let score = score(start),
        let mixture = all[start].compactMap({ $0 }).max(by: { $0.score < $1.score })?.fit.mixture
      else { return nil }
      return (start, mixture, score)
    }
  }

  /// Makes the fits of one number of components.
  private func fits(from starts: [MixtureStart], _ components: Int) -> Fits {
    let mixtures = WorkerThreads(count: settings.threads).map(starts.count) {
      starts[$0].mixture(of: components, for: startPoints, seed: settings.seed)
    }
    let finalists = min(settings.finalists, starts.count)
    let isScreened = finalists < starts.count
    var fits = Fits(
      all: fits(
        from: mixtures.map { [Mixture?](repeating: $0, count: settings.folds) },
        by: isScreened ? settings.screeningFits : settings.roughFits),
      finalists: Array(starts.indices))
    guard isScreened else { return fits }
    let ranking = fits.ranking
    fits.finalists = []
    // Where no finalist reaches its end, the next ones take their place.
    for first in stride(from: 0, to: ranking.count, by: finalists) where fits.best == nil {
      let chosen = Array(ranking[first..<min(first + finalists, ranking.count)])
      let ends = self.fits(
        from: chosen.map { fits.all[$0].map { $0?.fit.mixture } }, by: settings.roughFits)
      for (start, end) in zip(chosen, ends) { fits.all[start] = end }
      fits.finalists += chosen
    }
    return fits
  }

  /// Fits all folds from a mixture for each, [start, fold].
  private func fits(
    from mixtures: [[Mixture?]], by method: ExpectationMaximization
  ) -> [[FoldFit?]] {
    let folds = settings.folds
    let flat = WorkerThreads(count: settings.threads).map(mixtures.count * folds) { task in
      mixtures[task / folds][task % folds].flatMap { fit(from: $0, fold: task % folds, by: method) }
    }
    return mixtures.indices.map { Array(flat[$0 * folds..<($0 + 1) * folds]) }
  }

  private func fit(
    from start: Mixture, fold: Int, by method: ExpectationMaximization
  ) -> FoldFit? {
    guard let fit = try? method.fit(training[fold], from: start),
      (0..<fit.mixture.componentCount).allSatisfy({
        fit.mixture.smallestVariance(of: $0) > smallestVariance
      }),
      let score = try? fit.mixture.meanLogDensity(of: validation[fold])
    else { return nil }
    return FoldFit(fit: fit, score: score)
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
