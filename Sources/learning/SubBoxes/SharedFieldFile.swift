internal import Failures
internal import Fields

/// An open field file of one simulation, read by this process alone and shared by its threads.
///
/// The file is only read once it is open, by one thread at a time, which makes it safe to share.
final class SharedFieldFile: @unchecked Sendable {
  /// The file, which is not copied and is closed with the last user.
  let file: FieldFile

  /// Opens a field file.
  init(_ path: String) throws(Failure) {
    file = try FieldFile.open(path)
  }

  /// The metadata of the file.
  var metadata: FieldMetadata { file.metadata }

  /// The number of sites along each axis, N.
  var gridSize: Int { file.metadata.gridSize }
}
