// The funnel: every call of the C library goes through `Operation.call` or, when nobody can be
// told of a failure, `withLibrary`.

internal import CCrashGuard
internal import CParallelHDF5
internal import Foundation
internal import Heartbeat

/// The default property list, or the default of whatever else takes an identifier.
let defaults = hid_t(H5P_DEFAULT)

/// The library is not safe for threads as Debian builds it.
///
/// The lock is recursive because the library calls back (``HDF5File/children(of:)``), and because
/// an identifier may be closed by its `deinit` during another call.
private let lock = NSRecursiveLock()

/// Stops the library from closing files when the process exits, and from printing its error stack;
/// done once, within the lock.
private let isQuiet: Bool =
  H5dont_atexit() >= 0 && H5Eset_auto2(hid_t(H5E_DEFAULT), nil, nil) >= 0

/// Starts the library, so that it leaves the end of the process alone.
///
/// Called before MPI starts. Without it the library starts with its first use, and then asks MPI to
/// be told of its end, in order to close what is still open: that crashes (HDF5 1.10) after a file
/// that could not be written to the end, as on a full disk, and hides the exit code.
public func startHDF5() { withLibrary {} }

/// Has a crash within the library end the process with a sentence on the standard error output.
///
/// The library trusts what a file says of itself, and may crash on a damaged one. Crashes of everything else stay
/// what they are. A crash leaves MPI to its launcher, which ends the other ranks.
///
/// - Parameters:
///   - code: The exit code.
///   - prefix: What the sentence begins with.
public func endCrashesOfHDF5(with code: Int32, prefix: String) { crashguard_start(prefix, code) }

/// Calls the C library alone and quietly.
///
/// - Parameters:
///   - operation: What is being done, for the last words of a crash.
///   - body: The call.
/// - Returns: The result of the call.
func withLibrary<Result>(
  doing operation: @autoclosure () -> String = "closing what was read", _ body: () -> Result
) -> Result {
  lock.lock()
  defer { lock.unlock() }
  precondition(isQuiet, "HDF5 would not stop printing its errors")
  let isGuarded = crashguard_is_started() != 0
  if isGuarded { crashguard_enter(operation()) }
  defer { if isGuarded { crashguard_leave() } }
  Heartbeat.beat()
  defer { Heartbeat.beat() }
  return body()
}

/// An operation on an object of a file, as the errors of its calls name it.
struct Operation {
  let verb: String
  var object: String?
  let path: String

  init(_ verb: String, _ object: String? = nil, of path: String) {
    self.verb = verb
    self.object = object
    self.path = path
  }

  /// Calls the C library, and throws its error stack if the result is negative.
  ///
  /// - Parameters:
  ///   - waitsForOthers: Whether the call returns only when the other ranks of the file make it too.
  ///   - body: The call.
  /// - Returns: The result of the call.
  /// - Throws: The error stack of the library.
  @discardableResult
  func call<Result: SignedInteger>(
    waitsForOthers: Bool = false, _ body: () -> Result
  ) throws(HDF5Error) -> Result {
    let (result, stack) = withLibrary(doing: description) {
      if PlannedFailure.isNext(waitsForOthers: waitsForOthers, body: { _ = body() }) {
        H5Eclear2(hid_t(H5E_DEFAULT))
        return (Result(exactly: -1) ?? 0, [PlannedFailure.frame])
      }
      let result = waitsForOthers ? Heartbeat.whileWaiting(body) : body()
      return (result, result < 0 ? errorStack() : [])
    }
    guard result >= 0 else { throw HDF5Error(operation: description, stack: stack) }
    return result
  }

  /// Calls the C library for an identifier, which is closed by `close` with its last use.
  ///
  /// - Parameters:
  ///   - close: The function that closes the identifier.
  ///   - waitsForOthers: Whether the call returns only when the other ranks of the file make it too.
  ///   - body: The call.
  /// - Returns: The identifier.
  /// - Throws: The error stack of the library.
  func open(
    closedBy close: @escaping Identifier.Close, waitsForOthers: Bool = false, _ body: () -> hid_t
  ) throws(HDF5Error) -> Identifier {
    Identifier(try call(waitsForOthers: waitsForOthers, body), closedBy: close)
  }

  /// An error found by this module, as though the library had reported it.
  func failure(_ message: String, in routine: StaticString, hint: String? = nil) -> HDF5Error {
    let frame = HDF5Error.Frame(routine: "\(routine)", message: message)
    return HDF5Error(operation: description, stack: [frame], hint: hint)
  }
}

extension Operation: CustomStringConvertible {
  var description: String {
    object.map { "\(verb) \"\($0)\" of \(path)" } ?? "\(verb) \(path)"
  }
}

/// An identifier of the library (`hid_t`), closed with its owner.
struct Identifier: ~Copyable {
  typealias Close = @convention(c) (hid_t) -> herr_t

  let id: hid_t
  private let closing: Close

  init(_ id: hid_t, closedBy closing: @escaping Close) {
    self.id = id
    self.closing = closing
  }

  /// Closes the identifier and reports a failure, which `deinit` could not.
  consuming func close(
    _ operation: Operation, waitsForOthers: Bool = false
  ) throws(HDF5Error) {
    let (id, closing) = (id, closing)
    discard self
    try operation.call(waitsForOthers: waitsForOthers) { closing(id) }
  }

  /// Leaves the identifier open until the process ends.
  consuming func abandon() { discard self }

  deinit {
    withLibrary {
      guard closing(id) < 0 else { return }
      // The file was closed with everything in it, or there is nobody to tell.
      H5Eclear2(hid_t(H5E_DEFAULT))
    }
  }
}

/// Takes the library's error stack, the called routine first.
private func errorStack() -> [HDF5Error.Frame] {
  var frames: [HDF5Error.Frame] = []
  withUnsafeMutablePointer(to: &frames) { frames in
    _ = H5Ewalk2(
      hid_t(H5E_DEFAULT), H5E_WALK_DOWNWARD,
      { _, entry, context in
        guard let entry = entry?.pointee, let context else { return 0 }
        let frame = HDF5Error.Frame(
          routine: entry.func_name.map { String(cString: $0) } ?? "unknown routine",
          message: entry.desc.map { onOneLine(String(cString: $0)) } ?? "unknown reason")
        context.assumingMemoryBound(to: [HDF5Error.Frame].self).pointee.append(frame)
        return 0
      }, frames)
  }
  H5Eclear2(hid_t(H5E_DEFAULT))
  return frames
}

/// Joins the lines of a message: the library ends times with a line break.
private func onOneLine(_ text: String) -> String {
  text.split(whereSeparator: \.isNewline).joined()
}
