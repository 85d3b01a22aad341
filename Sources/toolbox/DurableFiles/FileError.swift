package import Failures
internal import Foundation

/// A file operation that failed.
package struct FileError: Error, Hashable, Sendable {
  /// The cause of a failed file operation.
  package enum Cause: Hashable, Sendable {
    /// The operating system refused, with this `errno`.
    case system(Int32)

    /// The file has fewer bytes than it must have.
    case tooShort(length: Int, expected: Int)

    /// It is a pipe or a device.
    case notAFile
  }

  /// The operation, such as `writing`.
  package let operation: String

  /// The path of the file or folder.
  package let path: String

  /// The cause of the failure.
  package let cause: Cause

  /// Makes an error of the operation, the path of its file, and the cause of the failure.
  package init(_ operation: String, _ path: String, _ cause: Cause) {
    self.operation = operation
    self.path = path
    self.cause = cause
  }

  /// Whether the file, or a folder on the way to it, does not exist.
  package var isMissing: Bool { cause == .system(ENOENT) }

  /// The remedy, as a clause.
  package var remedy: String {
    switch cause {
    case .system(ENOSPC): "Free space or choose another directory; nothing was lost"
    case .system(EDQUOT):
      "Free space within the quota or choose another directory; nothing was lost"
    case .system(EFBIG):
      "Raise the limit on the size of files (ulimit -f) or choose another file system"
    case .system(EROFS): "The file system is read-only: choose another directory"
    case .system(EACCES), .system(EPERM):
      "Check the owner and the permissions of the file and of the folders on the way to it"
    case .system(ENOENT): "Check the path"
    case .system(ENOTDIR): "Part of the path is a file where a folder is expected"
    case .system(EISDIR): "The path is that of a folder where a file is expected"
    case .system(EMFILE), .system(ENFILE): "Raise the limit on open files (ulimit -n)"
    case .system(EIO), .system(ESTALE): "The disk or the network file system failed: see its logs"
    case .system:
      "Try whether other programs can do the same with this file, and in another directory"
    case .tooShort: "Something else has changed the file: restore it, or start again without it"
    case .notAFile: "Write what comes from there to a file first"
    }
  }
}

extension FileError: CustomStringConvertible {
  /// One sentence: the operation, the file, the system's words and the remedy.
  package var description: String { "\(operation) \(path) failed: \(reason). \(remedy)" }

  /// The cause in the system's words.
  package var reason: String {
    switch cause {
    case .system(let code): String(cString: strerror(code))
    case .tooShort(let length, let expected): "it has \(length) bytes of at least \(expected)"
    case .notAFile: "it is a pipe or a device, not a file"
    }
  }
}

extension FileError: JobFailure {
  /// A missing or a short file, what is none, or one that cannot be read or written.
  package var exitCode: JobExitCode {
    switch cause {
    case .system where isMissing: .missingInput
    case .tooShort, .notAFile: .badData
    case .system: .inputOutput
    }
  }
}
