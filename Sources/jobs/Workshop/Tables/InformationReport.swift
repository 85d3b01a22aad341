internal import Foundation
package import Information
internal import Text

/// The mutual information of two columns, as printed or written as JSON; all values in nats.
package struct InformationReport: Hashable, Encodable, Sendable {
  /// The estimate by Gaussian mixtures.
  package struct Mixtures: Hashable, Encodable, Sendable {
    /// The mean over resampled rows, or the value of all rows without bootstraps.
    package let mean: Double
    /// The standard deviation over resampled rows.
    package let standardDeviation: Double?
    /// The standard deviation over resampled groups.
    package let groupStandardDeviation: Double?
    /// The number of groups.
    package let groups: Int?
    /// The value of the mixture fitted to all rows.
    let allRows: Double
    /// The estimated error of the integral over that mixture.
    package let integralError: Double
    /// The value if the columns were one Gaussian.
    let oneGaussian: Double
    /// The number of components.
    package let components: Int
    /// The values of resampled rows.
    package let bootstraps: [Double]
    /// The values of resampled groups.
    let groupBootstraps: [Double]
    /// The number of fits to resampled rows or groups that failed, and have no value.
    package let failedBootstraps: Int
    /// The number of fits to resampled rows or groups that went on without a component that had shrunk.
    package let reducedBootstraps: Int
    /// The mixture fitted to all rows.
    package let mixture: GaussianMixture
    /// The results of the fits with each number of components that was tried.
    package let trials: [ComponentTrial]
    /// The warnings to know before the value is used, in words.
    package let warnings: [String]

    init(_ information: MutualInformation) {
      mean = information.mean
      standardDeviation = information.standardDeviation
      groupStandardDeviation = information.groupStandardDeviation
      groups = information.groups
      allRows = information.fullSample
      integralError = information.integralError
      oneGaussian = information.gaussianValue
      components = information.components
      bootstraps = information.rowBootstrap?.values ?? []
      groupBootstraps = information.groupBootstrap?.values ?? []
      failedBootstraps = information.failedBootstraps
      reducedBootstraps = information.reducedBootstraps
      mixture = information.mixture
      trials = information.trials
      warnings = information.warnings.map(\.description)
    }
  }

  /// The path of the table.
  package let file: String

  /// The names of the two columns.
  package let columns: [String]

  /// The number of rows.
  package let rows: Int

  /// The seed of all random numbers.
  package let seed: UInt64

  /// The estimate by Gaussian mixtures, unless only nearest neighbours were used.
  package let mixtures: Mixtures?

  /// The estimate by nearest neighbours, unless only Gaussian mixtures were used.
  package let nearestNeighbours: NearestNeighbourInformation?

  /// The joint information with a third column, if one was given.
  package let joint: Joint?

  /// The report as JSON, with sorted keys.
  package var json: String {
    get throws {
      String(decoding: try JSONEncoder.stable().encode(self), as: UTF8.self) + "\n"
    }
  }
}

extension InformationReport: CustomStringConvertible {
  /// One line for each estimate, and one for each warning.
  package var description: String {
    var lines = [
      "mutual information of \(columns.joined(separator: " and ")) in \(file), \(rows) rows [nats]"
    ]
    if let mixtures {
      lines.append(
        line("Gaussian mixtures", mixtures.mean, mixtures.standardDeviation)
          + "  \(mixtures.components) component\(mixtures.components == 1 ? "" : "s")"
          + (mixtures.bootstraps.isEmpty ? "" : ", \(mixtures.bootstraps.count) bootstraps"))
      if let deviation = mixtures.groupStandardDeviation, let groups = mixtures.groups {
        let mean = mixtures.groupBootstraps.reduce(0, +) / Double(mixtures.groupBootstraps.count)
        lines.append(line("  over groups", mean, deviation) + "  \(groups) groups")
      }
      lines.append(line("  all rows", mixtures.allRows, nil))
    }
    if let nearestNeighbours {
      lines.append(
        line("nearest neighbours", nearestNeighbours.value, nearestNeighbours.uncertainty)
          + "  neighbour \(nearestNeighbours.neighbours)")
    }
    if let mixtures {
      lines.append(line("one Gaussian", mixtures.oneGaussian, nil))
      if let nearestNeighbours, abs(nearestNeighbours.value - mixtures.mean) > 0.05 {
        lines.append("warning: the two estimators differ by more than 0.05; look at the data")
      }
      lines += mixtures.warnings.map { "warning: \($0)" }
    }
    if let joint { lines += joint.lines(of: columns[0], and: columns[1]) }
    return lines.joined(separator: "\n") + "\n"
  }

  private func line(_ name: String, _ value: Double, _ error: Double?) -> String {
    let padded = "  " + name + String(repeating: " ", count: max(1, 20 - name.count))
    return padded + String(format: "%8.5f", value)
      + (error.map { String(format: " +- %.5f", $0) } ?? "")
  }
}
