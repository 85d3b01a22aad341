internal import DurableFiles
internal import HDF5
internal import MPI

/// Writes a file together: beside its place first, with its name when it is complete.
///
/// Collective.
///
/// - Parameters:
///   - path: Where the file will be; the same on every rank.
///   - communicator: The ranks.
///   - body: Does every write by the function it is given, so that ranks that fail go no further.
/// - Throws: `AgreedFailure` on every rank.
func writeTogether(
  _ path: String, on communicator: borrowing Communicator,
  _ body: (borrowing HDF5File, _ together: (() throws(HDF5Error) -> Void) throws -> Void) throws ->
    Void
) throws {
  let temporary = DurableFile.temporary(for: path)
  let file = try communicator.agree { () throws(HDF5Error) in
    try HDF5File.create(temporary, on: communicator)
  }
  try body(file) { write in try communicator.agree(write) }
  let closed = closing(file)
  try communicator.agree { () throws(HDF5Error) in try closed.get() }
  try communicator.agree { () throws(FileError) in
    if communicator.isRoot { try DurableFile.commit(temporary, as: path) }
  }
}

private func closing(_ file: consuming HDF5File) -> Result<Void, HDF5Error> {
  do throws(HDF5Error) {
    return .success(try file.close())
  } catch {
    return .failure(error)
  }
}
