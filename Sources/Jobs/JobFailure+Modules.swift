// How the errors of the modules end a job.

package import DurableFiles
package import Fields
package import FourierTransforms
package import HDF5
package import Halos
package import Information
package import Interchange
package import LinearTheory
package import MPI
package import Networks
package import ParticleMesh
package import Slurm
package import Snapshots
package import SubBoxes
package import Training

extension MPIError: JobFailure {
  /// A failure of the library or of the network under it.
  package var exitCode: JobExitCode { .internalFailure }
}

extension SettingsError: JobFailure {
  /// A mistake on the command line, in the experiment file, or no such file.
  package var exitCode: JobExitCode {
    switch (problem, origin) {
    case (.unreadable, _): .missingInput
    case (_, .option): .usage
    default: .badData
    }
  }
}

extension FileError: JobFailure {
  /// A missing or a short file, or one that cannot be read or written.
  package var exitCode: JobExitCode {
    switch cause {
    case .system where isMissing: .missingInput
    case .tooShort: .badData
    case .system: .inputOutput
    }
  }
}

extension HDF5Error: JobFailure {
  /// A missing file, one that cannot be written, or one that is not what it must be.
  ///
  /// The library has no codes that last; its words for the system's errors do.
  package var exitCode: JobExitCode {
    func says(_ words: String) -> Bool { stack.contains { $0.message.contains(words) } }
    if says("No such file or directory") || says("MPI_ERR_NO_SUCH_FILE") { return .missingInput }
    let systemErrors = [
      "No space left on device", "MPI_ERR_NO_SPACE", "quota", "MPI_ERR_QUOTA", "Permission denied",
      "MPI_ERR_ACCESS", "Read-only file system", "MPI_ERR_READ_ONLY", "unable to lock file",
      "Input/output error", "MPI_ERR_IO",
    ]
    let isWriting = ["creating", "writing", "setting", "flushing", "closing"]
      .contains { operation.hasPrefix($0) }
    return isWriting || systemErrors.contains(where: says) ? .inputOutput : .badData
  }
}

extension SubBoxError: JobFailure {
  /// A setting or file that cannot be used, one that is missing, or one that cannot be read.
  package var exitCode: JobExitCode {
    switch kind {
    case .settings, .data: .badData
    case .missingFile: .missingInput
    case .reading: .inputOutput
    }
  }
}

extension ArchitectureError: JobFailure {
  /// A setting that cannot be used.
  package var exitCode: JobExitCode { .badData }
}

extension GoldenReferenceError: JobFailure {
  /// A file that cannot be used.
  package var exitCode: JobExitCode { .badData }
}

extension SnapshotError: JobFailure {
  /// A missing file, or one that is not what it must be.
  package var exitCode: JobExitCode { problem == .missingFile ? .missingInput : .badData }
}

extension FieldFileError: JobFailure {
  /// A missing file, one that cannot be read or written, or one that is not what it must be.
  package var exitCode: JobExitCode {
    switch problem {
    case .missingFile: .missingInput
    case .io: .inputOutput
    case .wrongFormat, .wrongLayout, .invalidValue, .damaged: .badData
    }
  }
}

extension TrainingError: JobFailure {
  /// Settings or files that do not fit, a failure of MPI, or a stop after which the same command goes on.
  package var exitCode: JobExitCode {
    switch self {
    case .stalled, .late: .resumableStop
    case .failedExchange: .internalFailure
    case .setting, .diverged, .mixedVoxelSizes, .settingsChanged, .dataChanged, .noIntactCheckpoint,
      .damagedFile,
      .unsuitableModel:
      .badData
    }
  }
}

extension LinearTheoryError: JobFailure {
  /// A cosmology or a table that cannot be used.
  package var exitCode: JobExitCode { .badData }
}

extension FourierTransformError: JobFailure {
  /// A mesh that cannot be shared among the ranks.
  package var exitCode: JobExitCode { .badData }
}

extension ParticleMeshError: JobFailure {
  /// Settings that cannot be used, or a failure of the library under the ranks.
  package var exitCode: JobExitCode {
    switch self {
    case .communication: .internalFailure
    case .setting, .mesh, .count, .overflow: .badData
    }
  }
}

extension HaloError: JobFailure {
  /// Particles or settings of which no halos can be found.
  package var exitCode: JobExitCode { .badData }
}

extension DensityEstimate.Failure: JobFailure {
  /// Particles of which no density can be made.
  package var exitCode: JobExitCode { .badData }
}

extension InformationError: JobFailure {
  /// An option that cannot be used, or columns that allow no estimate.
  package var exitCode: JobExitCode {
    if case .setting = self { .usage } else { .badData }
  }
}

extension WeightFileError: JobFailure {
  /// Weights that cannot be used.
  package var exitCode: JobExitCode { .badData }
}

extension SlurmError: JobFailure {
  /// A setting that cannot stand in a script, no Slurm, or one that refuses.
  package var exitCode: JobExitCode {
    switch self {
    case .setting, .word: .badData
    case .missingCommand: .missingInput
    case .failedCommand, .strangeAnswer: .internalFailure
    }
  }
}
