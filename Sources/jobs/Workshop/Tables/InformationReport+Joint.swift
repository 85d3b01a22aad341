internal import Foundation
package import Information

extension InformationReport {
  /// The information of two columns about a first one, together and one beyond the other; all values in nats.
  package struct Joint: Hashable, Encodable, Sendable {
    /// The name of the third column.
    package let given: String
    /// The estimate by Gaussian mixtures of the three columns, unless only nearest neighbours were used.
    package let mixtures: JointInformation?
    /// The estimate by nearest neighbours, unless only Gaussian mixtures were used.
    package let nearestNeighbours: NearestNeighbourJointInformation?

    /// One line for each quantity, with what both estimators say, and one for each warning.
    func lines(of target: String, and second: String) -> [String] {
      func line(_ name: String, _ part: JointInformation.Part?, _ neighbours: Double?) -> String {
        var line = "  " + name + String(repeating: " ", count: max(1, 20 - name.count))
        if let part {
          line += String(format: "%8.5f", part.mean)
          line += part.standardDeviation.map { String(format: " +- %.5f", $0) } ?? ""
          line += part.groupStandardDeviation.map { String(format: ", %.5f over groups", $0) } ?? ""
        }
        let blank = part == nil ? "" : "  "
        return line
          + (neighbours.map { blank + String(format: "nearest neighbours %.5f", $0) } ?? "")
      }
      let near = nearestNeighbours
      var lines = [
        "with \(given), in one mixture of all three"
          + (mixtures.map { ": \($0.components) component\($0.components == 1 ? "" : "s")" } ?? ""),
        line("I(\(target); \(second), \(given))", mixtures?.joint, near?.joint),
        line(
          "I(\(target); \(second) | \(given))", mixtures?.firstGivenSecond, near?.firstGivenSecond),
        line(
          "I(\(target); \(given) | \(second))", mixtures?.secondGivenFirst, near?.secondGivenFirst),
      ]
      if let mixtures {
        lines += [
          line("I(\(target); \(second))", mixtures.first, nil),
          line("I(\(target); \(given))", mixtures.second, nil),
        ]
        lines += mixtures.warnings.map { "warning: \($0)" }
      }
      return lines
    }
  }
}
