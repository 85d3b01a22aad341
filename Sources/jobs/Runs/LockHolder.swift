package import MPI

/// A lock that rank 0 holds for a job.
package final class LockHolder {
  private var lock: DirectoryLock?

  /// Takes the lock on rank 0.
  ///
  /// Collective.
  package init(_ file: String, on world: borrowing Communicator) throws {
    lock = try world.agree { () throws(LockError) -> DirectoryLock? in
      guard world.isRoot else { return nil }
      return try DirectoryLock(file: file, host: world.place().host)
    }
  }

  /// Gives the lock up; it is held until then.
  package func release() { lock = nil }
}
