internal import DurableFiles
internal import Foundation
internal import Settings

/// An experiment file, which may extend others: `extends: FILE` or `[ONE, OTHER]` takes their settings, those of a later
/// one over those of an earlier one, and the file's own over all of them.
struct ExperimentFile {
  /// The path, as messages name it.
  let path: String

  /// The absolute path of the folder to which relative paths of the file refer, without links.
  let folder: String

  /// The key that names the file to extend.
  private static let key = "extends"

  /// The beginning of the first line of an experiment as used, as halompi writes it.
  static let recordHeading = "# The experiment as used by halompi"

  /// The largest number of files that extend each other.
  private static let longestChain = 8

  init(path: String) {
    self.init(
      path: path,
      folder: URL(filePath: path).deletingLastPathComponent().resolvingSymlinksInPath().path)
  }

  init(path: String, folder: String) {
    self.path = path
    self.folder = folder
  }

  /// Reads the settings of the file over those of the files that it extends.
  func tree() throws(SettingsError) -> SettingsTree { try tree(of: text()) }

  /// Lays the settings of a text in the place of the file's over those of the files that it extends.
  func tree(of yaml: String) throws(SettingsError) -> SettingsTree {
    try tree(of: yaml, depth: 1)
  }

  private func tree(of yaml: String, depth: Int) throws(SettingsError) -> SettingsTree {
    let written = try SettingsTree(yaml: yaml, file: path)
    // Older records have the default of the input beside a list of inputs, which nobody gave.
    let tree = yaml.hasPrefix(Self.recordHeading) ? written.replacingInput(in: written) : written
    guard let names = tree[Self.key] else { return tree }
    var settings: SettingsTree?
    for name in try files(in: names) {
      guard depth < Self.longestChain else {
        throw SettingsError(
          path: Self.key, origin: names.origin,
          problem: .invalid(
            reason: "\(Self.longestChain) files or more extend each other, or a file itself",
            remedy: "name a file that does not lead back here"))
      }
      let file = ExperimentFile(path: absolutePath(name, in: folder))
      let other = try file.tree(of: file.text(namedAt: names.origin), depth: depth + 1)
      settings = settings.map { other.replacingInput(in: $0).overlaid(by: other) } ?? other
    }
    let own = tree.without(key: Self.key)
    return settings.map { own.replacingInput(in: $0).overlaid(by: own) } ?? own
  }

  /// The paths of the files to extend, as they are written.
  private func files(in names: SettingsTree) throws(SettingsError) -> [String] {
    let elements = if case .sequence(let elements) = names.content { elements } else { [names] }
    return try elements.map { (element) throws(SettingsError) in
      if case .scalar(let name, _) = element.content, !name.isEmpty { return name }
      throw SettingsError(
        path: Self.key, origin: element.origin,
        problem: .wrongType(
          value: "no file", expected: "the path of an experiment file, or several as [ONE, OTHER]"))
    }
  }

  /// The folder to which a relative path refers that was written at a place: that of the file it is in.
  func folder(of origin: SettingsOrigin) -> String {
    guard case .file(let other, _) = origin, other != path else { return folder }
    return ExperimentFile(path: other).folder
  }

  /// Reads the text of the file.
  ///
  /// - Parameter origin: The place where another file names this one.
  /// - Returns: The text.
  /// - Throws: `SettingsError` if it cannot be read, or is not in UTF-8.
  func text(namedAt origin: SettingsOrigin = .defaults) throws(SettingsError) -> String {
    let data: Data
    do {
      data = try DurableFile.read(path)
    } catch {
      let reason = error.isMissing ? "there is no such file" : error.reason
      throw SettingsError(path: path, origin: origin, problem: .unreadable(reason))
    }
    if let text = String(validating: data, as: UTF8.self) { return text }
    // The longest beginning that is text ends on the line of the first byte that is not.
    let repaired = String(decoding: data, as: UTF8.self).unicodeScalars
    let line = repaired.prefix { $0 != "\u{FFFD}" }.count { $0 == "\n" } + 1
    throw SettingsError(
      path: "", origin: .file(path: path, line: line),
      problem: .invalidYAML("the text is not in UTF-8"))
  }
}
