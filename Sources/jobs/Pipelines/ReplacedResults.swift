internal import DurableFiles
internal import Experiments
internal import Failures
internal import Foundation
internal import Runs

/// The folder in which results are kept that others take the place of: nothing that took long is removed.
struct ReplacedResults {
  private let path: String

  /// Names the folder of a run directory.
  init(in directory: RunDirectory) { path = directory.replaced }

  /// Moves a file or folder here, under the name of the result and the next free number.
  ///
  /// Called on one rank, which must have the right to write in it.
  ///
  /// - Returns: The path of it now; `nil` if there is no such file.
  /// - Throws: `Failure` or `FileError` if it cannot be moved.
  func take(_ file: String, as name: String) throws -> String? {
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    try DurableFile.createDirectory(path)
    var number = 1
    while FileManager.default.fileExists(atPath: "\(path)/\(name)-\(number)") { number += 1 }
    let place = "\(path)/\(name)-\(number)"
    guard rename(file, place) == 0 else {
      throw Failure(
        .inputOutput, "setting \(file) aside as \(place)",
        because: String(cString: strerror(errno)),
        remedy: "move it away, and give the same command again")
    }
    return place
  }
}
