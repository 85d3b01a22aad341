internal import Failures
package import MPI
internal import Snapshots

extension FieldPreparation {
  /// Whether the field file is there as an earlier preparation made it, of the sources that are there now.
  ///
  /// The file and the sources are read for their checksums. Collective.
  ///
  /// - Parameters:
  ///   - summary: The results of that preparation, on rank 0.
  ///   - communicator: The ranks.
  /// - Returns: Whether the preparation need not be done again; `false` too if something cannot be read.
  /// - Throws: `MPIError`.
  package func isDone(
    as summary: FieldSummary?, on communicator: borrowing Communicator
  ) throws -> Bool {
    let isWhole = communicator.isRoot && summary.map { isIntact(as: $0) } == true
    guard try communicator.broadcast([Int32(isWhole ? 1 : 0)])[0] == 1 else { return false }
    var isSame = false
    do {
      let inputs = try communicator.broadcastFromRoot { () throws(Failure) in
        try PreparationInputs(self)
      }
      isSame = try inputs.sources(of: self, on: communicator) == summary?.metadata.sources
    } catch is AgreedFailure {
      // The preparation itself says what is wrong.
    }
    return try communicator.broadcast([Int32(isSame ? 1 : 0)])[0] == 1
  }

  private func isIntact(as summary: FieldSummary) -> Bool {
    do throws(Failure) {
      let file = try FieldFile.open(output)
      guard file.metadata == summary.metadata else { return false }
      try file.verifyChecksums()
      try file.close()
      return true
    } catch {
      return false
    }
  }
}

extension PreparationInputs {
  /// The files of the snapshots and of the catalogue, by role, with their checksums.
  ///
  /// Collective.
  func sources(
    of settings: FieldPreparation, on communicator: borrowing Communicator
  ) throws -> [String: SourceFiles] {
    [
      "initialSnapshot": try SourceFiles(
        path: settings.initialSnapshot, files: initial.parts.map(\.path), on: communicator),
      "finalSnapshot": try SourceFiles(
        path: settings.finalSnapshot, files: final.parts.map(\.path), on: communicator),
      "catalogue": try SourceFiles(
        path: settings.halos.path ?? settings.finalSnapshot, files: assignment.files(of: final),
        on: communicator),
    ]
  }
}
