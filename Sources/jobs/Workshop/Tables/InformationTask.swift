package import Information

/// Estimates the mutual information of two columns of a table.
package struct InformationTask: Sendable {
  /// The estimators that can be used.
  package enum Estimators: String, CaseIterable, Sendable {
    /// Gaussian mixtures.
    case gmm
    /// Nearest neighbours (Kraskov, Stögbauer, Grassberger).
    case ksg
    /// Both, beside each other.
    case both
  }

  /// The path of the table.
  package let file: String

  /// The names of the two columns.
  package let columns: (first: String, second: String)

  /// The name of a third column: the information of the second about the first beyond it is estimated, too.
  package var given: String?

  /// The name of the column that says which rows belong together.
  package var groups: String?

  /// The ranges of columns that end abruptly, by name.
  package var edges: [String: ClosedRange<Double>] = [:]

  /// The estimators that are used.
  package var estimators = Estimators.both

  /// The settings of the fits of mixtures; the seed and the threads are those of both estimators.
  package var settings = MutualInformationSettings()

  /// Makes a task with the default settings.
  package init(file: String, columns: (first: String, second: String)) {
    self.file = file
    self.columns = columns
  }

  /// Reads the table and estimates.
  ///
  /// - Throws: ``TableError`` for the file, `InformationError` for its numbers.
  package func run() throws -> InformationReport {
    let mixtureEstimator = try MutualInformationEstimator(settings: settings)
    let neighbourEstimator = try NearestNeighbourEstimator(
      seed: settings.seed, threads: settings.threads)
    let names = [columns.first, columns.second] + (given.map { [$0] } ?? [])
    let table = try ColumnTable(contentsOf: file, columns: names, labels: groups)
    let unused = edges.keys.filter { !names.contains($0) }
    if let name = unused.min() {
      throw TableError(file, .noColumn(name, known: names))
    }
    let x = try withoutEdges(table.numbers[0], columns.first)
    let y = try withoutEdges(table.numbers[1], columns.second)
    let joint = try given.map { given in
      let z = try withoutEdges(table.numbers[2], given)
      return InformationReport.Joint(
        given: given,
        mixtures: estimators == .ksg
          ? nil : try mixtureEstimator.joint(target: x, first: y, second: z, groups: table.labels),
        nearestNeighbours: estimators == .gmm
          ? nil : try neighbourEstimator.joint(target: x, first: y, second: z))
    }
    return InformationReport(
      file: file, columns: [columns.first, columns.second], rows: x.count, seed: settings.seed,
      mixtures: estimators == .ksg
        ? nil : .init(try mixtureEstimator.estimate(x, y, groups: table.labels)),
      nearestNeighbours: estimators == .gmm ? nil : try neighbourEstimator.estimate(x, y),
      joint: joint)
  }

  private func withoutEdges(_ values: [Double], _ column: String) throws -> [Double] {
    guard let range = edges[column] else { return values }
    return try HardEdges(range: range, seed: settings.seed).removed(from: values)
  }
}
