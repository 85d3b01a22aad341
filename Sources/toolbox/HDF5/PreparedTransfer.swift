internal import CParallelHDF5

/// A transfer that is ready: only the numbers are still to be moved.
package struct PreparedTransfer: ~Copyable {
  /// A call of the library that moves the elements from `position` in memory on.
  typealias Call = (
    _ position: Int, _ memory: hid_t, _ file: hid_t, _ properties: hid_t
  ) -> herr_t

  private let properties: Identifier
  private let pieces: SelectedPieces
  private let isCollective: Bool
  private let mismatch: HDF5Error?

  init(
    properties: consuming Identifier, pieces: SelectedPieces, isCollective: Bool,
    mismatch: HDF5Error?
  ) {
    self.properties = properties
    self.pieces = pieces
    self.isCollective = isCollective
    self.mismatch = mismatch
  }

  /// Moves all pieces; in a collective transfer all of them also after one that failed, because the
  /// other ranks wait for it.
  func move(_ operation: Operation, _ call: Call) throws(HDF5Error) {
    var failure = mismatch
    let properties = properties.id
    for piece in pieces.all {
      do throws(HDF5Error) {
        try operation.call(waitsForOthers: isCollective) {
          call(piece.position, piece.memory, piece.file, properties)
        }
      } catch {
        guard isCollective else { throw error }
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }
}

/// Selections of the dataset and of the memory, piece by piece, closed with their owner.
final class SelectedPieces {
  private(set) var all: [(position: Int, memory: hid_t, file: hid_t)] = []

  /// Takes over the two selections of a piece.
  func add(_ position: Int, _ memory: consuming Identifier, _ file: consuming Identifier) {
    all.append((position, memory.id, file.id))
    memory.abandon()
    file.abandon()
  }

  deinit {
    withLibrary {
      for piece in all {
        H5Sclose(piece.memory)
        H5Sclose(piece.file)
      }
    }
  }
}
