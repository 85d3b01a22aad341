internal import Statistics
internal import Text
package import Training

/// A summary of the answers to perturbations, in lines for a person.
package struct ResponseSummary: CustomStringConvertible {
  private let table: ResponseTable
  private let file: String

  /// Sums up a table that was written to a file.
  package init(_ table: ResponseTable, file: String) {
    self.table = table
    self.file = file
  }

  /// The changes of the predictions by each perturbation, and where the responses are.
  package var description: String {
    let (count, changes) = (table.perturbations.count, table.changes.map { Double($0) })
    let lines = table.perturbations.enumerated().map { column, perturbation in
      let values = stride(from: column, to: changes.count, by: count).map { changes[$0] }
      let quantiles = Quantiles(values)
      return
        "\(perturbation): \(digits(quantiles.median ?? .nan)) dex (median change of log10 M; half of the "
        + "16-84 % range \(digits(quantiles.middle?.halfWidth ?? .nan)))\n"
    }
    return """
      particles    \(table.unperturbed.samples.count) of \(table.unperturbed.simulations.joined(separator: ", "))
      \(lines.joined())responses    \(file)
      """
  }
}
