internal import Foundation
package import Progress

/// The stages that jobs work at in a run directory, by the records that they keep there.
package struct StagesAtWork: Hashable, Sendable {
  /// The records, outer folders first, sorted by the names of their folders.
  ///
  /// That of `halompi run` is left out while one of its stages has its own, and that of a training once it has logs.
  package let records: [ProgressRecord]

  /// Reads the records in a folder and in those one and two levels below.
  ///
  /// - Parameter directory: A run directory, or the folder of one stage's results.
  package init(in directory: String) {
    func folders(in path: String) -> [String] {
      let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
      return names.sorted().map { "\(path)/\($0)" }
    }
    let children = folders(in: directory)
    let candidates = [directory] + children + children.flatMap(folders)
    let found = candidates.compactMap { folder -> ProgressRecord? in
      let hasLogs = FileManager.default.fileExists(atPath: "\(folder)/metrics.jsonl")
      return hasLogs ? nil : ProgressRecord(contentsOf: ProgressRecord.file(in: folder))
    }
    let inner = found.filter { $0.stage != "run" }
    records = inner.isEmpty ? found : inner
  }

  /// Whether a job works at one of them.
  package var isAnyAlive: Bool {
    let now = Date().timeIntervalSince1970
    return records.contains { $0.isAlive(at: now) }
  }

  /// Says each stage in one line.
  ///
  /// - Parameter barWidth: The number of characters of a bar, or `nil` for none.
  /// - Returns: The lines, in the order of the records.
  package func lines(barWidth: Int? = nil) -> [String] {
    let now = Date().timeIntervalSince1970
    return records.map { $0.line(at: now, barWidth: barWidth) }
  }
}
