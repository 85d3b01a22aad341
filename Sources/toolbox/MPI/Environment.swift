internal import CMPI
internal import Foundation
internal import Heartbeat
internal import Synchronization

/// Initializes MPI, runs `body` with the world communicator, and finalizes MPI.
///
/// A program without `mpirun` is a job of one rank. An error of `body` ends the process: `report`
/// is given it on the rank it comes from, says it to the user, and returns the exit code of the
/// job. If the ranks agreed on it (``Communicator/agree(_:)``), all of them finalize MPI and exit
/// with that code. If one rank threw alone, the job is aborted, because the others may be waiting
/// in a collective that this rank will never reach.
///
/// - Parameters:
///   - report: The function that tells the user of an error; it is called on one rank.
///   - body: The program. It runs on the calling thread, which is the only one to call MPI.
/// - Returns: The value that `body` returned.
/// - Throws: The error that MPI reported on starting or ending.
///
/// MPI-3.1, sections 8.7 and 12.4.
public func withMPI<Result>(
  reportingErrorsTo report: (any Error, JobPlace) -> Int32,
  _ body: (borrowing Communicator) throws -> Result
) throws(MPIError) -> Result {
  try initializeMPI()
  let world = try Communicator(cmpi_comm_world(), isOwned: false)
  do {
    let result = try body(world)
    try finalizeMPI()
    return result
  } catch let failure as AgreedFailure {
    LastWord.takeOrWait()
    let code = LastWord.keep(failure.underlying.map { report($0, world.place()) } ?? 0)
    exit(endTogether(with: code, on: world))
  } catch {
    // Others may have met the same error: the lowest rank speaks, and ends the job before they do.
    // A launcher takes a second to end a process that has a handler of SIGTERM.
    for _ in 0..<20 * min(world.rank, 3) {
      // Whoever watches shall not take the silence for the fault.
      Heartbeat.beat()
      Thread.sleep(forTimeInterval: 0.1)
    }
    guard world.size == 1 else {
      abortJob(because: error, at: world.place(), reportingErrorsTo: report)
    }
    LastWord.takeOrWait()
    let code = LastWord.keep(report(error, world.place()))
    exit(endTogether(with: code, on: world))
  }
}

/// Ends all ranks of the job because of an error that this one knows.
///
/// A thread that watches the others may call it too, while the main thread is inside of MPI for ever: the one
/// call of MPI that is made beside another, and if it does not return the process ends all the same, which the
/// launcher notices.
///
/// A process tells of one error: if another thread ends the job already, it is given time to.
///
/// - Parameters:
///   - error: The reason.
///   - place: This process, by ``Communicator/place()``.
///   - report: Tells the user of the error, and returns the exit code of the job.
public func abortJob(
  because error: any Error, at place: JobPlace,
  reportingErrorsTo report: (any Error, JobPlace) -> Int32
) -> Never {
  let isFirst = LastWord.take()
  if !isFirst { Thread.sleep(forTimeInterval: SilentPeer.secondsForLauncher + secondsToAbort) }
  let code = isFirst ? LastWord.keep(report(error, place)) : LastWord.code
  if isFirst, let host = (error as? any SilentPeerError)?.silentHost, host != place.host {
    Thread.sleep(forTimeInterval: SilentPeer.secondsForLauncher)
  }
  Thread.detachNewThread {
    Thread.sleep(forTimeInterval: secondsToAbort)
    _exit(code)
  }
  letLauncherRead()
  if isMPIActive() { MPI_Abort(cmpi_comm_world().value, code) }
  _exit(code)
}

/// Waits until the launcher has read what this process has said to it, two seconds at most.
///
/// MPICH's launcher does not read what is left in the pipes of a job that is aborted.
private func letLauncherRead() {
  guard MPIFamily.current == .mpich else { return }
  for _ in 0..<20 {
    var unread: Int32 = 0
    guard ioctl(STDERR_FILENO, UInt(FIONREAD), &unread) == 0, unread > 0 else { return }
    Thread.sleep(forTimeInterval: 0.1)
  }
}

/// The time that MPI is given to end the job [seconds].
private let secondsToAbort = 10.0

/// The right to tell of the error that ends the job, which one thread of a process has.
private enum LastWord {
  private static let isTaken = Atomic<Bool>(false)
  private static let stored = Atomic<Int32>(1)

  /// Takes the right; `false` if another thread has it.
  static func take() -> Bool { !isTaken.exchange(true, ordering: .relaxed) }

  /// Keeps the exit code for a thread that ends the job without a word.
  static func keep(_ code: Int32) -> Int32 {
    stored.store(code, ordering: .relaxed)
    return code
  }

