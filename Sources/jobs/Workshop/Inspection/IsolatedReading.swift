internal import DurableFiles
internal import Failures
internal import Foundation

/// A reading of a foreign file in a process of its own, so that a crash of it does not end this one.
///
/// The HDF5 library trusts what a file says of itself, and may crash, run for ever or fill the memory
/// on a damaged one. This program is started again with limits on both, in proportion to the file.
package struct IsolatedReading: Sendable {
  private let path: String
  private let byteCount: Int

  /// The processor time that the process may use [s].
  var seconds: Int

  /// The memory that the process may use [bytes].
  var memory: Int

  /// Prepares to read a file, a folder, or what several files have in common.
  ///
  /// - Parameters:
  ///   - path: Its path.
  ///   - other: The path of what is read with it.
  package init(of path: String, with other: String? = nil) {
    self.path = path
    byteCount = Self.size(of: path) + (other.map(Self.size) ?? 0)
    // No reading of ours is slower than 2 MB/s, or takes more than 16 times the memory of a file that is
    // large.
    seconds = 4 + byteCount / 2_000_000
    memory = (1 << 30) + 16 * byteCount
  }

  /// Starts this program with other arguments, whose output is that of this process, and waits for its
  /// end.
  ///
  /// - Parameter arguments: The words that follow the name of the program.
  /// - Returns: The exit code, and what the process said on its standard error output.
  /// - Throws: `Failure` if the process was ended by a signal; `FileError`.
  package func run(_ arguments: [String]) throws -> (code: Int32, errors: String) {
    // A pipe would stay open as long as a process that MPI starts beside it; a file does not wait.
    let said = try DurableFile.scratch()
    defer { close(said) }
    let status = try start(arguments, errors: said)
    let signal = status & 0x7f
    guard signal == 0 else {
      if signal == SIGXCPU {
        throw Failure(
          .badData,
          "HDF5 did not end within \(seconds) s of reading \(path), which has \(byteCount) bytes",
          because: "it is damaged",
          remedy:
            "restore it from a copy, or, if you know better, inspect it with --trust, which sets no "
            + "limits")
      }
      throw Failure(
        .badData, "HDF5 ended while reading \(path)", because: "it is damaged",
        remedy: "restore it from a copy, or make it again")
    }
    lseek(said, 0, SEEK_SET)
    let text = FileHandle(fileDescriptor: said, closeOnDealloc: false).availableData
    return (status >> 8 & 0xff, String(decoding: text, as: UTF8.self))
  }

  /// Starts the process with the limits, which this process has only meanwhile.
  private func start(_ arguments: [String], errors: Int32) throws -> Int32 {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    // The limit of time is a signal, which must reach a process whose parent ignores it or holds it back.
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGXCPU)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETSIGMASK) | Int16(POSIX_SPAWN_SETSIGDEF))
    // A file that is opened must not take the place of a standard one that is closed.
    for standard in [STDIN_FILENO, STDOUT_FILENO] where fcntl(standard, F_GETFD) == -1 {
      posix_spawn_file_actions_addopen(&actions, standard, "/dev/null", O_RDWR, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO)
    var words: [UnsafeMutablePointer<CChar>?] = ([CommandLine.arguments[0]] + arguments)
      .map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    let limits = [
      Limit(RLIMIT_CPU, softly: seconds), Limit(RLIMIT_DATA, softly: memory),
      Limit(RLIMIT_CORE, softly: 0),
    ]
    var process: pid_t = 0
    let code = posix_spawn(&process, "/proc/self/exe", &actions, &attributes, &words, environ)
    for limit in limits { limit.restore() }
    guard code == 0 else { throw FileError("starting", "/proc/self/exe", .system(code)) }
    var status: Int32 = 0
    while waitpid(process, &status, 0) == -1, errno == EINTR {}
    return status
  }

  /// The bytes of a file, and of those in its folder that begin with the same name up to a dot; or of all files in a
  /// folder.
  private static func size(of path: String) -> Int {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    _ = manager.fileExists(atPath: path, isDirectory: &isFolder)
    let url = URL(filePath: path)
    let folder = isFolder.boolValue ? url : url.deletingLastPathComponent()
    // Files of a set differ behind a dot: x.0.hdf5, x.1.hdf5.
    let name = isFolder.boolValue ? "" : url.lastPathComponent.prefix { $0 != "." }
    let names = (try? manager.contentsOfDirectory(atPath: folder.path)) ?? []
    return names.filter { $0.hasPrefix(name) }.reduce(0) { sum, name in
      let file = folder.appending(path: name).resolvingSymlinksInPath().path
      let attributes = try? manager.attributesOfItem(atPath: file)
      return sum + ((attributes?[.size] as? NSNumber)?.intValue ?? 0)
    }
  }
}

/// A limit of the operating system that this process has given itself.
private struct Limit {
  private let resource: __rlimit_resource_t
  private let before: rlimit

  /// Sets the limit that a process may raise again, unless there is a lower one.
  init(_ resource: __rlimit_resource, softly value: Int) {
    self.resource = __rlimit_resource_t(resource.rawValue)
    var limit = rlimit()
    getrlimit(self.resource, &limit)
    before = limit
    limit.rlim_cur = min(limit.rlim_cur, rlim_t(value))
    setrlimit(self.resource, &limit)
  }

  func restore() {
    var limit = before
    setrlimit(resource, &limit)
  }
}
