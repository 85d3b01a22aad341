import Foundation

/// A target of Package.swift that is built from Sources.
struct ManifestTarget: Hashable {
  let name: String

  /// The level whose heading it stands under.
  let level: Int

  /// The targets of this package that it may import.
  let dependencies: [String]

  let isSystemLibrary: Bool
}

/// The targets of the package, read from the text of Package.swift.
struct Manifest {
  let targets: [ManifestTarget]

  init(_ text: String) {
    let starts = text.matches(
      of: /\.(target|systemLibrary|executableTarget|testTarget)\(\s*name: "(\w+)"/)
    let headings = text.matches(of: /\/\/ Level (\d+)/)
    targets = starts.enumerated().compactMap { index, start in
      let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : text.endIndex
      let body = text[start.range.lowerBound..<end]
      guard start.output.1 != "testTarget", !body.contains("path: \"Tests/") else { return nil }
      let heading = headings.last { $0.range.lowerBound < start.range.lowerBound }
      let own = body.replacing(/\.product\([^)]*\)/, with: "")
      let list = own.firstMatch(of: /dependencies: \[([^\]]*)\]/).map { $0.output.1 } ?? ""
      return ManifestTarget(
        name: String(start.output.2), level: heading.flatMap { Int($0.output.1) } ?? -1,
        dependencies: list.matches(of: /"(\w+)"/).map { String($0.output.1) },
        isSystemLibrary: start.output.1 == "systemLibrary")
    }
  }

  /// Dependencies on targets of the same or a lower place in the list, which is ordered by level, and
  /// system libraries with more users than their wrapper.
  func findings() -> [Finding] {
    var findings: [Finding] = []
    var earlier: Set<String> = []
    var level = 0
    func add(_ reason: String) {
      findings.append(Finding(path: "Package.swift", line: 0, reason: reason))
    }
    for target in targets {
      if target.level < level { add("\(target.name) stands under level \(target.level)") }
      level = max(level, target.level)
      for dependency in target.dependencies where !earlier.contains(dependency) {
        add("\(target.name) depends on \(dependency), which is not above it")
      }
      earlier.insert(target.name)
    }
    for library in targets where library.isSystemLibrary {
      let users = targets.filter { $0.dependencies.contains(library.name) }.map(\.name)
      if users.count != 1 {
        add("\(library.name) is wrapped by one target, not by \(users)")
      }
    }
    return findings
  }

  // Made once: making a pattern takes longer than matching it.
  nonisolated(unsafe) private static let importing =
    /^(?:@\w+(?:\([^)]*\))? +)*(?:(?:public|package|internal|fileprivate|private) +)?import +(?:(?:struct|class|enum|protocol|func|var|let|typealias) +)?(\w+)/

  /// Imports of targets that the manifest does not allow the importing one.
  func findings(in file: TextFile) -> [Finding] {
    guard let target = targets.first(where: { $0.name == file.target }) else { return [] }
    let names = Set(targets.map(\.name))
    return file.lines.enumerated().compactMap { index, line in
      guard "ipf@".utf8.contains(line.utf8.first ?? 0),
        let module = line.firstMatch(of: Self.importing).map({ String($0.output.1) }),
        names.contains(module), !target.dependencies.contains(module)
      else { return nil }
      return Finding(
        path: file.path, line: index + 1,
        reason: "\(target.name) imports \(module), which Package.swift does not list for it")
    }
  }

  /// Rows of the table of targets in Documentation/architecture.md that contradict the manifest.
  func findings(inArchitecture text: String) -> [Finding] {
    let levels = Dictionary(targets.map { ($0.name, $0.level) }) { first, _ in first }
    var findings: [Finding] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      guard let row = line.firstMatch(of: /^\| (\d+) \|([^|]*)\|/) else { continue }
      for name in row.output.2.matches(of: /`(\w+)`/).map({ String($0.output.1) })
      where levels[name] != Int(row.output.1) {
        let truth = levels[name].map { "level \($0)" } ?? "no target"
        findings.append(
          Finding(
            path: "Documentation/architecture.md", line: index + 1,
            reason: "\(name) is \(truth) in Package.swift, not level \(row.output.1)"))
      }
    }
    return findings
  }
}
