package import Failures
internal import Foundation

extension RunDirectory {
  /// The field files of simulations, which must be there.
  package func existingFields(
    of simulations: [SimulationSettings]
  ) throws(Failure) -> [String] {
    let files = simulations.map { field(of: $0.name) }
    let missing = files.filter { !FileManager.default.fileExists(atPath: $0) }
    guard missing.isEmpty else {
      throw Failure(
        .missingInput, "opening the fields of the experiment",
        because:
          "\(missing.joined(separator: ", ")) \(missing.count == 1 ? "does" : "do") not exist",
        remedy: "make them with halompi prepare, given the same experiment file and --runs")
    }
    return files
  }
}
