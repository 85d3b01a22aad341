package import Networks

/// The truth's distribution at fixed predictions beside the likelihood that the network was trained
/// with: figure 8 of the paper.
package struct LikelihoodSlices: Hashable, Sendable {
  /// The particles with nearly the same prediction.
  package struct Slice: Codable, Hashable, Sendable {
    /// The prediction y in the middle of the slice, in scaled labels.
    package var prediction: Double

    /// The same as a mass [log10 Msun].
    package var logMass: Double

    /// The number of particles.
    package var count: Int

    /// The density of the truth d in each bin, whose integral is 1; unknown without particles.
    package var density: Outcome<[Double]>

    /// The likelihood p(d | y) at the middle of each bin, whose integral over [-1, 1] is 1.
    package var likelihood: [Double]
  }

  /// The likelihood with the values of its parameters.
  package var likelihoodValues: LikelihoodValues

  /// Half the width of a slice, in scaled labels.
  package var halfWidth: Double

  /// The bins of the truth d, in scaled labels.
  package var bins: Bins

  /// The slices.
  package var slices: [Slice]

  /// The middles of the slices; the paper does not give its own.
  package static let predictions = [-0.75, -0.45, -0.15, 0.15, 0.45, 0.75]

  /// Compares both distributions in the slices.
  ///
  /// The truth of a test particle may be outside [-1, 1], the range of the training particles; such
  /// are left out of the density.
  ///
  /// - Parameters:
  ///   - truth: The true masses in scaled labels d.
  ///   - prediction: The predictions in scaled labels y.
  ///   - likelihood: The likelihood with the values of its parameters.
  ///   - halfWidth: Particles this close to the middle are in a slice.
  ///   - logMass: The mass of a scaled label [log10 Msun].
  package init(
    truth: [Double], prediction: [Double], likelihood: LikelihoodValues, halfWidth: Double,
    logMass: (Double) -> Double
  ) {
    let bins = Bins(59, over: -1...1)
    likelihoodValues = likelihood
    self.halfWidth = halfWidth
    self.bins = bins
    slices = Self.predictions.map { middle in
      let inside = zip(truth, prediction).filter { abs($0.1 - middle) <= halfWidth }.map(\.0)
      let histogram = Histogram(of: inside, in: bins)
      return Slice(
        prediction: middle, logMass: logMass(middle), count: inside.count,
        density: histogram.total > 0
          ? .known(histogram.density) : .unknown(tooFew(inside.count, needed: 1)),
        likelihood: bins.centers.map { likelihood.density(of: $0, at: middle) })
    }
  }
}

extension LikelihoodSlices: Codable {
  private enum CodingKeys: String, CodingKey { case halfWidth, bins, slices }

  /// Writes the slices, and the likelihood's parameters beside them under their names.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(halfWidth, forKey: .halfWidth)
    try container.encode(bins, forKey: .bins)
    try container.encode(slices, forKey: .slices)
    try likelihoodValues.encode(to: encoder)
  }

  /// Reads what was written.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    halfWidth = try container.decode(Double.self, forKey: .halfWidth)
    bins = try container.decode(Bins.self, forKey: .bins)
    slices = try container.decode([Slice].self, forKey: .slices)
    likelihoodValues = try LikelihoodValues(from: decoder)
  }
}
