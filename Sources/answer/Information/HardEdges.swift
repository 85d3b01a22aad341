package import Failures
internal import Foundation
internal import Randomness

/// Turns a column with hard edges and discrete values into one that Gaussians can describe.
///
/// The masses of the halos of a selection end abruptly at its limits and come in multiples of the mass of a
/// particle. A small noise parts equal values, and the range is stretched to infinity:
///
///     u = 2 (t + noise - a) / (b - a) - 1,   t' = artanh((1 - shrinkage) u)
///
/// A monotone function keeps mutual information. What the noise takes from it is negligible if it is much
/// smaller than what the other column resolves. Lucie-Smith et al. 2024, doi:10.1103/PhysRevD.109.063524.
package struct HardEdges: Hashable, Codable, Sendable {
  /// The range of the values [a, b].
  package let range: ClosedRange<Double>

  /// The standard deviation of the normal noise, which is reflected at the edges, in the unit of the values.
  package let noise: Double

  /// By how much the ends of the range are moved inwards, so that they stay finite.
  let shrinkage: Double

  /// The seed of the noise.
  package let seed: UInt64

  /// Makes a transformation.
  ///
  /// - Throws: `SettingOutOfRange`.
  package init(
    range: ClosedRange<Double>, noise: Double = 1e-3, shrinkage: Double = 1e-4, seed: UInt64 = 0
  ) throws(SettingOutOfRange) {
    guard range.lowerBound < range.upperBound, (range.upperBound - range.lowerBound).isFinite else {
      throw SettingOutOfRange(
        ofEstimate: "range", value: "\(range.lowerBound) to \(range.upperBound)",
        allowed: "a finite range that is not empty")
    }
    guard noise >= 0, noise < range.upperBound - range.lowerBound else {
      throw SettingOutOfRange(
        ofEstimate: "noise", value: "\(noise)", allowed: "0 up to the width of the range")
    }
    guard shrinkage > 0, shrinkage < 1 else {
      throw SettingOutOfRange(
        ofEstimate: "shrinkage", value: "\(shrinkage)", allowed: "above 0 and below 1")
    }
    self.range = range
    self.noise = noise
    self.shrinkage = shrinkage
    self.seed = seed
  }

  /// The transformed values; the noise of each is a function of the seed and its row.
  ///
  /// - Throws: ``InformationError/outsideRange(row:value:range:)``.
  package func removed(from values: [Double]) throws(InformationError) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(values.count)
    let half = 0.5 * (range.upperBound - range.lowerBound)
    let middle = range.lowerBound + half
    for (row, value) in values.enumerated() {
      guard range.contains(value) else {
        throw .outsideRange(row: row, value: value, range: range)
      }
      var stream = RandomStream(seed: seed, for: .discretenessNoise, index: UInt64(row))
      let u = (value + noise * stream.normalPair().0 - middle) / half
      result.append(atanh((1 - shrinkage) * Self.reflected(u)))
    }
    return result
  }

  /// A number mirrored at -1 and 1 until it lies between them.
  private static func reflected(_ u: Double) -> Double {
    let folded = abs((u + 1).remainder(dividingBy: 4))
    return folded - 1
  }
}

/// Spreads discrete values evenly over the gaps between them.
///
/// A value becomes uniformly random between the middles of the gaps to its neighbours, so that it can still be
/// told from the result: mutual information is kept exactly. At the ends the gap is taken to be the same on
/// both sides. This is for columns with few distinct values, such as the masses on which a field was smoothed.
///
/// - Parameters:
///   - values: The values, [row], finite.
///   - seed: The seed; what is added to a value is a function of it and the row.
/// - Returns: The spread values, [row]; none of none.
/// - Throws: ``InformationError/constant(column:value:)`` for values that are all the same, and
///   ``InformationError/notFinite(column:row:)``.
package func spreadWithinGaps(
  _ values: [Double], seed: UInt64 = 0
) throws(InformationError) -> [Double] {
  if let row = values.firstIndex(where: { !$0.isFinite }) {
    throw .notFinite(column: .first, row: row)
  }
  guard let first = values.first else { return [] }
  let distinct = Set(values).sorted()
  guard distinct.count > 1 else { throw .constant(column: .first, value: first) }
  let places = Dictionary(uniqueKeysWithValues: zip(distinct, distinct.indices))
  return values.enumerated().map { row, value in
    let place = places[value, default: 0]
    let below = place > 0 ? value - distinct[place - 1] : distinct[1] - value
    let above = place < distinct.count - 1 ? distinct[place + 1] - value : below
    var stream = RandomStream(seed: seed, for: .discretenessNoise, index: UInt64(row))
    return value - 0.5 * below + 0.5 * (below + above) * stream.uniform()
  }
}
