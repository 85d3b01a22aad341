import Foundation

/// The folder in which the tests of a process have all their files; the ranks of a job share one.
///
/// It is removed when the process exits, also after tests that failed: of several ranks by the last one. Processes that are
/// killed leave theirs, which the next one removes. Whether anybody uses a folder is told by a lock on a file in it, which the
/// system releases however a process ends.
package struct ProcessFolder: Sendable {
  /// The path of the folder.
  package let path: String

  private let lock: Int32

  private static let prefix = "halompi-tests-"
  private static let lockName = ".lock"

  /// That of this process, made with the first use.
  package static let own: Result<ProcessFolder, any Error> = Result {
    let environment = ProcessInfo.processInfo.environment
    // MPICH gives a job no name, but the ranks of a host one parent.
    let job =
      environment["OMPI_MCA_ess_base_jobid"]
      ?? (environment["PMI_RANK"] == nil ? nil : "\(getppid())")
    let folder = try ProcessFolder(
      named: job.map { "job-\($0)" } ?? "\(ProcessInfo.processInfo.processIdentifier)",
      in: FileManager.default.temporaryDirectory.path)
    atexit { try? ProcessFolder.own.get().leave() }
    return folder
  }

  /// Makes a folder, or takes part in it, after the removal of those that nobody uses any more.
  ///
  /// - Parameters:
  ///   - name: Tells the folder from those of other jobs.
  ///   - parent: The folder in which it is made.
  /// - Throws: `CocoaError` if it cannot be made.
  package init(named name: String, in parent: String) throws {
    Self.removeUnused(in: parent)
    let path = "\(parent)/\(Self.prefix)\(name)"
    // Whoever removes the folder at this moment holds its lock, and the file of the lock is gone afterwards.
    for _ in 0..<1000 {
      guard mkdir(path, 0o755) == 0 || errno == EEXIST else { break }
      let lock = open("\(path)/\(Self.lockName)", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      guard lock >= 0 else {
        guard errno == ENOENT else { break }
        continue
      }
      var facts = stat()
      if flock(lock, LOCK_SH) == 0, fstat(lock, &facts) == 0, facts.st_nlink > 0 {
        (self.path, self.lock) = (path, lock)
        return
      }
      close(lock)
    }
    throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: path])
  }

  /// Removes the folder, unless others still use it.
  package func leave() { Self.removeUnlessUsed(path, lock: lock) }

  private static func removeUnused(in parent: String) {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for name in names where name.hasPrefix(prefix) {
      let path = "\(parent)/\(name)"
      var facts = stat()
      guard lstat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR, facts.st_uid == geteuid()
      else { continue }
      let lock = open("\(path)/\(lockName)", O_RDWR | O_CLOEXEC)
      if lock >= 0 {
        removeUnlessUsed(path, lock: lock)
      } else {
        // Its process ended when it had not made the lock yet, or had removed all but the folder.
        rmdir(path)
      }
    }
  }

  /// Closes the lock, and removes the folder if nobody else holds it.
  private static func removeUnlessUsed(_ path: String, lock: Int32) {
    defer { close(lock) }
    guard flock(lock, LOCK_EX | LOCK_NB) == 0 else { return }
    // Programs that tests have started, such as the daemon of MPI, may be writing their last there.
    for attempt in 0..<40 {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      let left = names.filter { $0 != lockName }
      if left.isEmpty { break }
      if attempt > 0 { usleep(50_000) }
      for name in left { try? FileManager.default.removeItem(atPath: "\(path)/\(name)") }
    }
    unlink("\(path)/\(lockName)")
    rmdir(path)
  }
}
