internal import Text
package import Training

/// A summary of a prediction, in lines for a person.
package struct PredictionSummary: CustomStringConvertible {
  private let table: PredictionTable
  private let file: String

  /// Sums up a table that was written to a file.
  package init(_ table: PredictionTable, file: String) {
    self.table = table
    self.file = file
  }

  /// Particles, correlation, scatter and bias, and where the predictions are.
  package var description: String {
    """
    particles    \(table.predictions.count) of \(table.simulations.joined(separator: ", "))
    correlation  \(digits(table.correlation)) (Pearson's r of predicted and true log10 M)
    scatter      \(digits(table.scatter)) dex (half of the 16-84 % range of log10 Mpred/Mtrue)
    bias         \(digits(table.bias)) dex (median of log10 Mpred/Mtrue)\(membership)\(orientations)
    predictions  \(file)
    """
  }

  /// A line for the particles in no halo, if there are some.
  private var membership: String {
    guard table.fieldCount > 0 else { return "" }
    return "\nmembership   \(digits(table.membershipArea)) (area under the curve; "
      + "\(table.fieldCount) particles are in no halo, and not in the lines above)"
  }

  /// A line for the scatter over orientations, if there is one.
  private var orientations: String {
    guard let scatter = table.orientationScatter else { return "" }
    return "\norientations \(scatter.count), over which a particle's prediction is the mean; "
      + "its scatter over them is \(digits(scatter.median)) dex (median)"
  }
}
