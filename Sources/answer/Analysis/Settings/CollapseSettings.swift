internal import Foundation

/// On which masses a linear density field is smoothed to find the halos that collapse from it.
package struct CollapseSettings: Codable, Hashable, Sendable {
  /// The number of masses, equally spaced in the logarithm.
  package var massCount = 50

  /// The smallest mass [Msun].
  var minimumMass = 3e10

  /// The largest mass [Msun].
  var maximumMass = 1e15

  /// Whether the mean of the field over the box is subtracted.
  var subtractsMean = true

  /// Makes the settings of the paper, appendix E.
  package init() {}

  /// The masses in ascending order [Msun].
  package var masses: [Double] {
    let (first, last) = (log(minimumMass), log(maximumMass))
    return (0..<massCount).map { index in
      exp(first + (last - first) * Double(index) / Double(massCount - 1))
    }
  }

  /// The distance of neighbouring masses [dex].
  package var spacing: Double {
    (log10(maximumMass) - log10(minimumMass)) / Double(massCount - 1)
  }
}
