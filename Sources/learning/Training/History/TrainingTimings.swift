package import Foundation
internal import Statistics

/// The times of the steps of a training: what `timings.jsonl` says.
package struct TrainingTimings: Hashable, Sendable {
  /// The time of one step.
  package struct Step: Hashable, Sendable, Decodable {
    /// The steps done in all, this one included.
    package var step: Int

    /// The time that it took [s].
    package var seconds: Double

    /// The samples of the batch over that time [1/s].
    package var samplesPerSecond: Double

    /// The ranks that computed.
    package var ranks: Int

    /// The time that the threads of a rank waited for sub-boxes, summed over them, the mean over ranks [s].
    package var fetchWaitMean: Double?

    /// The time from a rank's last gradient to the sum over all, the mean over ranks [s].
    package var reductionWaitMean: Double?
  }

  /// The steps in their order.
  package private(set) var steps: [Step] = []

  /// Makes the times of nothing.
  package init() {}

  /// Reads `timings.jsonl`; a last line that is not whole yet is left out.
  ///
  /// - Throws: ``TrainingError/damagedFile(path:reason:)`` with the number of a line that cannot be
  ///   read, or the error of the file system.
  package init(contentsOf path: String) throws {
    var tail = LogTail(path)
    try add(tail.read()?.text ?? Data(), from: path)
  }

  /// Adds whole lines of `timings.jsonl`.
  ///
  /// - Parameters:
  ///   - lines: The lines with their ends.
  ///   - path: The file, for messages.
  /// - Throws: ``TrainingError/damagedFile(path:reason:)`` with the number of the line.
  package mutating func add(_ lines: Data, from path: String) throws {
    steps += try JSONLines.decode(Step.self, from: lines, of: path, after: steps.count)
  }

  /// The median of the times of the last steps, which few slow ones do not change [s].
  ///
  /// - Parameter count: The number of last steps that are taken.
  /// - Returns: The median, or `nil` without steps.
  package func medianSeconds(ofLast count: Int) -> Double? {
    Quantiles(steps.suffix(count).map(\.seconds), by: .hyndmanFan1FromAbove).median
  }
}
