package import Failures
internal import Foundation

/// The scale factors between which a simulation steps.
package struct TimeSteps: Codable, Hashable, Sendable {
  /// The variable in which the steps are equally long.
  package enum Spacing: String, Codable, CaseIterable, Sendable {
    /// The scale factor a.
    case scaleFactor

    /// The logarithm of a: finer at early times, and so coarse at late ones that halos are lost unless there are
    /// several times as many steps.
    case logarithm
  }

  /// The scale factor of the first particles; 0.05 is redshift 19.
  package var start = 0.05

  /// The scale factor of the last particles.
  package var end = 1.0

  /// The number of steps.
  package var count = 40

  /// The variable in which the steps are equally long.
  package var spacing = Spacing.scaleFactor

  /// Makes steps: 40 from redshift 19 to 0 equally long in the scale factor, unless told otherwise.
  package init(
    start: Double = 0.05, end: Double = 1, count: Int = 40, spacing: Spacing = .scaleFactor
  ) {
    self.start = start
    self.end = end
    self.count = count
    self.spacing = spacing
  }

  /// The scale factor after a number of completed steps, from 0 to `count`.
  package func scaleFactor(after step: Int) -> Double {
    precondition((0...count).contains(step), "step \(step) of \(count)")
    if step == 0 { return start }
    if step == count { return end }
    let part = Double(step) / Double(count)
    return switch spacing {
    case .scaleFactor: start + (end - start) * part
    case .logarithm: start * pow(end / start, part)
    }
  }

  /// The scale factor in the middle of a step, from 0 to below `count`: the geometric mean of its ends.
  package func middle(of step: Int) -> Double {
    (scaleFactor(after: step) * scaleFactor(after: step + 1)).squareRoot()
  }

  /// The number of completed steps after which the scale factor is nearest to `scaleFactor`.
  package func nearest(to scaleFactor: Double) -> Int {
    var nearest = 0
    for step in 0...count
    where abs(self.scaleFactor(after: step) - scaleFactor)
      < abs(self.scaleFactor(after: nearest) - scaleFactor)
    {
      nearest = step
    }
    return nearest
  }

  /// Checks that the steps lead forward, to today at most.
  ///
  /// - Throws: `Failure` that names the setting.
  package func check() throws(Failure) {
    guard start > 0 && start < end && end <= 1 else {
      throw .setting(
        name: "steps from a", value: "\(start) to \(end)", reason: "do not lead forward to a <= 1",
        remedy: "Choose scale factors with 0 < start < end <= 1, such as 0.05 and 1")
    }
    guard (1...100_000).contains(count) else {
      throw .setting(
        name: "step count", value: "\(count)", reason: "is not from 1 to 100000",
        remedy: "10 to 40 steps are usual")
    }
  }
}
