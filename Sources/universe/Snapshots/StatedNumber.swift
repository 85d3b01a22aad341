internal import Failures

/// The check that every number stated by a file passes on its way into the program.
///
/// The number is finite, within a range and, where it counts something, whole; or it is refused
/// with the name of the attribute and its value. Sums and products of what has come through here are
/// within 64 bits.
struct StatedNumber {
  /// The file.
  let path: String

  /// The attribute, dataset or block that has the number.
  let place: String

  /// The most that anything may count: rows times the bytes of a row stay far within 64 bits.
  static let most = 1 << 48

  /// The most files that a set may have.
  static let mostFiles = 1 << 20

  /// A number of rows, particles or groups.
  ///
  /// - Parameters:
  ///   - value: The number in the file.
  ///   - what: The things that it counts, such as "particles of type 1".
  /// - Returns: The number, at most 2^48.
  /// - Throws: A `Failure` of the kind `invalidValue`.
  func count(_ value: UInt64, of what: String) throws(Failure) -> Int {
    guard value <= UInt64(Self.most) else {
      throw refused("it says that there are \(value) \(what), more than any file can hold")
    }
    return Int(value)
  }

  /// Returns the number of two words, the high one in units of 2^32.
  func count(low: UInt64, high: UInt64, of what: String) throws(Failure) -> Int {
    guard high <= UInt64(Self.most >> 32) else {
      throw refused("its high word says that there are \(high) times 2^32 \(what)")
    }
    let (sum, isBeyond) = low.addingReportingOverflow(high << 32)
    return try count(isBeyond ? .max : sum, of: what)
  }

  /// The number of the files of a set, at least one.
  func fileCount(_ value: UInt64) throws(Failure) -> Int {
    guard value <= UInt64(Self.mostFiles) else {
      throw refused("it says that there are \(value) files")
    }
    return max(1, Int(value))
  }

  /// A number within a range.
  func real(_ value: Double, in range: ClosedRange<Double>) throws(Failure) -> Double {
    guard range.contains(value) else {
      throw refused(
        "it is \(value), not between \(range.lowerBound) and \(range.upperBound)")
    }
    return value
  }

  /// A number that is greater than zero and could be a length, a mass or a unit of one.
  func positive(_ value: Double) throws(Failure) -> Double {
    guard value >= 1e-60, value <= 1e60 else { throw refused("it is \(value), not above 0") }
    return value
  }

  private func refused(_ reason: String) -> Failure {
    Failure(
      .invalidValue, in: path, dataset: place, because: reason,
      remedy: "Correct the number, or copy or write the file again.")
  }
}