  /// The exit code that was kept.
  static var code: Int32 { stored.load(ordering: .relaxed) }

  /// Takes the right, or waits for the thread that has it to end the process.
  static func takeOrWait() {
    guard !take() else { return }
    while true { Thread.sleep(forTimeInterval: 1) }
  }
}

/// An error that may tell of a rank which does not answer.
public protocol SilentPeerError: Error {
  /// The host of that rank; `nil` if the error is another one.
  var silentHost: String? { get }
}

/// The rules for ending a job when a rank on another host does not answer.
public enum SilentPeer {
  /// The time that the launcher is given to notice by itself that the host is lost [seconds].
  ///
  /// Open MPI 4's `mpirun` that is told to abort a job waits for ever for the daemon of a host that is cut off;
  /// if it notices first that the connection is lost, it ends. With
  /// `oob_tcp_keepalive_time` of 5 and three probes two seconds apart it takes 11 seconds.
  public static let secondsForLauncher = 20.0
}

/// Runs `body` with the world communicator, and leaves MPI running until the process ends.
///
/// For programs that do not run from one function, such as a test bundle: MPI is initialized by the
/// first call, and finalized when the process exits. Errors are the caller's; no rank is told of
/// another's.
///
/// - Throws: ``MPIError`` on starting, and what `body` throws.
public func withSharedMPI<Result, Failure: Error>(
  _ body: (borrowing Communicator) throws(Failure) -> Result
) throws -> Result {
  if !isMPIActive() {
    try initializeMPI()
    atexit { MPI_Finalize() }
  }
  return try body(try Communicator(cmpi_comm_world(), isOwned: false))
}

/// The place of a process in its job.
public struct JobPlace: Hashable, Sendable {
  /// The number of the process in the job.
  public let rank: Int

  /// The number of processes in the job.
  public let size: Int

  /// The name of the host, as MPI knows it.
  public let host: String
}

extension Communicator {
  /// This process's rank, of how many, and its host.
  ///
  /// MPI-3.1, section 8.1.2.
  public func place() -> JobPlace {
    let host = withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(MPI_MAX_PROCESSOR_NAME)
    ) { text in
      var length: Int32 = 0
      guard let start = text.baseAddress, MPI_Get_processor_name(start, &length) == MPI_SUCCESS
      else { return "unknown host" }
      return String(cString: start)
    }
    return JobPlace(rank: rank, size: size, host: host)
  }
}

/// The library's own name and version, such as "Open MPI v4.1.4" or "MPICH Version: 4.0.2".
///
/// MPI-3.1, section 8.1.1.
public func mpiLibraryVersion() -> String {
  let text = mpiLibraryText()
  let end = text.unicodeScalars.firstIndex { $0 == "," || $0 == "\n" } ?? text.endIndex
  return String(text[..<end]).split { $0 == " " || $0 == "\t" }.joined(separator: " ")
}

/// The words of the library about itself, which may be many lines.
private func mpiLibraryText() -> String {
  withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(MPI_MAX_LIBRARY_VERSION_STRING)) {
    text in
    var length: Int32 = 0
    guard let start = text.baseAddress, MPI_Get_library_version(start, &length) == MPI_SUCCESS
    else { return "unknown" }
    return String(cString: start)
  }
}

/// Whether MPI has been initialized and not yet finalized, so that handles may be freed.
func isMPIActive() -> Bool {
  var initialized: Int32 = 0
  var finalized: Int32 = 0
  MPI_Initialized(&initialized)
  MPI_Finalized(&finalized)
  return initialized != 0 && finalized == 0
}

private func initializeMPI() throws(MPIError) {
  var provided: Int32 = 0
  try LoneStart.start { () throws(MPIError) in
    try check("MPI_Init_thread") {
      MPI_Init_thread(nil, nil, Int32(MPI_THREAD_SERIALIZED), &provided)
    }
  }
  precondition(provided >= MPI_THREAD_SERIALIZED, "this MPI library cannot serialize its calls")
  try check("MPI_Comm_set_errhandler") {
    MPI_Comm_set_errhandler(cmpi_comm_world().value, cmpi_errors_return())
  }
}

private func finalizeMPI() throws(MPIError) {
  try check("MPI_Finalize") { MPI_Finalize() }
}

/// Finalizes MPI on all ranks, and returns the greatest exit code of any.
private func endTogether(with code: Int32, on world: borrowing Communicator) -> Int32 {
  let agreed = (try? world.allReduce(code, .maximum)) ?? max(code, 1)
  _ = try? finalizeMPI()
  return agreed
}
