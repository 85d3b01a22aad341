internal import ArgumentParser

/// Refuses a number on the command line that is out of its range, as a usage error.
///
/// - Parameters:
///   - name: The option, without the dashes.
///   - value: The number; none is allowed.
///   - range: The numbers that are allowed.
/// - Throws: `ValidationError`, also for what is not a number at all.
func requireOption<Value: Comparable & CustomStringConvertible>(
  _ name: String, _ value: Value?, in range: ClosedRange<Value>
) throws {
  guard let value, !range.contains(value) else { return }
  throw ValidationError(
    "--\(name) must be from \(range.lowerBound) to \(range.upperBound), and is \(value)")
}
