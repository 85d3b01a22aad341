public import Fields

extension Standardization {
  /// The standardization of the densities of several simulations taken as one.
  ///
  /// Each field file holds the mean and the standard deviation of its own density, so nothing else
  /// is read. They are combined in the order given, in double precision.
  ///
  /// - Parameter simulations: What the field files of the training simulations say of themselves.
  /// - Throws: ``SubBoxError`` if there is no simulation, or no two different densities.
  public init(ofDensityIn simulations: [FieldMetadata]) throws(SubBoxError) {
    var (count, mean, squares) = (0.0, 0.0, 0.0)
    // Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    // variances", COMPSTAT 1982, doi:10.1007/978-3-642-51461-6_3, equation 2.1.
    for simulation in simulations {
      let added = Double(simulation.siteCount)
      let difference = simulation.densityMean - mean
      let deviation = simulation.densityStandardDeviation
      mean += difference * added / (count + added)
      squares +=
        deviation * deviation * added + difference * difference * count * added
        / (count + added)
      count += added
    }
    let standardDeviation = (squares / count).squareRoot()
    guard mean.isFinite, standardDeviation.isFinite, standardDeviation > 0 else {
      throw SubBoxError(
        .data, while: "standardizing the density of \(simulations.count) simulations",
        because: "its mean is \(mean) and its standard deviation \(standardDeviation)",
        remedy: "Give at least one training simulation with a density that varies.")
    }
    self.init(mean: mean, standardDeviation: standardDeviation)
  }
}
