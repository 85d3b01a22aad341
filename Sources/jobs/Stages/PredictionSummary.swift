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
    bias         \(digits(table.bias)) dex (median of log10 Mpred/Mtrue)
    predictions  \(file)
    """
  }
}
