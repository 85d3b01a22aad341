package import Failures
internal import Foundation

/// Field files that a job needs and that were not made yet.
package struct MissingFieldsError: JobFailure, Hashable, CustomStringConvertible {
  /// The paths of the files.
  package let files: [String]

  /// A file that is needed is not there.
  package var exitCode: JobExitCode { .missingInput }

  /// What is missing, and how it is made.
  package var description: String {
    "opening the fields of the experiment: \(files.joined(separator: ", ")) "
      + "\(files.count == 1 ? "does" : "do") not exist; make them with halompi prepare, "
      + "given the same experiment file and --runs"
  }
}

extension RunDirectory {
  /// The field files of simulations, which must be there.
  package func existingFields(
    of simulations: [SimulationSettings]
  ) throws(MissingFieldsError) -> [String] {
    let files = simulations.map { field(of: $0.name) }
    let missing = files.filter { !FileManager.default.fileExists(atPath: $0) }
    guard missing.isEmpty else { throw MissingFieldsError(files: missing) }
    return files
  }
}
