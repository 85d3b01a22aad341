package import Failures
internal import Foundation

/// A tabulated linear power spectrum at z = 0, from a Boltzmann code.
///
/// Between its rows ln P is a natural cubic spline in ln k; beyond them there is no value.
package struct PowerSpectrumTable: Hashable, Sendable {
  /// The meaning of the columns of a text.
  package enum Format: String, Codable, CaseIterable, Sendable {
    /// k [h/Mpc] and P [(Mpc/h)^3], as CAMB and CLASS write.
    case power

    /// log10 k [h/Mpc] and log10 of k^3 P / (2 pi^2), as GADGET reads.
    case logarithmicVariance
  }

  /// The name of the table in errors, usually its file.
  package let name: String

  /// The wavenumbers of the first and the last row [h/Mpc].
  package let range: ClosedRange<Double>

  private let logWavenumbers: [Double]
  private let logPowers: [Double]
  private let curvatures: [Double]

  /// Reads the text of a table.
  ///
  /// Empty lines and those that begin with `#` are skipped, and so are columns after the second.
  ///
  /// - Parameters:
  ///   - text: The table; wavenumbers increase from row to row.
  ///   - name: The name of the table in errors, usually its file.
  ///   - format: The meaning of its columns.
  /// - Throws: `Failure` that names the first line that cannot be used.
  package init(text: String, name: String, format: Format) throws(Failure) {
    var logWavenumbers: [Double] = []
    var logPowers: [Double] = []
    let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    for (index, line) in lines.enumerated() {
      let columns = line.split(whereSeparator: \.isWhitespace)
      guard let first = columns.first, !first.hasPrefix("#") else { continue }
      func invalid(_ reason: String) -> Failure {
        Failure(
          .invalidTable, in: "power spectrum \(name), line \(index + 1)", because: reason,
          remedy: "Give two columns of numbers, \(format.columns), in increasing order of k.")
      }
      guard columns.count >= 2, let x = Double(first), let y = Double(columns[1]) else {
        throw invalid("'\(line.prefix(60))' does not begin with two numbers")
      }
      let logWavenumber: Double
      let logPower: Double
      switch format {
      case .power:
        guard x > 0, y > 0 else { throw invalid("k = \(x), P = \(y) are not both positive") }
        (logWavenumber, logPower) = (log(x), log(y))
      case .logarithmicVariance:
        logWavenumber = x * M_LN10
        logPower = y * M_LN10 + log(2 * .pi * .pi) - 3 * logWavenumber
      }
      guard logWavenumber.isFinite, logPower.isFinite else {
        throw invalid("\(x) and \(y) are not both finite")
      }
      if let last = logWavenumbers.last, logWavenumber <= last {
        throw invalid("k does not increase")
      }
      logWavenumbers.append(logWavenumber)
      logPowers.append(logPower)
    }
    guard let first = logWavenumbers.first, let last = logWavenumbers.last,
      logWavenumbers.count >= 4
    else {
      throw Failure(
        .invalidTable, in: "power spectrum \(name)",
        because: "it has \(logWavenumbers.count) rows, too few to interpolate",
        remedy: "Give the whole spectrum, some 50 rows for each factor of 10 in k.")
    }
    self.name = name
    self.logWavenumbers = logWavenumbers
    self.logPowers = logPowers
    curvatures = Self.curvatures(logWavenumbers, logPowers)
    range = exp(first)...exp(last)
  }

  /// The power at a wavenumber [h/Mpc]: P [(Mpc/h)^3].
  ///
  /// - Throws: `Failure` if the table does not reach there.
  package func value(at wavenumber: Double) throws(Failure) -> Double {
    let x = log(wavenumber)
    let slack = 1e-12
    guard let first = logWavenumbers.first, let last = logWavenumbers.last, x >= first - slack,
      x <= last + slack
    else { throw notCovered("k = \(wavenumber) h/Mpc is needed") }
    var low = 0
    var high = logWavenumbers.count - 1
    while high - low > 1 {
      let middle = (low + high) / 2
      if logWavenumbers[middle] <= x { low = middle } else { high = middle }
    }
    let width = logWavenumbers[high] - logWavenumbers[low]
    let right = (x - logWavenumbers[low]) / width
    let left = 1 - right
    let bend =
      (left * left * left - left) * curvatures[low]
      + (right * right * right - right) * curvatures[high]
    return exp(left * logPowers[low] + right * logPowers[high] + bend * width * width / 6)
  }

  func notCovered(_ need: String) -> Failure {
    Failure(
      .notCovered, in: "power spectrum \(name)",
      because: "\(need), and the table ends at \(range.lowerBound) and \(range.upperBound) h/Mpc",
      remedy: "Make the table over a wider range of k, or use the built-in transfer function.")
  }

  /// The second derivatives of the natural cubic spline at its knots: a tridiagonal system.
  private static func curvatures(_ x: [Double], _ y: [Double]) -> [Double] {
    var curvature = [Double](repeating: 0, count: x.count)
    var factor = curvature
    for i in 1..<(x.count - 1) {
      let part = (x[i] - x[i - 1]) / (x[i + 1] - x[i - 1])
      let pivot = part * curvature[i - 1] + 2
      curvature[i] = (part - 1) / pivot
      let bend =
        (y[i + 1] - y[i]) / (x[i + 1] - x[i]) - (y[i] - y[i - 1]) / (x[i] - x[i - 1])
      factor[i] = (6 * bend / (x[i + 1] - x[i - 1]) - part * factor[i - 1]) / pivot
    }
    for i in (1..<(x.count - 1)).reversed() {
      curvature[i] = curvature[i] * curvature[i + 1] + factor[i]
    }
    return curvature
  }
}

extension PowerSpectrumTable.Format {
  fileprivate var columns: String {
    switch self {
    case .power: "k [h/Mpc] and P [(Mpc/h)^3]"
    case .logarithmicVariance: "log10 k [h/Mpc] and log10 of k^3 P / (2 pi^2)"
    }
  }
}
