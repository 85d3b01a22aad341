import Foundation

/// The folders within each target, and which of them use names of which others.
///
/// Targets cannot use each other in circles, but the compiler allows it within one. A folder uses another if its
/// code, comments and texts left out, has the name of a type or function that is declared there at the top level.
struct FolderCircles {
  /// A folder of a target; the target itself for files beside the folders.
  struct Folder: Hashable, Comparable, CustomStringConvertible {
    let target: String
    let name: String

    var description: String { name.isEmpty ? target : "\(target)/\(name)" }

    static func < (left: Self, right: Self) -> Bool { left.description < right.description }
  }

  /// What each folder uses: other folders of its target, with one of the names.
  private(set) var uses: [Folder: [Folder: String]] = [:]

  init(_ files: [TextFile]) {
    var declared: [String: [String: Folder]] = [:]
    var words: [(folder: Folder, words: Set<String>)] = []
    // Several folders may extend a type; it is of the folder that declares it.
    let declaration =
      /^(?:(?:public|package|final|indirect) )*(?:struct|enum|class|protocol|actor|typealias|func) (\w+)/
    for file in files {
      guard let target = file.target, let folder = Self.folder(of: file, target) else { continue }
      let code = SourceRules.code(of: file).filter { !" \($0)".contains(" import ") }
      for line in code {
        guard let match = line.firstMatch(of: declaration) else { continue }
        declared[target, default: [:]][String(match.output.1)] = folder
      }
      words.append((folder, Set(code.flatMap(Self.words))))
    }
    for (folder, words) in words {
      for (name, home) in declared[folder.target] ?? [:]
      where home != folder && words.contains(name) {
        uses[folder, default: [:]][home] = name
      }
    }
  }

  private static func folder(of file: TextFile, _ target: String) -> Folder? {
    let parts = file.path.split(separator: "/").map(String.init)
    guard let start = parts.firstIndex(of: target) else { return nil }
    return Folder(target: target, name: parts[(start + 1)...].dropLast().joined(separator: "/"))
  }

  private static func words(of line: String) -> [String] {
    line.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init)
  }

  /// The folders that cannot be put into an order in which each uses only those before it.
  func circular() -> [Folder] {
    var open = Set(uses.keys).union(uses.values.flatMap(\.keys))
    while let next = open.first(where: { folder in
      (uses[folder] ?? [:]).keys.allSatisfy { !open.contains($0) }
    }) { open.remove(next) }
    // Of these, those that only use a circle and are in none.
    while let above = open.first(where: { folder in
      !open.contains { (uses[$0] ?? [:])[folder] != nil }
    }) { open.remove(above) }
    return open.sorted()
  }

  /// The folders in circles, with what each uses of the others.
  func findings() -> [Finding] {
    let circular = circular()
    return circular.flatMap { folder in
      (uses[folder] ?? [:]).filter { circular.contains($0.key) }.sorted { $0.key < $1.key }.map {
        Finding(path: "\(folder)", line: 0, reason: "uses \($0.value) of \($0.key), in a circle")
      }
    }
  }
}
