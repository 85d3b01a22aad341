internal import Randomness
internal import Statistics

/// The values of a quantity in resampled data.
package struct Bootstrap: Hashable, Codable, Sendable {
  /// The values, in the order of the draws.
  package let values: [Double]

  /// The numbers of the draws, from 0, that gave no value.
  package let failedDraws: [Int]

  /// Makes a bootstrap of its values.
  package init(values: [Double]) {
    self.values = values
    failedDraws = []
  }

  /// Makes a bootstrap of the draws; `nil` if fewer than half of them, or fewer than two, gave a value.
  package init?(draws: [Double?]) {
    values = draws.compactMap { $0 }
    failedDraws = draws.indices.filter { draws[$0] == nil }
    guard values.count > 1, values.count >= failedDraws.count else { return nil }
  }

  /// The value of each draw, or nothing, [draw].
  package var draws: [Double?] {
    let failed = Set(failedDraws)
    var succeeded = values.makeIterator()
    return (0..<values.count + failed.count).map { failed.contains($0) ? nil : succeeded.next() }
  }

  /// The mean of the values.
  package var mean: Double { Statistics.mean(values) }

  /// The standard deviation of the values, over their count less one; zero for one value.
  package var standardDeviation: Double {
    values.count > 1 ? Statistics.standardDeviation(values) : 0
  }

  /// The value below which the share `probability` of the values lies, with linear interpolation.
  package func quantile(_ probability: Double) -> Double {
    guard (0...1).contains(probability), let quantile = Quantiles(values)(probability) else {
      preconditionFailure("no such quantile")
    }
    return quantile
  }
}

/// Draws rows, or groups of rows, with replacement.
///
/// A draw is a function of the seed and its number alone: the same rows are drawn of every table of the
/// same length, and the same groups of every table with the same groups.
struct Resampling: Sendable {
  let seed: UInt64

  /// Returns the number of times that each of `count` rows is in draw `number`, [count].
  func rows(_ count: Int, draw number: Int) -> [UInt32] {
    multiplicities(count, .rowBootstrap, number)
  }

  /// Returns the number of times that each row is in draw `number` of whole groups, [row].
  ///
  /// The group of each row is a number from 0, [row].
  func groups(_ groupOfRow: [Int], of groups: Int, draw number: Int) -> [UInt32] {
    let drawn = multiplicities(groups, .groupBootstrap, number)
    return groupOfRow.map { drawn[$0] }
  }

  private func multiplicities(_ count: Int, _ purpose: RandomPurpose, _ number: Int) -> [UInt32] {
    var stream = RandomStream(seed: seed, for: purpose, index: UInt64(number))
    var multiplicities = [UInt32](repeating: 0, count: count)
    for _ in 0..<count {
      multiplicities[Int(stream.next().multipliedFullWidth(by: UInt64(count)).high)] += 1
    }
    return multiplicities
  }

  /// Numbers groups from 0 in the order of their identifiers.
  static func numbered(_ identifiers: [Int32]) -> (groupOfRow: [Int], count: Int) {
    let distinct = Set(identifiers).sorted()
    let numbers = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
    return (identifiers.map { numbers[$0, default: 0] }, distinct.count)
  }
}
