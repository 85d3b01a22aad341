import Foundation
import MPI
import TestSupport

/// One run of the program: a process of its own, or several ranks under the launcher of the build's MPI.
final class Job {
  /// How a job ended.
  struct End {
    /// The exit code of the program, or of the launcher.
    let code: Int32
    /// What was written to the standard output.
    let output: String
    /// What was written to the standard error output.
    let messages: String

    /// The lines in which the program tells of a failure.
    var failures: [String] {
      messages.split(separator: "\n").map(String.init).filter { $0.hasPrefix("halompi: ") }
    }
  }

  private let process: Process
  private let output: URL
  private let messages: URL
  private let ranks: Int

  /// The program, which is built beside the test bundle.
  static let program: String = {
    let arguments = CommandLine.arguments[0]
    let executable = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let folders = [arguments, executable ?? "/"].map {
      URL(filePath: $0).deletingLastPathComponent()
    }
    let programs = folders.map { $0.appending(path: "halompi").path }
    return programs.first { FileManager.default.isExecutableFile(atPath: $0) } ?? programs[0]
  }()

  /// Starts the program.
  ///
  /// - Parameters:
  ///   - arguments: What the program is given.
  ///   - ranks: The number of ranks under the launcher; 0 starts the program without it.
  ///   - folder: The current folder of the program.
  ///   - fileSizeLimit: The largest size of a file that may be written [KiB]. Writing more fails as it
  ///     does on a full disk, with an error of the system.
  ///   - launcher: What starts the ranks instead of ``launcher(ranks:seconds:with:)``.
  /// - Throws: What Foundation reports if the process cannot be started.
  init(
    _ arguments: [String], ranks: Int, in folder: URL, fileSizeLimit: Int? = nil,
    launcher: [String]? = nil
  ) throws {
    self.ranks = ranks
    process = try childProcess()
    let name = UUID().uuidString
    output = folder.appending(path: "\(name).out")
    messages = folder.appending(path: "\(name).err")
    var words: [String] = []
    if let launcher {
      words += launcher
    } else if ranks > 0 {
      words += Self.launcher(ranks: ranks)
    }
    if let fileSizeLimit {
      let script = "trap '' XFSZ; ulimit -f \(fileSizeLimit); exec \"$@\""
      words += ["bash", "-c", script, "bash"]
    }
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = words + [Self.program] + arguments
    process.currentDirectoryURL = folder
    process.environment = Self.environment
    if fileSizeLimit != nil { process.environment?.merge(Self.withoutSharedFiles) { $1 } }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try Self.emptyFile(output)
    process.standardError = try Self.emptyFile(messages)
    try process.run()
  }

  /// Returns the words that start ranks on this host, more than it has cores, which the program follows.
  ///
  /// - Parameters:
  ///   - ranks: The number of ranks.
  ///   - seconds: After how long the launcher ends the job.
  ///   - variables: What the ranks have in their environment besides, and the launcher has not.
  /// - Returns: The launcher with its options.
  static func launcher(
    ranks: Int, seconds: Int = 600, with variables: [String: String] = [:]
  ) -> [String] {
    ["env", "MPIEXEC_TIMEOUT=\(seconds)"] + MPIFamily.current.launcher(ranks: ranks)
      + environmentWords(variables)
  }

  /// Returns the words that start a program with further variables in its environment.
  static func environmentWords(_ variables: [String: String]) -> [String] {
    guard !variables.isEmpty else { return [] }
    return ["env"] + variables.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// Returns how the launcher ends when a signal has ended a rank, and what it says of that.
  ///
  /// MPICH's says it on the standard output, and not which rank it was.
  static func end(of rank: Int, by signal: Int32) -> (code: Int32, words: [String]) {
    let host = EndToEnd.FaultTests.host
    return switch MPIFamily.current {
    case .openMPI: (128 + signal, ["process rank \(rank) with PID", "on node \(host)"])
    case .mpich: (signal, ["RUNNING AT \(host)"])
    }
  }

  /// Variables by which UCX, on which MPICH rests, makes no files of its own in shared memory, which a limit to the size
  /// of files forbids.
  static let withoutSharedFiles =
    MPIFamily.current == .mpich ? ["UCX_TLS": "self,sysv"] : [:]

  /// The environment of jobs: that of this process, with what a launcher needs on a machine of few processors.
  static var environment: [String: String] {
    var environment = programEnvironment()
    environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
    environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    environment["OMPI_MCA_mpi_yield_when_idle"] = "1"
    return environment
  }

  private static func emptyFile(_ url: URL) throws -> FileHandle {
    try Data().write(to: url)
    return try FileHandle(forWritingTo: url)
  }

  /// The process that was started: the program itself, or the launcher.
  var processIdentifier: pid_t { process.processIdentifier }

  /// Whether the job has not ended.
  var isRunning: Bool { process.isRunning }

  /// Whether the standard error output has this text so far.
  func hasSaid(_ text: String) -> Bool {
    FileManager.default.contents(atPath: messages.path)?.firstRange(of: Data(text.utf8)) != nil
  }

  /// Waits for the end of the job.
  func wait() throws -> End {
    process.waitUntilExit()
    defer { for file in [output, messages] { try? FileManager.default.removeItem(at: file) } }
    // A shell's way to say that a signal ended a process.
    let offset: Int32 = process.terminationReason == .uncaughtSignal ? 128 : 0
    return End(
      code: offset + process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      messages: try String(contentsOf: messages, encoding: .utf8))
  }

  /// Sends a signal to one rank.
  ///
  /// - Returns: Whether there was such a process.
  @discardableResult
  func send(_ signal: Int32, toRank rank: Int) -> Bool {
    guard let process = processOfRank(rank) else { return false }
    return kill(process, signal) == 0
  }

  /// Finds the process of a rank among those below the launcher.
  func processOfRank(_ rank: Int) -> pid_t? {
    let launcher = process.processIdentifier
    guard ranks > 0 else { return launcher }
    let mark = Data("\(MPIFamily.current.launcherVariables.rank)=\(rank)".utf8)
    let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return processes.lazy.compactMap { pid_t($0) }.first { candidate in
      guard let environment = FileManager.default.contents(atPath: "/proc/\(candidate)/environ"),
        environment.split(separator: 0).contains(mark)
      else { return false }
      // MPICH has a process of its own between the launcher and the ranks.
      let parent = Self.parent(of: candidate)
      return parent == launcher || parent.flatMap(Self.parent) == launcher
    }
  }

  private static func parent(of process: pid_t) -> pid_t? {
    // "pid (name) state parent ...", where the name may hold anything.
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let name = stat.lastIndex(of: ")")
    else { return nil }
    return stat[name...].split(separator: " ").dropFirst(2).first.flatMap { pid_t($0) }
  }
}
