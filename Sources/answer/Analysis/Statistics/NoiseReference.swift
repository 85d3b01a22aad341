internal import Foundation

/// The information that is left of the true mass by Gaussian noise: the reference lines of figure 4
/// of the paper, by which a mutual information can be read as a scatter in dex.
///
/// With p = t + N(0, sigma) the mutual information of t and p is the entropy of p minus that of the noise,
///
///     I(sigma) = -int f ln f dp - ln(sigma sqrt(2 pi e)),   f(p) = mean over particles of N(p; t, sigma),
///
/// a one-dimensional integral without any estimator in it: the trapezoidal rule with steps of
/// sigma / 4, from 9 sigma below the smallest to 9 sigma above the largest t, whose error is at the rounding of
/// doubles for a sum of Gaussians.
struct NoiseReference: Sendable {
  /// Different true masses and the share of particles that have each.
  private let masses: [(value: Double, share: Double)]

  /// Takes the true masses of particles [log10 Msun].
  ///
  /// Masses are put together in cells of 1e-3 dex, which changes nothing for a sigma of 0.05 dex and more.
  package init(_ truth: [Double]) {
    var sums: [Int: (sum: Double, count: Int)] = [:]
    for value in truth {
      let old = sums[Int((value * 1000).rounded())] ?? (0, 0)
      sums[Int((value * 1000).rounded())] = (old.sum + value, old.count + 1)
    }
    masses = sums.sorted { $0.key < $1.key }.map {
      ($0.value.sum / Double($0.value.count), Double($0.value.count) / Double(truth.count))
    }
  }

  /// The mutual information of the masses and their noisy copies.
  ///
  /// - Parameter sigma: The standard deviation of the noise, 0.05 or more [dex].
  /// - Returns: The information [nats]; unknown with fewer than two different masses.
  package func information(sigma: Double) -> Outcome<Double> {
    guard let first = masses.first?.value, let last = masses.last?.value, first < last else {
      return .unknown("there are no two different true masses")
    }
    let step = sigma / 4
    let places = Int(((last - first + 18 * sigma) / step).rounded(.up))
    let norm = 1 / (sigma * (2 * Double.pi).squareRoot())
    var entropy = 0.0
    for place in 0...places {
      let p = first - 9 * sigma + Double(place) * step
      var density = 0.0
      for mass in masses {
        let distance = (p - mass.value) / sigma
        if abs(distance) < 12 { density += mass.share * exp(-0.5 * distance * distance) }
      }
      density *= norm
      if density > 0 { entropy -= step * density * log(density) }
    }
    return .known(max(0, entropy - log(sigma * (2 * Double.pi * M_E).squareRoot())))
  }

  /// The noise that leaves as much information, found by bisection [dex].
  ///
  /// - Parameter information: A mutual information [nats].
  /// - Returns: The standard deviation; unknown if no noise from 0.05 to 20 dex leaves as much.
  package func sigma(leaving information: Double) -> Outcome<Double> {
    var (low, high) = (0.05, 20.0)
    guard case .known(let most) = self.information(sigma: low),
      case .known(let least) = self.information(sigma: high)
    else { return .unknown("there are no two different true masses") }
    guard information <= most, information >= least else {
      return .unknown("no noise from 0.05 to 20 dex leaves as much information")
    }
    while high - low > 1e-4 {
      let middle = (low + high) / 2
      if (self.information(sigma: middle).value ?? 0) > information {
        low = middle
      } else {
        high = middle
      }
    }
    return .known((low + high) / 2)
  }
}
