internal import Foundation
internal import Text

/// The file `progress.json` in a folder of results: how far the job is that works there.
///
/// It is there while a stage works, for those who look from another terminal or node; a job that was killed leaves it.
/// Nothing depends on it, so that a file which cannot be written is no failure.
package struct ProgressRecord: Codable, Hashable, Sendable {
  /// The stage, such as `prepare`.
  package let stage: String

  /// The host of the process that writes.
  package let host: String

  /// The identifier of the process that writes.
  package let process: Int32

  /// The phase under way; `nil` before the first and between two.
  package var phase: ProgressPhase?

  /// The time at which the phase began [s since 1970].
  var began: Double

  /// The time of the last word of the job [s since 1970].
  package var changed: Double

  /// Begins a record of this process.
  package init(stage: String) {
    self.stage = stage
    host = thisHost
    process = ProcessInfo.processInfo.processIdentifier
    began = Date().timeIntervalSince1970
    changed = began
  }

  /// Returns the file in a folder of results.
  package static func file(in folder: String) -> String { "\(folder)/progress.json" }

  /// Reads a record; `nil` if there is none, or the file is not one.
  package init?(contentsOf path: String) {
    guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 16,
      let record = try? JSONDecoder().decode(Self.self, from: data)
    else { return nil }
    self = record
  }

  /// Writes the record beside the file and renames it, so that a reader finds a whole one.
  package func write(to path: String) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let partial = "\(path).partial"
    guard let data = try? encoder.encode(self),
      FileManager.default.createFile(atPath: partial, contents: data), rename(partial, path) == 0
    else {
      unlink(partial)
      return
    }
  }

  /// Whether the job is at work: its process is alive, or, on another host, was heard of within two minutes.
  package func isAlive(at now: Double) -> Bool {
    if host == thisHost {
      return process > 0 && (kill(process, 0) == 0 || errno == EPERM)
    }
    return now - changed < 120
  }

  /// Says the stage in one line: its phase with a bar, and how long ago the last word was if the job is slow or gone.
  ///
  /// - Parameters:
  ///   - now: The present time [s since 1970].
  ///   - barWidth: The number of characters of a bar, or `nil` for none.
  /// - Returns: The line, without its end.
  package func line(at now: Double, barWidth: Int? = nil) -> String {
    let what = phase?.line(after: max(0, changed - began), barWidth: barWidth) ?? "at work"
    let silence = max(0, now - changed)
    if !isAlive(at: now) {
      return "\(stage): \(what); stopped \(duration(silence)) ago, the same command goes on"
    }
    return "\(stage): \(what)" + (silence >= 10 ? "; no news for \(duration(silence))" : "")
  }
}
