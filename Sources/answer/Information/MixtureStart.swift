internal import Foundation
internal import Randomness

/// The start of a fit of a mixture.
package struct MixtureStart: Hashable, Codable, Sendable {
  /// The method by which a start is made.
  package enum Kind: String, Hashable, Codable, CodingKeyRepresentable, Sendable {
    /// Random responsibilities, as by default in gmm-mi.
    ///
    /// All components lie nearly on top of each other, which is close to a saddle of the likelihood.
    case random

    /// Clusters by k-means, each with its own mean and covariance.
    case kMeans
  }

  /// The method by which the start is made.
  package let kind: Kind

  /// The number of the start among those of its kind.
  package let number: Int

  /// Returns the mixture of `components` to start from, a function of the points, the seed and the start.
  ///
  /// A start whose components have too few points to span all dimensions cannot be used as a mixture.
  package func mixture<Points: MixturePoints>(
    of components: Int, for points: Points, seed: UInt64
  ) -> Points.Mixture {
    precondition(components >= 1 && components <= GaussianMixture.maximumComponents)
    let kindBits: UInt64 = kind == .random ? 0 : 1
    var stream = RandomStream(
      seed: seed, for: .mixtureStart,
      index: UInt64(components) << 33 | kindBits << 32 | UInt64(number))
    var moments = [Points.Moments](repeating: Points.Moments(), count: components)
    switch kind {
    case .random:
      var shares = [Double](repeating: 0, count: components)
      for row in 0..<points.count {
        var total = 0.0
        for number in 0..<components {
          shares[number] = stream.uniform()
          total += shares[number]
        }
        let scale = total > 0 ? points.weights[row] / total : 0
        for number in 0..<components {
          moments[number].add(points, row, shares[number] * scale)
        }
      }
    case .kMeans:
      let clusters = KMeans.clusters(of: points, count: components, &stream)
      for row in 0..<points.count {
        moments[clusters[row]].add(points, row, points.weights[row])
      }
    }
    return Points.Mixture(moments: moments, of: points.totalWeight)
  }
}

/// Clusters of points, each point with the nearest center.
enum KMeans {
  /// The number of rounds after which clusters are good enough as a start, even if they still change.
  private static let maximumRounds = 100

  /// The cluster of each point, [count].
  ///
  /// Centers are drawn one after another with probability proportional to the squared distance from those
  /// before (Arthur, Vassilvitskii 2007, "k-means++", SODA), and then moved to the means of their points
  /// until these stay (Lloyd 1982, doi:10.1109/TIT.1982.1056489).
  static func clusters<Points: MixturePoints>(
    of points: Points, count: Int, _ stream: inout RandomStream
  ) -> [Int] {
    var centers = firstCenters(of: points, count: count, &stream)
    var clusters = [Int](repeating: -1, count: points.count)
    for _ in 0..<maximumRounds {
      var changed = false
      var sums = [Points.Moments](repeating: Points.Moments(), count: count)
      for row in 0..<points.count {
        var nearest = 0
        var least = Double.infinity
        for (number, center) in centers.enumerated() {
          let distance = points.squaredDistance(from: row, to: center)
          if distance < least { (nearest, least) = (number, distance) }
        }
        if clusters[row] != nearest {
          clusters[row] = nearest
          changed = true
        }
        sums[nearest].add(points, row, points.weights[row])
      }
      guard changed else { break }
      for (number, sum) in sums.enumerated() where sum.weight > 0 {
        centers[number] = sum.mean
      }
    }
    return clusters
  }

  private static func firstCenters<Points: MixturePoints>(
    of points: Points, count: Int, _ stream: inout RandomStream
  ) -> [Points.Moments.Place] {
    var distances = points.weights[..<points.count].map { $0 }
    var centers: [Points.Moments.Place] = []
    for number in 0..<count {
      var rest = stream.uniform() * distances.reduce(0, +)
      var drawn = 0
      while drawn < points.count - 1, rest >= distances[drawn] {
        rest -= distances[drawn]
        drawn += 1
      }
      let center = points.place(of: drawn)
      centers.append(center)
      for row in 0..<points.count {
        let distance = points.weights[row] * points.squaredDistance(from: row, to: center)
        distances[row] = number == 0 ? distance : min(distances[row], distance)
      }
    }
    return centers
  }
}
