package import Failures
internal import Foundation
package import Networks

/// The errors of a network against golden values, as a table.
package struct GoldenReport: Hashable, Sendable, CustomStringConvertible {
  /// The path of the file of golden values.
  package let file: String

  /// One result per quantity.
  package let results: [GoldenResult]

  /// Checks kernels against the values of a file.
  ///
  /// - Parameters:
  ///   - file: The path of the file of golden values.
  ///   - kernels: The implementation of the network that is checked.
  /// - Throws: `Failure` if the file cannot be used.
  package init(file: String, kernels: NetworkKernels) throws {
    let reference = try GoldenReference(contentsOf: URL(filePath: file))
    self.init(file: file, results: try GoldenCheck.run(reference, kernels: kernels))
  }

  init(file: String, results: [GoldenResult]) {
    self.file = file
    self.results = results
  }

  /// The error that some quantity is beyond its tolerance; `nil` if none is.
  package var failure: Failure? {
    let beyond = results.filter { !$0.passed }.map(\.quantity)
    guard !beyond.isEmpty else { return nil }
    return Failure(
      .checkFailed, "checking the network against \(file)",
      because:
        "\(beyond.joined(separator: ", ")) \(beyond.count == 1 ? "is" : "are") beyond the tolerance",
      remedy: "make sure that the file is of this network, then suspect the kernels")
  }

  /// One line per quantity: its worst relative error, the tolerance, and whether it is kept.
  package var description: String {
    let width = results.map(\.quantity.count).max() ?? 0
    let lines = results.map { result in
      let name = result.quantity + String(repeating: " ", count: width - result.quantity.count)
      let error = String(format: "%.1e", result.worstError)
      let verdict = result.passed ? "" : "  BEYOND"
      return "\(name)  \(error) of \(String(format: "%.0e", result.tolerance))\(verdict)\n"
    }
    return "\(file): worst relative error per quantity\n" + lines.joined()
  }
}
