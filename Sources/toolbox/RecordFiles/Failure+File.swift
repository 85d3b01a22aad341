package import Failures

extension Failure {
  /// Returns the failure of reading a file of our own that is not what it must be.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - reason: What is wrong with it, as a clause.
  ///   - remedy: What to try, as a clause.
  /// - Returns: The failure.
  package static func unusable(
    _ path: String, because reason: String, remedy: String
  ) -> Failure {
    Failure(.badData, "cannot read \(path)", because: reason, remedy: remedy)
  }
}
