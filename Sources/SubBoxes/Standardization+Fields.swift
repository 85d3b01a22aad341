public import Fields
public import HDF5

extension Standardization {
  /// The standardization of a field of several simulations taken as one.
  ///
  /// Each field file holds the mean and the standard deviation of its own field, so nothing else
  /// is read. They are combined in the order given, in double precision.
  ///
  /// - Parameters:
  ///   - field: The field that sub-boxes are cut from.
  ///   - simulations: What the field files of the training simulations say of themselves.
  /// - Throws: ``SubBoxError`` if there is no simulation, one without the field, or no two different
  ///   values.
  public init(
    of field: GridField<Float>, in simulations: [FieldMetadata]
  ) throws(SubBoxError) {
    var (count, mean, squares) = (0.0, 0.0, 0.0)
    // Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    // variances", COMPSTAT 1982, doi:10.1007/978-3-642-51461-6_3, equation 2.1.
    for simulation in simulations {
      guard let moments = simulation.moments(of: field) else {
        throw .missing(field, of: simulation)
      }
      let added = Double(simulation.siteCount)
      let difference = moments.mean - mean
      let deviation = moments.standardDeviation
      mean += difference * added / (count + added)
      squares +=
        deviation * deviation * added + difference * difference * count * added
        / (count + added)
      count += added
    }
    let standardDeviation = (squares / count).squareRoot()
    guard mean.isFinite, standardDeviation.isFinite, standardDeviation > 0 else {
      throw SubBoxError(
        .data, while: "standardizing the \(field.dataset) of \(simulations.count) simulations",
        because: "its mean is \(mean) and its standard deviation \(standardDeviation)",
        remedy: "Give at least one training simulation with a \(field.dataset) that varies.")
    }
    self.init(mean: mean, standardDeviation: standardDeviation)
  }
}

extension SubBoxError {
  /// The error of a field file without the field that sub-boxes are cut from.
  static func missing(
    _ field: GridField<Float>, of simulation: FieldMetadata, in path: String? = nil
  ) -> SubBoxError {
    SubBoxError(
      .data, while: "cutting sub-boxes", file: path ?? simulation.description.name,
      dataset: field.dataset, because: "the field file was made without it",
      remedy: "Set fields.\(field.dataset) to true, and run `halompi prepare` again.")
  }
}
