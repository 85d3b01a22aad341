internal import Foundation
internal import Randomness

/// Where the fit of a mixture starts.
package struct MixtureStart: Hashable, Codable, Sendable {
  /// How a start is made.
  package enum Kind: String, Hashable, Codable, CodingKeyRepresentable, Sendable {
    /// Random responsibilities, as by default in gmm-mi.
    ///
    /// All components lie nearly on top of each other, which is close to a saddle of the likelihood.
    case random

    /// Clusters by k-means, each with its own mean and covariance.
    case kMeans
  }

  /// How the start is made.
  package let kind: Kind

  /// The number of the start among those of its kind.
  package let number: Int

  /// Makes a start.
  package init(kind: Kind, number: Int) {
    self.kind = kind
    self.number = number
  }

  /// The mixture of `components` to start from, a function of the points, the seed and the start.
  ///
  /// A start whose components have too few points to span a plane cannot be used as a mixture.
  package func mixture(
    of components: Int, for points: WeightedPoints, seed: UInt64
  ) -> GaussianMixture {
    precondition(components >= 1 && components <= GaussianMixture.maximumComponents)
    let kindBits: UInt64 = kind == .random ? 0 : 1
    var stream = RandomStream(
      seed: seed, for: .mixtureStart,
      index: UInt64(components) << 33 | kindBits << 32 | UInt64(number))
    var moments = [Moments](repeating: Moments(), count: components)
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
          moments[number].add(points.x[row], points.y[row], shares[number] * scale)
        }
      }
    case .kMeans:
      let clusters = KMeans.clusters(of: points, count: components, &stream)
      for row in 0..<points.count {
        moments[clusters[row]].add(points.x[row], points.y[row], points.weights[row])
      }
    }
    return GaussianMixture(components: moments.map { $0.component(of: points.totalWeight) })
  }

  /// The sums that make a component, about the origin.
  private struct Moments {
    var weight = 0.0
    var x = 0.0
    var y = 0.0
    var xx = 0.0
    var xy = 0.0
    var yy = 0.0

    mutating func add(_ px: Double, _ py: Double, _ share: Double) {
      weight += share
      x += share * px
      y += share * py
      xx += share * px * px
      xy += share * px * py
      yy += share * py * py
    }

    func component(of total: Double) -> GaussianMixture.Component {
      let population = max(weight, Double.leastNormalMagnitude)
      let meanX = x / population
      let meanY = y / population
      return GaussianMixture.Component(
        weight: weight / total, meanX: meanX, meanY: meanY,
        varianceX: xx / population - meanX * meanX,
        covariance: xy / population - meanX * meanY,
        varianceY: yy / population - meanY * meanY)
    }
  }
}

/// Clusters of points, each point with the nearest centre.
enum KMeans {
  /// After so many rounds the clusters are good enough as a start, whether or not they still change.
  private static let maximumRounds = 100

  /// The cluster of each point, [count].
  ///
  /// Centres are drawn one after another with probability proportional to the squared distance from those
  /// before (Arthur, Vassilvitskii 2007, "k-means++", SODA), and then moved to the means of their points
  /// until these stay (Lloyd 1982, doi:10.1109/TIT.1982.1056489).
  static func clusters(
    of points: WeightedPoints, count: Int, _ stream: inout RandomStream
  ) -> [Int] {
    var centres = firstCentres(of: points, count: count, &stream)
    var clusters = [Int](repeating: -1, count: points.count)
    for _ in 0..<maximumRounds {
      var changed = false
      var sums = [(weight: Double, x: Double, y: Double)](repeating: (0, 0, 0), count: count)
      for row in 0..<points.count {
        var nearest = 0
        var least = Double.infinity
        for (number, centre) in centres.enumerated() {
          let distance = squaredDistance(points, row, centre)
          if distance < least { (nearest, least) = (number, distance) }
        }
        if clusters[row] != nearest {
          clusters[row] = nearest
          changed = true
        }
        let weight = points.weights[row]
        sums[nearest].weight += weight
        sums[nearest].x += weight * points.x[row]
        sums[nearest].y += weight * points.y[row]
      }
      guard changed else { break }
      for (number, sum) in sums.enumerated() where sum.weight > 0 {
        centres[number] = (sum.x / sum.weight, sum.y / sum.weight)
      }
    }
    return clusters
  }

  private static func firstCentres(
    of points: WeightedPoints, count: Int, _ stream: inout RandomStream
  ) -> [(x: Double, y: Double)] {
    var distances = points.weights[..<points.count].map { $0 }
    var centres: [(x: Double, y: Double)] = []
    for number in 0..<count {
      var rest = stream.uniform() * distances.reduce(0, +)
      var drawn = 0
      while drawn < points.count - 1, rest >= distances[drawn] {
        rest -= distances[drawn]
        drawn += 1
      }
      let centre = (x: points.x[drawn], y: points.y[drawn])
      centres.append(centre)
      for row in 0..<points.count {
        let distance = points.weights[row] * squaredDistance(points, row, centre)
        distances[row] = number == 0 ? distance : min(distances[row], distance)
      }
    }
    return centres
  }

  private static func squaredDistance(
    _ points: WeightedPoints, _ row: Int, _ centre: (x: Double, y: Double)
  ) -> Double {
    let dx = points.x[row] - centre.x
    let dy = points.y[row] - centre.y
    return dx * dx + dy * dy
  }
}
