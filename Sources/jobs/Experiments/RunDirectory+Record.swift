import DurableFiles
package import Failures
import Foundation
internal import Settings
internal import Text

extension RunDirectory {
  /// Writes the experiment as used into the directory, making it if need be.
  ///
  /// Called on one rank.
  ///
  /// - Parameter experiment: The experiment of the job that starts.
  /// - Returns: The settings that differ from those that were last written here, which a user should
  ///   be told of.
  /// - Throws: `FileError` if the file cannot be read or written, ``RecordedExperimentError`` if what
  ///   was written before is no experiment.
  package func record(_ experiment: Experiment) throws -> [SettingsDifference] {
    try experiment.record(to: experimentFile)
  }
}

extension Experiment {
  /// Writes the experiment as used to a file, and returns what differs from what was there.
  package func record(to file: String) throws -> [SettingsDifference] {
    var differences: [SettingsDifference] = []
    if FileManager.default.fileExists(atPath: file) {
      let earlier: Experiment
      do throws(SettingsError) {
        earlier = try Experiment(contentsOf: file)
      } catch {
        throw RecordedExperimentError(file: file, reason: "\(error)")
      }
      differences = try self.differences(from: earlier)
      if differences.isEmpty { return [] }
    }
    let heading = "# The experiment as used by halompi \(halompiVersion), defaults filled in.\n"
    try DurableFile.createDirectory((file as NSString).deletingLastPathComponent)
    try DurableFile.write(Data((heading + yaml()).utf8), to: file)
    return differences
  }
}

/// A file of a run directory that does not hold the experiment as it was used.
package struct RecordedExperimentError: JobFailure, Hashable, CustomStringConvertible {
  /// The path of the file.
  package let file: String

  /// What is wrong with it, as a sentence without its end.
  package let reason: String

  /// A file that is not what it must be.
  package var exitCode: JobExitCode { .badData }

  /// Which file, what is wrong with it, and what to do.
  package var description: String {
    "reading \(file), the experiment as it was last used here: \(reason); restore the file from a copy, "
      + "or remove it, and the next job writes it anew"
  }
}
