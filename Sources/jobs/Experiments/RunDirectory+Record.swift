internal import DurableFiles
internal import Failures
internal import Foundation
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
  /// - Throws: `FileError` if the file cannot be read or written, `Failure` if what
  ///   was written before is no experiment.
  package func record(_ experiment: Experiment) throws -> [SettingsDifference] {
    try experiment.record(to: experimentFile)
  }
}

extension Experiment {
  /// Writes the experiment as used to a file, and returns what differs from what was there.
  ///
  /// - Throws: `FileError`, or a `Failure` if what was there is no experiment.
  package func record(to file: String) throws -> [SettingsDifference] {
    var differences: [SettingsDifference] = []
    if FileManager.default.fileExists(atPath: file) {
      let earlier: Experiment
      do throws(SettingsError) {
        earlier = try Experiment(contentsOf: file)
      } catch {
        throw Failure(
          .badData, "reading \(file), the experiment as it was last used here", because: "\(error)",
          remedy: "restore the file from a copy, or remove it, and the next job writes it anew")
      }
      differences = try self.differences(from: earlier)
      if differences.isEmpty { return [] }
    }
    let heading = "\(ExperimentFile.recordHeading) \(halompiVersion), defaults filled in.\n"
    try DurableFile.createDirectory((file as NSString).deletingLastPathComponent)
    try DurableFile.write(Data((heading + yaml()).utf8), to: file)
    return differences
  }
}
