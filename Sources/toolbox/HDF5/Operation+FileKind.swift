internal import Foundation

extension Operation {
  /// Refuses a path that is no file: the library would wait for a pipe to which nobody writes.
  ///
  /// What cannot be examined is left to the library, which tells the reason.
  func requireFile() throws(HDF5Error) {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG else { return }
    let isFolder = status.st_mode & S_IFMT == S_IFDIR
    throw isFolder
      ? failure("it is a folder", in: "HDF5File", hint: "Give the path of a file in it")
      : failure(
        "it is a pipe or a device", in: "HDF5File",
        hint: "Write what comes from there to a file first")
  }
}
