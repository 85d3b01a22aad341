import Foundation

/// A run of the program within limits, and what is wrong with how it ended.
struct Trial {
  /// The exit codes that the help lists, but for 70, an internal failure.
  static let documentedCodes: Set<Int32> = [0, 1, 64, 65, 66, 74, 75]

  /// The processor time that a run may take [s].
  static let processorSeconds = 5

  /// How long a run may take [s]: a machine that is busy with other things gives the processor late.
  static let wallSeconds = 60.0

  /// The memory that a run may take [bytes].
  static let memory = 1 << 30

  /// How the program ended, as a shell tells it: 128 and more is a signal.
  let code: Int32

  /// What it wrote to the standard error output.
  let errors: String

  /// The processor time of the program and of those that it started [s].
  let processorTime: Double

  /// The largest memory of the program, or of one that it started [bytes].
  let peak: Int

  /// Whether it had to be ended.
  let isStuck: Bool

  /// Runs a program to its end.
  ///
  /// - Parameters:
  ///   - words: The path of the program and its arguments.
  ///   - folder: The current folder of the program.
  ///   - temporary: The folder in which it keeps temporary files.
  ///   - isToldOfMemory: Whether the memory is limited by what the program is told, as by Slurm, and not by the
  ///     system.
  /// - Throws: An error of Foundation if it cannot be started.
  init(
    of words: [String], in folder: String, temporary: String, isToldOfMemory: Bool = false
  ) throws {
    let said = "\(folder).err"
    defer { unlink(said) }
    // A shell sets the limits. Memory that a file asks for beyond what a run may take shall be seen, and not be refused
    // by the system. The program is alone in its group, with which all that it started is ended.
    let script =
      "cd \"$0\" && ulimit -c 0 && ulimit -S -t \(Self.processorSeconds + 1) && "
      + (isToldOfMemory
        ? "export SLURM_MEM_PER_NODE=\(Self.memory >> 20)"
        : "ulimit -d \(4 * Self.memory / 1024)") + " && exec \"$@\""
    let process = try Self.start(
      ["/bin/sh", "-c", script, folder] + words, errors: said,
      environment: Self.environment(temporary: temporary))
    let end = Date(timeIntervalSinceNow: Self.wallSeconds)
    var status: Int32 = 0
    var usage = rusage()
    var isStuck = false
    while wait4(process, &status, isStuck ? 0 : WNOHANG, &usage) == 0 {
      if Date() > end {
        isStuck = true
        kill(-process, SIGKILL)
      } else {
        usleep(4000)
      }
    }
    // What it started and left behind.
    kill(-process, SIGKILL)
    self.isStuck = isStuck
    code = status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    processorTime = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
    peak = 1024 * usage.ru_maxrss
    let bytes = FileManager.default.contents(atPath: said) ?? Data()
    errors = String(decoding: bytes, as: UTF8.self)
  }

  private static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + 1e-6 * Double(time.tv_usec)
  }

  /// The environment of this process without what a launcher left in it.
  private static func environment(temporary: String) -> [String] {
    let launchers = ["OMPI_", "PMIX_", "PRTE_", "SLURM_"]
    var environment = ProcessInfo.processInfo.environment.filter { variable in
      !launchers.contains { variable.key.hasPrefix($0) }
    }
    environment["TMPDIR"] = temporary
    environment["OPENBLAS_NUM_THREADS"] = "1"
    // No process of the launcher beside each run: there are no other ranks, and each has a temporary folder.
    environment["OMPI_MCA_ess_singleton_isolated"] = "1"
    environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
    environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    return environment.map { "\($0.key)=\($0.value)" }
  }

  private static func start(
    _ words: [String], errors: String, environment: [String]
  ) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(
      &actions, STDERR_FILENO, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    // The limit of processor time is a signal. Threads of Swift's pool hold signals back, some launchers have it
    // ignored, and a program that is started inherits both.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGXCPU)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes,
      Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] = environment.map { strdup($0) } + [nil]
    defer { for word in arguments + variables { free(word) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, words[0], &actions, &attributes, &arguments, &variables)
    guard code == 0 else { throw POSIXError(POSIXErrorCode(rawValue: code) ?? .EIO) }
    return process
  }
}

extension Trial {
  /// Whether it was ended because it took more of the processor than it may.
  var hasRunOutOfTime: Bool { code == 128 + SIGXCPU }

  /// Looks what is wrong with the end of the run.
  ///
  /// - Parameter mayTakeLong: Whether it may take all the processor time until it is ended.
  /// - Returns: What is wrong; `nil` if nothing is.
  func fault(mayTakeLong: Bool = false) -> String? {
    if isStuck { return "it did not end within \(Int(Self.wallSeconds)) s" }
    if code > 128 { return "signal \(code - 128)" }
    if !mayTakeLong, processorTime > Double(Self.processorSeconds) {
      return "it took \(processorTime) s of the processor"
    }
    if peak > Self.memory + 1 << 26 { return "it took \(peak >> 20) MiB of memory" }
    guard Self.documentedCodes.contains(code) else { return "exit code \(code)" }
    if errors.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" || $0 == "\u{7F}" }) {
      return "signs that steer a terminal on the standard error output"
    }
    guard code != 0 else { return nil }
    let lines = errors.split(separator: "\n")
    let sentences = lines.filter { $0.hasPrefix("halompi: ") || $0.hasPrefix("Error: ") }
    guard sentences.count == 1 else { return "\(sentences.count) sentences for exit code \(code)" }
    guard lines.last == sentences[0] || sentences[0].hasPrefix("Error: ") else {
      return "a sentence of several lines"
    }
    let stacks = ["HDF5-DIAG", "Fatal error", "terminate called", "Assertion"]
    guard !stacks.contains(where: { errors.contains($0) }) else { return "the stack of a library" }
    guard let last = sentences[0].last, ".?!".contains(last) else { return "no full stop" }
    return nil
  }
}
