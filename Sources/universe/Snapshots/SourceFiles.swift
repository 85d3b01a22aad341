/// The files that something was made from, taken as one: a field file, a simulation.
package struct SourceFiles: Hashable, Codable, Sendable {
  /// The path as it was given.
  package var path: String

  /// The number of files.
  package var fileCount: Int

  /// Their size, added [bytes].
  package var byteCount: Int

  /// The checksum of their bytes one after the other, in hexadecimal digits.
  package var checksum: String

  /// Makes the description of a source.
  package init(path: String, fileCount: Int, byteCount: Int, checksum: String) {
    self.path = path
    self.fileCount = fileCount
    self.byteCount = byteCount
    self.checksum = checksum
  }
}
