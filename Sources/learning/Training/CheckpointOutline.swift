/// The state of a training by its newest checkpoint, without parameters and moments.
package struct CheckpointOutline: Hashable, Sendable {
  /// The steps done in all.
  package let step: Int

  /// Whether the last epoch is over, so that nothing is left to do.
  package let isComplete: Bool

  /// The number of samples drawn for training.
  package let trainingSamples: Int

  /// The settings that the result depends on, by their paths, such as `training.batchSize`.
  package let settings: [String: String]

  /// Reads the newest checkpoint in the folder of a training.
  ///
  /// One that cannot be read, because it is damaged or was removed just now, is passed over.
  ///
  /// - Parameter directory: The folder of the training.
  /// - Returns: The outline, or `nil` without a readable checkpoint.
  package static func newest(in directory: String) -> CheckpointOutline? {
    let folder = CheckpointFolder(path: "\(directory)/checkpoints", kept: 1)
    return folder.names().lazy.compactMap {
      try? CheckpointOutline(contentsOf: "\(folder.path)/\($0)")
    }.first
  }

  private init(contentsOf path: String) throws {
    let header = try Checkpoint.Header(contentsOf: path)
    step = header.progress.step
    isComplete = header.progress.isComplete
    trainingSamples = header.data.trainingSamples
    let pairs = header.settings.compactMap { line -> (String, String)? in
      guard let sign = line.firstRange(of: " = ") else { return nil }
      return (String(line[..<sign.lowerBound]), String(line[sign.upperBound...]))
    }
    settings = Dictionary(pairs) { first, _ in first }
  }
}
