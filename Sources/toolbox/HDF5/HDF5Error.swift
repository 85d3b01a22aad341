/// A failure that the HDF5 library reported, or that was found before it was asked.
public struct HDF5Error: Error, Hashable, Sendable {
  /// A routine that gave up, and why.
  public struct Frame: Hashable, Sendable {
    /// The routine, such as `H5Dopen2`.
    public let routine: String

    /// The failure of the routine, in the library's words.
    public let message: String

    init(routine: String, message: String) {
      self.routine = routine
      self.message = message
    }
  }

  /// The operation and its object, such as `reading "density" of fields/a.h5`.
  public let operation: String

  /// The library's error stack, from the routine that was called to the one that failed.
  public let stack: [Frame]

  /// The remedy, if the cause is a known one.
  public internal(set) var hint: String?

  init(operation: String, stack: [Frame], hint: String? = nil) {
    self.operation = operation
    self.stack = stack
    self.hint = hint ?? Self.hint(for: stack)
  }
}

extension HDF5Error: CustomStringConvertible {
  /// One sentence: the operation, the whole stack from the outside in, and the hint.
  public var description: String {
    let reasons = stack.map { "\($0.message) [\($0.routine)]" }.joined(separator: ": ")
    let sentence = "\(operation) failed: \(reasons.isEmpty ? "no reason was given" : reasons)"
    return hint.map { "\(sentence). \($0)" } ?? sentence
  }
}

extension HDF5Error {
  /// Words of the library by which a cause is known, and the remedy.
  private static let hints: [(words: [String], hint: String)] = [
    (
      ["required filter"],
      """
      The numbers are compressed by a filter that is not there: install it, and set HDF5_PLUGIN_PATH \
      to its folder
      """
    ),
    (
      ["unable to lock file"],
      """
      Another process is writing the file, or the file system has no locks; in the latter case \
      set HDF5_USE_FILE_LOCKING=FALSE
      """
    ),
    (
      ["truncated file"],
      "The file is shorter than it says: it was not written or copied to its end; make it again"
    ),
    (["file signature not found"], "This is not an HDF5 file: give one, or make it again"),
    (["No space left on device", "MPI_ERR_NO_SPACE"], "Free space, or write elsewhere"),
    (["File too large"], "Raise the limit on the size of files (ulimit -f), or write elsewhere"),
    (["quota", "MPI_ERR_QUOTA"], "Free space within the quota, or write elsewhere"),
    (["No such file or directory", "MPI_ERR_NO_SUCH_FILE"], "Check the path"),
    (["Permission denied", "MPI_ERR_ACCESS"], "Check the permissions of the file and its folder"),
    (
      ["Read-only file system", "MPI_ERR_READ_ONLY"],
      "The file system is read-only: write elsewhere"
    ),
    (
      ["object header message is too large"],
      "An attribute holds less than 64 KiB: write a dataset instead"
    ),
    (["name already exists"], "An object is written once: choose another name"),
    (
      ["can't handle conversion exception"],
      "A value is out of the range of the type asked for, or not whole: ask for another one"
    ),
  ]

  /// The filter that the numbers are stored by and the library does not have; `nil` if that is not why.
  public var missingFilter: String? {
    let message = stack.first { $0.message.contains("required filter") }?.message
    return message.map { $0.split(separator: "'").dropFirst().first.map(String.init) ?? "unknown" }
  }

  /// Whether a number is out of the range of the type that was asked for, or not whole where that is.
  public var isOutOfRange: Bool {
    stack.contains { $0.message.contains("can't handle conversion exception") }
  }

  private static func hint(for stack: [Frame]) -> String? {
    hints.first { known in
      stack.contains { frame in known.words.contains { frame.message.contains($0) } }
    }?.hint
  }
}
