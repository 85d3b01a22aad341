package import Failures
package import MPI

/// The reason why a training or a prediction could not go on.
package enum TrainingError: Error, Hashable, Sendable {
  /// The gradients of some samples of a step were infinite or not a number.
  case diverged(step: Int, sampleCount: Int)

  /// MPI failed on this rank.
  case failedExchange(phase: String, MPIError)

  /// The checkpoints of a run were made with other settings.
  case settingsChanged(directory: String, differences: [String])

  /// The field files are not those that the checkpoints of a run were made with.
  case dataChanged(directory: String, differences: [String])

  /// A run has gone on for longer than the settings ask for now.
  case passedItsEnd(directory: String, epochs: Int, done: Int)

  /// No checkpoint of a run can be read.
  case noIntactCheckpoint(directory: String, reasons: [String])

  /// A file of ours lacks something or has the wrong checksum.
  case damagedFile(path: String, reason: String)

  /// Simulations have voxels of different widths [Mpc/h].
  case mixedVoxelSizes(first: String, firstSize: Double, second: String, secondSize: Double)

  /// A model cannot be used with these data.
  case unsuitableModel(path: String, reason: String, remedy: String)
}

extension TrainingError: CustomStringConvertible {
  /// The text for the user: the problem, with its place and values, and a remedy to try.
  package var description: String {
    switch self {
    case .diverged(let step, let sampleCount):
      """
      training diverged in step \(step): the gradients of \(sampleCount) samples are infinite or not a \
      number; lower training.optimizer.learningRate or raise training.initialGamma, and start anew in \
      another directory, or resume from an earlier checkpoint
      """
    case .failedExchange(let phase, let error):
      """
      \(phase) failed: \(error); the job was ended and can be resumed with the same command (other ranks, or \
      the network between them, may be lost)
      """
    case .settingsChanged(let directory, let differences):
      """
      cannot resume the training in \(directory): it was started with other settings \
      (\(differences.joined(separator: "; "))); restore them, or train under another name
      """
    case .dataChanged(let directory, let differences):
      """
      cannot resume the training in \(directory): the fields have changed since it started \
      (\(differences.joined(separator: "; "))); restore them, or train under another name
      """
    case .passedItsEnd(let directory, let epochs, let done):
      """
      cannot resume the training in \(directory): with training.epochs and training.patience as they are now \
      it would have ended after \(epochs) epochs, and \(done) are done and more begun or counted; give more epochs or \
      patience, or train under another name
      """
    case .noIntactCheckpoint(let directory, let reasons):
      """
      cannot resume the training in \(directory): no checkpoint is intact \
      (\(reasons.joined(separator: "; "))); remove the directory to start anew
      """
    case .damagedFile(let path, let reason):
      "cannot read \(path): \(reason); restore the file from a copy, or make it again"
    case .mixedVoxelSizes(let first, let firstSize, let second, let secondSize):
      """
      cannot train on voxels of different widths: \(first) has \(firstSize) Mpc/h and \(second) has \
      \(secondSize) Mpc/h; use simulations of one resolution
      """
    case .unsuitableModel(let path, let reason, let remedy):
      "cannot predict with \(path): \(reason); \(remedy)"
    }
  }
}

extension TrainingError: JobFailure {
  /// Settings or files that do not fit, or a failure of MPI.
  package var exitCode: JobExitCode {
    switch self {
    case .failedExchange: .internalFailure
    case .diverged, .mixedVoxelSizes, .settingsChanged, .dataChanged, .passedItsEnd,
      .noIntactCheckpoint,
      .damagedFile,
      .unsuitableModel:
      .badData
    }
  }
}
