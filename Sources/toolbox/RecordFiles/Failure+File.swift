package import Failures

extension Failure {
  /// Returns the failure of reading a file of our own that is not what it must be.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - reason: The fault of the file, as a clause.
  ///   - remedy: The remedy, as a clause.
  /// - Returns: The failure.
  package static func unusable(
    _ path: String, because reason: String, remedy: String
  ) -> Failure {
    Failure(.badData, "cannot read \(path)", because: reason, remedy: remedy)
  }
}
