import Foundation

/// The folder of references that developers of the project keep beside it; a clone does not have it.
enum SharedFolder {
  /// The path of a file in the folder, if it is there.
  static func path(_ name: String) -> String? {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appending(path: "../shared/\(name)").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }

  /// The entries of the file that ``cosmologyReferences`` was taken from.
  static func cosmology() throws -> [String: [String: Any]] {
    guard let path = path("golden/cosmology.json") else { return [:] }
    let data = try Data(contentsOf: URL(filePath: path))
    return try JSONSerialization.jsonObject(with: data) as? [String: [String: Any]] ?? [:]
  }
}
