/// A failure that all ranks of a communicator know of.
///
/// It is thrown on every rank, so that all leave the work together and none waits for another.
public struct AgreedFailure: Error {
  /// The lowest rank on which the work failed.
  public let rank: Int

  /// The error, on that rank; `nil` on the others.
  public let underlying: (any Error)?

  /// The same failure, whose error is another on the rank that has it, if it is of a type.
  package func replacing<Failure: Error>(
    _ type: Failure.Type, by change: (Failure) -> any Error
  ) -> AgreedFailure {
    guard let error = underlying as? Failure else { return self }
    return AgreedFailure(rank: rank, underlying: change(error))
  }
}

extension AgreedFailure: CustomStringConvertible {
  /// The error itself where it is known, else the rank that knows it.
  public var description: String {
    underlying.map { "\($0)" } ?? "stopped, because rank \(rank) failed"
  }
}

extension Communicator {
  /// Does work that may fail on one rank alone, and throws on every rank if it failed on any.
  ///
  /// Collective: the ranks wait for each other. The work itself must not wait for another rank
  /// after it may have failed. A failure of MPI itself is not agreed on, as that takes MPI: it is thrown alone,
  /// which ends the job.
  ///
  ///     let header = try world.agree { try readHeader(path) }
  ///
  /// - Throws: ``AgreedFailure`` with the error of the lowest rank that failed; ``MPIError``.
  public func agree<Value: ~Copyable, Failure: Error>(
    _ work: () throws(Failure) -> Value
  ) throws -> Value {
    let value: Value
    do {
      value = try work()
    } catch {
      if error is MPIError { throw error }
      try agreeOnFailure(error)
      throw error
    }
    try agreeOnFailure(nil)
    return value
  }

  // Throws on every rank if `error` is given on any. A failure that ranks have agreed on before
  // keeps the rank that it comes from.
  private func agreeOnFailure(_ error: (any Error)?) throws {
    let inner = error as? AgreedFailure
    let origin = inner == nil ? error : inner?.underlying
    let failed = try allReduce(Int32(origin == nil ? size : rank), .minimum)
    guard failed < size else {
      if let inner { throw inner }
      return
    }
    throw AgreedFailure(rank: Int(failed), underlying: Int(failed) == rank ? origin : nil)
  }
}
