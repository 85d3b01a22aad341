package import Failures
internal import Foundation
internal import Randomness
internal import Threads

/// The mutual information of two columns, as estimated from distances to neighbours.
package struct NearestNeighbourInformation: Hashable, Codable, Sendable {
  /// The mutual information; may be a little below zero for independent columns [nats].
  package let value: Double

  /// The standard error of the mean over the rows' terms, as if they were independent [nats].
  package let uncertainty: Double

  /// The number k of the neighbour to which distances are measured.
  package let neighbours: Int

  /// The number of rows.
  package let points: Int
}

/// Estimates mutual information from distances to nearest neighbours, without any model of the density.
///
/// For each row, let e be the distance in the maximum norm to its neighbour number k, and n_x and n_y how many
/// other rows are nearer than e in x and in y alone. Then
///
///     I = psi(k) + psi(n) - < psi(n_x + 1) + psi(n_y + 1) >
///
/// with the digamma function psi: Kraskov, Stögbauer, Grassberger 2004, doi:10.1103/PhysRevE.69.066138,
/// equation 8. Columns are standardized, and a noise of 1e-10 of their deviation parts equal values.
package struct NearestNeighbourEstimator: Sendable {
  /// The number k of the neighbour to which distances are measured; larger: less scatter, more bias.
  package let neighbours: Int

  /// The seed of the noise that parts equal values.
  package let seed: UInt64

  /// The number of threads that compute; the results are the same bits for any number.
  package let threads: Int

  /// Makes an estimator.
  ///
  /// - Throws: `SettingOutOfRange`.
  package init(
    neighbours: Int = 5, seed: UInt64 = 0,
    threads: Int = AvailableProcessors.count()
  ) throws(SettingOutOfRange) {
    guard neighbours >= 1 else {
      throw SettingOutOfRange(
        ofEstimate: "neighbours", value: "\(neighbours)", allowed: "1 or more")
    }
    guard threads >= 1 else {
      throw SettingOutOfRange(ofEstimate: "threads", value: "\(threads)", allowed: "1 or more")
    }
    self.neighbours = neighbours
    self.seed = seed
    self.threads = threads
  }

  /// Estimates the mutual information of two columns, [row], in any units.
  ///
  /// - Throws: ``InformationError`` for columns that allow no estimate.
  package func estimate(
    _ x: [Double], _ y: [Double]
  ) throws(InformationError) -> NearestNeighbourInformation {
    let columns = try Columns(x, y)
    guard x.count > neighbours else {
      throw .tooFewPoints(count: x.count, needed: neighbours + 1)
    }
    let points = x.indices.map { row in
      var stream = RandomStream(seed: seed, for: .neighbourNoise, index: UInt64(row))
      let (u, v) = stream.normalPair()
      return SIMD2(columns.x[row] + 1e-10 * u, columns.y[row] + 1e-10 * v)
    }
    let tree = PointTree([points.map(\.x), points.map(\.y)])
    let sortedX = points.map(\.x).sorted()
    let sortedY = points.map(\.y).sorted()
    let digamma = Self.digamma(upTo: x.count)
    let block = 1024
    let blocks = WorkerThreads(count: threads).map((x.count + block - 1) / block) { number in
      (number * block..<min((number + 1) * block, x.count)).map { row in
        let distance = tree.distance(from: row, toNeighbour: neighbours)
        let nearerX = Self.count(in: sortedX, nearerThan: distance, to: points[row].x)
        let nearerY = Self.count(in: sortedY, nearerThan: distance, to: points[row].y)
        // Each count has the row itself, which stands for the one that is added.
        return digamma[neighbours] + digamma[x.count] - digamma[nearerX] - digamma[nearerY]
      }
    }
    let terms = Bootstrap(values: blocks.flatMap { $0 })
    return NearestNeighbourInformation(
      value: terms.mean, uncertainty: terms.standardDeviation / Double(x.count).squareRoot(),
      neighbours: neighbours, points: x.count)
  }

  /// Returns the number of sorted values that differ from `value` by less than `distance`.
  static func count(
    in sorted: [Double], nearerThan distance: Double, to value: Double
  ) -> Int {
    let first = partition(sorted) { value - $0 < distance }
    let last = partition(sorted) { $0 - value >= distance }
    return last - first
  }

  /// The first place from which on `predicate` is true.
  private static func partition(_ sorted: [Double], _ predicate: (Double) -> Bool) -> Int {
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if predicate(sorted[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  /// The digamma function of 0 (unused), 1, ..., `count`: psi(n + 1) = psi(n) + 1/n.
  static func digamma(upTo count: Int) -> [Double] {
    var values = [Double.nan, -0.577_215_664_901_532_9]
    for number in 1..<max(count, 2) { values.append(values[number] + 1 / Double(number)) }
    return values
  }
}
