internal import DurableFiles
internal import Fields
internal import Foundation
internal import MPI

/// The field files that a job has made and that the same command need not make again if the job does not finish.
///
/// The list is beside them, and is removed when all are made: a command that is given after that makes all anew.
struct UnfinishedFields {
  /// A file that was made.
  private struct Entry: Codable {
    let preparation: FieldPreparation
    let summary: FieldSummary
  }

  private let file: String
  private var entries: [Entry] = []

  /// Reads the list of the job before, on rank 0; one that cannot be read is as none.
  init(in folder: String, isRead: Bool) {
    file = "\(folder)/unfinished.json"
    guard isRead, let data = FileManager.default.contents(atPath: file) else { return }
    entries = (try? JSONDecoder().decode([Entry].self, from: data)) ?? []
  }

  /// The results of a preparation that the job before has finished, and nothing has changed since.
  ///
  /// Collective.
  ///
  /// - Returns: Whether it was, and its results on rank 0.
  /// - Throws: `MPIError`.
  func result(
    of preparation: FieldPreparation, on world: borrowing Communicator
  ) throws -> (isDone: Bool, summary: FieldSummary?) {
    let found = entries.last { $0.preparation == Self.named(preparation) }?.summary
    return (try preparation.isDone(as: found, on: world), found)
  }

  /// Adds a file that was made, on rank 0.
  ///
  /// - Throws: `FileError` if the list cannot be written.
  mutating func add(_ summary: FieldSummary, of preparation: FieldPreparation) throws {
    entries.append(Entry(preparation: Self.named(preparation), summary: summary))
    try DurableFile.write(JSONEncoder().encode(entries), to: file)
  }

  /// Removes the list, on rank 0.
  func remove() { try? FileManager.default.removeItem(atPath: file) }

  /// A preparation without what changes no result.
  private static func named(_ preparation: FieldPreparation) -> FieldPreparation {
    var preparation = preparation
    preparation.threads = 1
    return preparation
  }
}
