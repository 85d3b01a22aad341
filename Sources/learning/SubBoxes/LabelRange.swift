package import Failures

/// The range of halo masses that the network's answer is scaled with.
///
/// The label y, log10 of Msun, becomes d = 2 (y - minimum) / (maximum - minimum) - 1, which is in
/// [-1, 1] for the training samples. Both ways are computed in double precision.
package struct LabelRange: Codable, Hashable, Sendable {
  /// The smallest label of the training samples, log10 of Msun.
  package let minimum: Double

  /// The largest label of the training samples, log10 of Msun.
  package let maximum: Double

  /// Makes the range from its ends, the smaller first.
  package init(minimum: Double, maximum: Double) {
    precondition(minimum < maximum, "\(minimum) is not below \(maximum)")
    self.minimum = minimum
    self.maximum = maximum
  }

  /// Finds the range of the labels of samples, without those of the field.
  ///
  /// - Throws: `Failure` if there are no two different labels.
  package init(of samples: [Sample]) throws(Failure) {
    let labels = samples.lazy.filter { !$0.isInField }.map { Double($0.logMass) }
    guard let minimum = labels.min(), let maximum = labels.max(), minimum < maximum else {
      throw Failure(
        .badData, "finding the range of the labels of \(samples.count) training samples",
        because: "no two of them differ",
        remedy: "Train on simulations with more halos, or widen the limits of the halo mass.")
    }
    self.init(minimum: minimum, maximum: maximum)
  }

  /// The range that settings ask for: their own, or that of the labels of the training samples.
  ///
  /// - Throws: `Failure` if labels are outside the range of the settings, or no two differ.
  package init(
    _ settings: SamplingSettings, samples: [Sample]
  ) throws(Failure) {
    let found = try LabelRange(of: samples)
    guard let ends = settings.labelRange else {
      self = found
      return
    }
    guard ends[0] <= found.minimum, found.maximum <= ends[1] else {
      throw Failure(
        .badData, "scaling the labels of \(samples.count) training samples",
        because:
          "they reach from \(found.minimum) to \(found.maximum), and sampling.labelRange is \(ends)",
        remedy: "Widen it, or draw samples within it with sampling.minimumLogMass and "
          + "sampling.maximumLogMass.")
    }
    self.init(minimum: ends[0], maximum: ends[1])
  }

  /// The scaled label of a halo mass, log10 of Msun.
  package func scaled(_ logMass: Double) -> Double {
    2 * (logMass - minimum) / (maximum - minimum) - 1
  }

  /// The scaled label of a sample: the lower end for those of the field.
  package func scaled(_ sample: Sample) -> Double {
    sample.isInField ? -1 : scaled(Double(sample.logMass))
  }

  /// The halo mass, log10 of Msun, of a scaled label.
  package func logMass(_ scaled: Double) -> Double {
    minimum + (scaled + 1) / 2 * (maximum - minimum)
  }
}
