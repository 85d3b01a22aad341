import DurableFiles
import Foundation

extension RunDirectory {
  /// Writes the experiment as used into the directory, making it if need be.
  ///
  /// Called on one rank.
  ///
  /// - Parameter experiment: The experiment of the job that starts.
  /// - Returns: The settings that differ from those that were last written here, which a user should
  ///   be told of.
  /// - Throws: `FileError` if the file cannot be read or written, `SettingsError` if what was written
  ///   before is no experiment.
  public func record(_ experiment: Experiment) throws -> [SettingsDifference] {
    var differences: [SettingsDifference] = []
    if FileManager.default.fileExists(atPath: experimentFile) {
      let earlier = try Experiment(contentsOf: experimentFile)
      differences = try experiment.differences(from: earlier)
      if differences.isEmpty { return [] }
    }
    let heading = "# The experiment as used by halompi \(halompiVersion), defaults filled in.\n"
    try DurableFile.createDirectory(path)
    try DurableFile.write(Data((heading + experiment.yaml()).utf8), to: experimentFile)
    return differences
  }
}
