internal import Experiments
internal import Failures
internal import Fields
internal import Foundation
internal import SubBoxes
internal import Training

extension RunDirectory {
  /// Checks that the field files that are there are those that were predicted from.
  ///
  /// Predictions of before version 2 do not tell; the sites of all must be on the grid.
  ///
  /// - Parameters:
  ///   - table: The predictions.
  ///   - path: Their file, for the error.
  /// - Throws: `Failure` if they are not; `Failure` if one cannot be read.
  func requireFields(predictedFrom table: PredictionTable, at path: String) throws {
    for (number, name) in table.simulations.enumerated() {
      let field = field(of: name)
      guard FileManager.default.fileExists(atPath: field) else { continue }
      let file = try FieldFile.open(field)
      let metadata = file.metadata
      try file.close()
      let isSame = table.fingerprints.map { $0[number] == metadata.fingerprint } ?? true
      let areOnGrid = table.samples.allSatisfy {
        Int($0.simulation) != number || $0.site < Int64(metadata.siteCount)
      }
      guard isSame, areOnGrid else {
        throw Failure(
          .badData, "analyzing \(path)",
          because: "\(field) is not the fields that were predicted from",
          remedy:
            "predict again with halompi predict, given the same experiment file, --set and --runs, "
            + "or restore the fields")
      }
    }
  }
}
