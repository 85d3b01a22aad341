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
