internal import DurableFiles
internal import Experiments
internal import Failures
internal import Foundation
internal import Progress

/// The file into which a run says what it would say on a screen, after what earlier starts said.
final class RunLog {
  private let file: FileHandle
  private let path: String
  private let note: LostLog
  private var isNoted = false

  /// Opens the log of a run, making it and its folder if need be.
  init(_ run: AblationRun, of ablation: Ablation) throws {
    let path = ablation.directory.ablation.log(of: run.name)
    try DurableFile.createDirectory((path as NSString).deletingLastPathComponent)
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else {
      throw RunLogError(file: path, reason: String(cString: strerror(errno)))
    }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    self.path = path
    note = LostLog(in: ablation.directory.path)
  }

  /// A reporter that writes into the log; a log that cannot be written ends no run, and is noted once.
  var reporter: ProgressReporter { ProgressReporter(style: .lines(every: 30), write: write) }

  private func write(_ text: String) {
    do {
      try file.write(contentsOf: Data(text.utf8))
    } catch {
      guard !isNoted else { return }
      isNoted = note.add("the log \(path) could not be written (\(error.localizedDescription))")
    }
  }
}

/// A log that cannot be opened.
struct RunLogError: JobFailure, Hashable, CustomStringConvertible {
  /// The path of the log.
  let file: String

  /// Why, in the system's words.
  let reason: String

  /// A file that cannot be written.
  var exitCode: JobExitCode { .inputOutput }

  /// What was being done, to which file, why it failed and what to try.
  var description: String {
    "opening the log \(file): \(reason); choose with --runs a folder that can be written"
  }
}
