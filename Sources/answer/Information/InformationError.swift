package import Failures

/// A reason why no information can be estimated.
package enum InformationError: Error, Hashable, Sendable {
  /// One of the columns of an estimate.
  package enum Column: String, Hashable, Sendable {
    /// The first column, x.
    case first
    /// The second column, y.
    case second
    /// The third column, z.
    case third
  }

  /// A column, or the groups of its rows, is not as long as the first column.
  case unequalLengths(what: String, count: Int, expected: Int)

  /// There are fewer rows than an estimate needs.
  case tooFewPoints(count: Int, needed: Int)

  /// A value is infinite or not a number.
  case notFinite(column: Column, row: Int)

  /// All values of a column are the same.
  case constant(column: Column, value: Double)

  /// One column is a linear function of the other, to rounding.
  case linear

  /// One of three columns is a linear function of the others, to rounding.
  case collinear

  /// A value lies outside the range whose edges are to be removed.
  case outsideRange(row: Int, value: Double, range: ClosedRange<Double>)

  /// All rows belong to one group, so no groups can be drawn.
  case oneGroup

  /// A covariance is not positive definite: a component has shrunk to a point or a line.
  case singular(component: Int)

  /// No fit succeeded.
  case noFit(components: Int, points: Int)

  /// Fewer than half of the fits to resampled rows succeeded, or than two.
  case noBootstrap(failed: Int, of: Int)
}

extension InformationError: CustomStringConvertible {
  /// One sentence: what was wrong, and what to try.
  package var description: String {
    switch self {
    case .unequalLengths(let what, let count, let expected):
      "estimating information: \(what) has \(count) values and the first column \(expected); "
        + "give one for each row"
    case .tooFewPoints(let count, let needed):
      "estimating information: \(count) rows are too few; \(needed) or more are needed"
    case .notFinite(let column, let row):
      "estimating information: row \(row) of the \(column.rawValue) column (from 0) is not a finite "
        + "number; leave such rows out, and say how many they were"
    case .constant(let column, let value):
      "estimating information: the \(column.rawValue) column is \(value) in every row; a constant "
        + "tells nothing, and its information is zero without an estimate"
    case .linear:
      "estimating information: one column is a linear function of the other, so that their "
        + "information has no bound; look whether both are the same quantity"
    case .collinear:
      "estimating information: one of the three columns is a linear function of the others, so that "
        + "their information has no bound or no use; look whether two are the same quantity"
    case .outsideRange(let row, let value, let range):
      "removing the edges of a column: row \(row) (from 0) is \(value), outside "
        + "\(range.lowerBound) to \(range.upperBound); select the rows in range first"
    case .oneGroup:
      "drawing groups of rows: all rows belong to one group; the scatter between groups needs two "
        + "or more"
    case .singular(let component):
      "fitting a mixture: the covariance of component \(component) (from 0) is not positive "
        + "definite; values that are often repeated need a small noise first"
    case .noFit(let components, let points):
      "fitting a mixture of \(components) components to \(points) points: no start led to a fit; "
        + "values that are often repeated need a small noise first"
    case .noBootstrap(let failed, let count):
      "fitting resampled rows: \(failed) of \(count) fits failed, and half of them and two must "
        + "succeed; give more rows, or fewer components at most"
    }
  }
}

extension InformationError: JobFailure {
  /// Columns that allow no estimate.
  package var exitCode: JobExitCode { .badData }
}

extension SettingOutOfRange {
  /// Describes a setting that no information can be estimated with; it may be an option.
  package init(ofEstimate key: String, value: String, allowed: String) {
    self.init(
      key: key, value: value, allowed: allowed, to: "estimate information", exitCode: .usage)
  }
}
