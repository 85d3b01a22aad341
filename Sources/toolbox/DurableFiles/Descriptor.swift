internal import Foundation
internal import Heartbeat

/// An open file of the operating system, closed with its owner.
struct Descriptor: ~Copyable {
  private let file: OpenNumber
  private let path: String

  private var number: Int32 { file.number }

  /// Opens a file; new ones are as accessible as the user's `umask` says.
  ///
  /// What is no file, such as a named pipe to which nobody writes, is neither waited for nor read.
  static func open(
    _ path: String, _ flags: Int32, for operation: String
  ) throws(FileError) -> Descriptor {
    let number = try retrying(operation, path) {
      Foundation.open(path, flags | O_CLOEXEC | O_NONBLOCK, 0o666)
    }
    let descriptor = Descriptor(file: OpenNumber(number: number), path: path)
    if flags & O_ACCMODE == O_RDONLY {
      var status = stat()
      try retrying("examining", path) { fstat(number, &status) }
      // Folders are opened to be stored; the system itself refuses to read them.
      guard [S_IFREG, S_IFDIR].contains(status.st_mode & S_IFMT) else {
        throw FileError(operation, path, .notAFile)
      }
    }
    return descriptor
  }

  /// Writes all of `bytes`, which the system may take in parts.
  func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while let start = UnsafeRawBufferPointer(rebasing: rest).baseAddress, !rest.isEmpty {
      let count = try retrying("writing", path) { Foundation.write(number, start, rest.count) }
      rest = rest.dropFirst(count)
    }
  }

  /// Fills `buffer`, and returns how many bytes it got: fewer only at the end of the file.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    var filled = 0
    while filled < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
      let count = try retrying("reading", path) {
        Foundation.read(number, rest.baseAddress, rest.count)
      }
      guard count > 0 else { break }
      filled += count
    }
    return filled
  }

  /// Goes to a place of the file.
  func seek(to offset: Int) throws(FileError) {
    try retrying("reading", path) { lseek(number, off_t(offset), SEEK_SET) }
  }

  /// The number of bytes in the file.
  func length() throws(FileError) -> Int {
    var status = stat()
    try retrying("examining", path) { fstat(number, &status) }
    return Int(status.st_size)
  }

  /// Cuts the file at a number of bytes.
  func truncate(to length: Int) throws(FileError) {
    try retrying("truncating", path) { ftruncate(number, off_t(length)) }
  }

  /// Adds zeros at the end of the file, with room on the disk.
  ///
  /// Where a file system cannot take room, the C library writes a byte into each block.
  func extend(by byteCount: Int) throws(FileError) {
    let start = try length()
    guard byteCount > 0 else { return }
    while true {
      Heartbeat.beat()
      let code = posix_fallocate(number, off_t(start), off_t(byteCount))
      guard code != 0 else { return }
      guard code == EINTR else { throw FileError("extending", path, .system(code)) }
    }
  }

  /// Waits until what was written is on the disk.
  func sync() throws(FileError) {
    try retrying("storing", path) { fsync(number) }
  }

  /// Closes the file and reports what `deinit` could not: some file systems write only now.
  consuming func close() throws(FileError) {
    // Linux has closed the descriptor even if the call was interrupted.
    guard Foundation.close(file.take()) == 0 || errno == EINTR else {
      throw FileError("closing", path, .system(errno))
    }
  }
}

/// The number of an open file, which is closed unless it is taken.
struct OpenNumber: ~Copyable {
  let number: Int32

  consuming func take() -> Int32 {
    let number = number
    discard self
    return number
  }

  deinit { close(number) }
}

/// Calls the operating system, again while a signal interrupts it, and throws if it returns -1.
@discardableResult
func retrying<Result: SignedInteger>(
  _ operation: String, _ path: String, _ call: () -> Result
) throws(FileError) -> Result {
  while true {
    Heartbeat.beat()
    let result = call()
    guard result == -1 else { return result }
    guard errno == EINTR else { throw FileError(operation, path, .system(errno)) }
  }
}
