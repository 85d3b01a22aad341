package import Failures
package import Fields
internal import HDF5

extension Standardization {
  /// The standardization of a field of several simulations taken as one.
  ///
  /// Each field file holds the mean and the standard deviation of its own field, so nothing else
  /// is read. They are combined in the order given, in double precision.
  ///
  /// - Parameters:
  ///   - field: The field that sub-boxes are cut from.
  ///   - simulations: The metadata of the field files of the training simulations.
  /// - Throws: `Failure` if there is no simulation, one without the field, or no two different
  ///   values.
  package init(
    of field: GridField<Float>, in simulations: [FieldMetadata]
  ) throws(Failure) {
    try self.init(
      combining: simulations.map { (simulation) throws(Failure) in
        guard let moments = simulation.moments(of: field) else {
          throw .missing(field, of: simulation)
        }
        return (simulation.siteCount, moments)
      }, of: field.dataset)
  }

  /// The standardization of several sets of values taken as one.
  ///
  /// - Parameters:
  ///   - parts: The number of values of each, and their moments.
  ///   - quantity: The name of the quantity that they are values of, for errors.
  /// - Throws: `Failure` if there is none, or no two different values.
  init(combining parts: [(count: Int, moments: FieldMoments)], of quantity: String)
    throws(Failure)
  {
    var (count, mean, squares) = (0.0, 0.0, 0.0)
    // Chan, Golub, LeVeque, "Updating formulae and a pairwise algorithm for computing sample
    // variances", COMPSTAT 1982, doi:10.1007/978-3-642-51461-6_3, equation 2.1.
    for part in parts {
      let added = Double(part.count)
      let difference = part.moments.mean - mean
      let deviation = part.moments.standardDeviation
      mean += difference * added / (count + added)
      squares +=
        deviation * deviation * added + difference * difference * count * added
        / (count + added)
      count += added
    }
    let standardDeviation = (squares / count).squareRoot()
    guard mean.isFinite, standardDeviation.isFinite, standardDeviation > 0 else {
      throw Failure(
        .badData, "standardizing the \(quantity)",
        because: "the mean of \(parts.count) parts is \(mean) and their standard deviation "
          + "\(standardDeviation)",
        remedy: "Give at least one training simulation with a \(quantity) that varies.")
    }
    self.init(mean: mean, standardDeviation: standardDeviation)
  }
}

extension Failure {
  /// The error of a field file without the field that sub-boxes are cut from.
  static func missing(
    _ field: GridField<Float>, of simulation: FieldMetadata, in path: String? = nil
  ) -> Failure {
    Failure(
      .badData, "cutting sub-boxes of \(field.dataset) in \(path ?? simulation.description.name)",
      because: "the field file was made without it",
      remedy: field.remedyIfMissing)
  }
}
