package import Failures
internal import Foundation

/// The right to write in a folder, held by one job at a time.
///
/// It ends with the value, or with the process however that ends (`flock(2)`).
package struct DirectoryLock: ~Copyable {
  private let descriptor: Int32

  /// Takes the lock, making the folder if need be.
  ///
  /// Called on one rank.
  ///
  /// - Parameters:
  ///   - file: The path of the lock file, into which host and process are written.
  ///   - host: The name of this host.
  /// - Throws: `LockError` with the holder if another job has the lock.
  package init(file: String, host: String) throws(LockError) {
    let folder = URL(filePath: file).deletingLastPathComponent().path
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw LockError(file: file, problem: .system(error.localizedDescription))
    }
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw LockError(file: file, problem: .system(systemError())) }
    guard Self.take(descriptor) else {
      let isTaken = errno == EWOULDBLOCK
      let reason = systemError()
      let holder = try? String(contentsOfFile: file, encoding: .utf8)
      close(descriptor)
      throw LockError(
        file: file,
        problem: isTaken
          ? .taken(by: holder?.trimmingCharacters(in: .newlines) ?? "another job") : .system(reason)
      )
    }
    let holder = Data("process \(getpid()) on \(host)\n".utf8)
    let written = holder.withUnsafeBytes { bytes in
      ftruncate(descriptor, 0) == 0
        && write(descriptor, bytes.baseAddress, bytes.count) == bytes.count
    }
    guard written else {
      let reason = systemError()
      close(descriptor)
      throw LockError(file: file, problem: .system(reason))
    }
    self.descriptor = descriptor
  }

  deinit { close(descriptor) }

  /// Takes the lock if it is free.
  ///
  /// Whoever looks whether it is held has it for an instant (``isHeld(_:)``), so it is tried again.
  private static func take(_ descriptor: Int32) -> Bool {
    for _ in 0..<10 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      guard errno == EWOULDBLOCK else { return false }
      usleep(10_000)
    }
    return flock(descriptor, LOCK_EX | LOCK_NB) == 0
  }

  /// Whether a job holds the lock; `false` if there is no such file.
  package static func isHeld(_ file: String) -> Bool {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK
  }
}

/// The failure to lock a folder.
package struct LockError: JobFailure, Hashable, CustomStringConvertible {
  /// A reason why a folder could not be locked.
  package enum Problem: Hashable, Sendable {
    /// Another job holds the lock; it left its process and host.
    case taken(by: String)
    /// The system refused, for this reason.
    case system(String)
  }

  /// The path of the lock file.
  package let file: String

  /// The reason why the folder could not be locked.
  package let problem: Problem

  /// A file that cannot be written.
  package var exitCode: JobExitCode { .inputOutput }

  /// A sentence that says what could not be locked, who holds it or why, and what to do.
  package var description: String {
    switch problem {
    case .taken(let holder):
      "cannot lock \(file): \(holder) is writing in this folder; "
        + "wait for it to end, or stop it and give the same command again"
    case .system(let reason):
      "cannot lock \(file): \(reason); choose with --runs a folder on a file system "
        + "that can be written and supports flock"
    }
  }
}

/// The system's words for `errno`.
private func systemError() -> String { String(cString: strerror(errno)) }
