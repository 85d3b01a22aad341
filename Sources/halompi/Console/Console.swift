internal import Foundation
internal import Progress
internal import Synchronization
internal import Text

/// One of the two standard outputs of the process, by which alone the program speaks.
///
/// The messages of a job at work are news: if they cannot be written, because the disk of the log is full, the
/// terminal is gone, or nobody reads on, they are dropped, and the job goes on (``say(_:)``, ``draw(_:)``). The output that a
/// command was asked for is its result, and the loss of it an error (``show(_:terminator:)``,
/// ``give(_:terminator:)``).
final class Console: Sendable {
  /// The standard output.
  static let output = Console(STDOUT_FILENO, name: "standard output")

  /// The standard error output.
  static let error = Console(STDERR_FILENO, name: "standard error output")

  private struct State {
    /// The log of the fact that something could not be said, once its folder is known.
    var note: LostLog?
    /// The lines that are not in that log yet.
    var unnoted: [String] = []
    /// Whether something was lost already.
    var hasLost = false
  }

  private let descriptor: Int32
  private let name: String
  private let state = Mutex(State())

  private init(_ descriptor: Int32, name: String) {
    self.descriptor = descriptor
    self.name = name
  }

  /// Says in which folder of results it is noted if something cannot be said.
  static func noteLosses(in folder: String) {
    for console in [output, error] { console.state.withLock { $0.note = LostLog(in: folder) } }
  }

  // MARK: - News

  /// Says a text to people, which is dropped if it cannot be written.
  func say(_ text: String) { draw(Quoting.terminal(text, keepingLines: true)) }

  /// Says a text with signs that steer a terminal, which is dropped if it cannot be written.
  func draw(_ text: String) {
    guard let failure = write(text, waits: false) else { return }
    lose(because: failure)
  }

  /// Says the last word of a job that failed; if it cannot be written, it is noted instead.
  func complain(_ sentence: String) {
    let text = Quoting.terminal(sentence, keepingLines: true) + "\n"
    guard let failure = write(text, waits: false) else { return }
    lose(because: failure, adding: "the job ended with: \(sentence)")
  }

  // MARK: - Results

  /// Prints what a command was asked for, for people: names in it cannot steer the terminal.
  func show(_ text: some CustomStringConvertible, terminator: String = "\n") throws(OutputError) {
    try give(Quoting.terminal("\(text)", keepingLines: true), terminator: terminator)
  }

  /// Prints what a command was asked for, as it is: for a program, or with signs that steer a terminal.
  func give(_ text: String, terminator: String = "\n") throws(OutputError) {
    guard let failure = write(text + terminator, waits: true) else { return }
    throw OutputError(name: name, code: failure)
  }

  // MARK: - Writing

  /// Writes all of a text.
  ///
  /// - Parameters:
  ///   - text: The text.
  ///   - waits: Whether to wait for as long as the reader likes; otherwise some seconds, and no more once something was
  ///     lost.
  /// - Returns: The error of the system if it cannot be written; `nil` if it is.
  private func write(_ text: String, waits: Bool) -> Int32? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        // A pipe that takes anything at all takes so much without waiting.
        let part = waits ? rest.count : min(rest.count, Self.partLength)
        if !waits, !takesMoreSoon() { return EAGAIN }
        let count = Foundation.write(descriptor, rest.baseAddress, part)
        if count > 0 {
          rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        } else if count == 0 || errno != EINTR && !(errno == EAGAIN && takesMoreSoon()) {
          return count == 0 ? EIO : errno
        }
      }
      return nil
    }
  }

  /// The bytes that a pipe takes at once, or not at all, on Linux.
  private static let partLength = 4096

  /// Waits until an output takes more, or fails; nobody is waited for longer than some seconds.
  private func takesMoreSoon() -> Bool {
    var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    let hasLost = state.withLock { $0.hasLost }
    return poll(&request, 1, hasLost ? 0 : 5000) != 0
  }

  /// Notes the first loss, and last words, as soon as there is a folder for the note.
  private func lose(because failure: Int32, adding text: String? = nil) {
    state.withLock { state in
      if !state.hasLost {
        let reason = String(cString: strerror(failure))
        let command = CommandLine.arguments.joined(separator: " ")
        state.unnoted.append(
          "the \(name) could not be written (\(reason)), and what this job says from now on may be lost; its "
            + "results are not. The command: \(command)")
        state.hasLost = true
      }
      if let text { state.unnoted.append(text) }
      guard let note = state.note else { return }
      while let line = state.unnoted.first, note.add(line) { state.unnoted.removeFirst() }
    }
  }
}
