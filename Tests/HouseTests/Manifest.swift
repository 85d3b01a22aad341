import Foundation

/// A target of Package.swift.
struct ManifestTarget: Hashable {
  let name: String

  /// The room that it stands in, such as `toolbox`: the folder of Sources above its own; the program has none.
  let room: String?

  /// The targets of this package that it may import.
  let dependencies: [String]

  let isSystemLibrary: Bool
}

/// The targets of the package, read from the text of Package.swift.
struct Manifest {
  /// The rooms, each of which may use only those before it and itself.
  static let rooms = ["ground", "toolbox", "universe", "learning", "answer", "jobs"]

  /// The targets that are built from Sources.
  let targets: [ManifestTarget]

  /// The targets that are built from Tests.
  let tests: [ManifestTarget]

  init(_ text: String) {
    let starts = text.matches(
      of: /\.(target|systemLibrary|executableTarget|testTarget)\(\s*name: "(\w+)"/)
    var targets: [ManifestTarget] = []
    var tests: [ManifestTarget] = []
    for (index, start) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1].range.lowerBound : text.endIndex
      let body = text[start.range.lowerBound..<end]
      let own = body.replacing(/\.product\([^)]*\)/, with: "")
      let list = own.firstMatch(of: /dependencies: \[([^\]]*)\]/).map { $0.output.1 } ?? ""
      let target = ManifestTarget(
        name: String(start.output.2),
        room: own.firstMatch(of: /path: "Sources\/(\w+)\/\w+"/).map { String($0.output.1) },
        dependencies: list.matches(of: /"(\w+)"/).map { String($0.output.1) },
        isSystemLibrary: start.output.1 == "systemLibrary")
      if start.output.1 == "testTarget" || body.contains("path: \"Tests/") {
        tests.append(target)
      } else {
        targets.append(target)
      }
    }
    self.targets = targets
    self.tests = tests
  }

  private func place(of room: String?) -> Int {
    room.map { Self.rooms.firstIndex(of: $0) ?? -1 } ?? Self.rooms.count
  }

  /// Targets that are listed before what they depend on, that use a later room, or stand in none, and system
  /// libraries with more users than their wrapper.
  func findings() -> [Finding] {
    var findings: [Finding] = []
    var earlier: [String: Int] = [:]
    func add(_ reason: String) {
      findings.append(Finding(path: "Package.swift", line: 0, reason: reason))
    }
    for target in targets {
      let own = place(of: target.room)
      if own < 0 { add("\(target.name) stands in no room of \(Self.rooms)") }
      for dependency in target.dependencies {
        guard let place = earlier[dependency] else {
          add("\(target.name) depends on \(dependency), which is not above it")
          continue
        }
        if own >= 0, place > own {
          add("\(target.name) depends on \(dependency), which is of a later room")
        }
      }
      earlier[target.name] = own
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

  /// The targets of this package that a file imports, with the line of each import.
  private func imports(of file: TextFile) -> [(line: Int, module: String)] {
    let names = Set((targets + tests).map(\.name))
    return file.lines.enumerated().compactMap { index, line in
      guard "ipf@".utf8.contains(line.utf8.first ?? 0),
        let module = line.firstMatch(of: Self.importing).map({ String($0.output.1) }),
        names.contains(module)
      else { return nil }
      return (index + 1, module)
    }
  }

  /// Imports of targets that the manifest does not allow the importing one.
  ///
  /// A target that imports what it does not list can be built before the other, and then is not built at all: where
  /// the order of the day is another one, nobody sees it.
  func findings(in file: TextFile) -> [Finding] {
    let name = file.target ?? file.testTarget
    guard let target = (targets + tests).first(where: { $0.name == name }) else { return [] }
    return imports(of: file).filter { !target.dependencies.contains($0.module) }.map {
      Finding(
        path: file.path, line: $0.line,
        reason: "\(target.name) imports \($0.module), which Package.swift does not list for it")
    }
  }

  /// What each target of `files` imports.
  func importsByTarget(in files: [TextFile]) -> [String: Set<String>] {
    var imports: [String: Set<String>] = [:]
    for file in files {
      guard let target = file.target else { continue }
      imports[target, default: []].formUnion(self.imports(of: file).map(\.module))
    }
    return imports
  }

  /// Dependencies that the manifest lists and no file of the target imports.
  func unused(in files: [TextFile]) -> [Finding] {
    let imports = importsByTarget(in: files)
    return targets.flatMap { target in
      target.dependencies.filter { imports[target.name]?.contains($0) != true }.map {
        Finding(
          path: "Package.swift", line: 0,
          reason: "\(target.name) lists \($0), which no file of it imports")
      }
    }
  }

  /// How deep each target stands, by what its files import: 0 for one that imports no other.
  ///
  /// - Returns: The depths, and the targets that are in a circle of imports or above one.
  func depths(by imports: [String: Set<String>]) -> (depths: [String: Int], circular: [String]) {
    var depths: [String: Int] = [:]
    var open = targets.map(\.name)
    while true {
      let ready = open.filter { (imports[$0] ?? []).allSatisfy { depths[$0] != nil } }
      if ready.isEmpty { return (depths, open) }
      for name in ready {
        depths[name] = ((imports[name] ?? []).compactMap { depths[$0] }.max() ?? -1) + 1
      }
      open.removeAll(where: ready.contains)
    }
  }

  /// Rows of the table of targets in Documentation/architecture.md that contradict the sources, and targets
  /// without a row.
  func findings(inArchitecture text: String, depths: [String: Int]) -> [Finding] {
    var findings: [Finding] = []
    var told: Set<String> = []
    func add(_ line: Int, _ reason: String) {
      findings.append(Finding(path: "Documentation/architecture.md", line: line, reason: reason))
    }
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      guard let row = line.firstMatch(of: /^\| (\w+) \| (\d+) \|([^|]*)\|/) else { continue }
      for name in row.output.3.matches(of: /`(\w+)`/).map({ String($0.output.1) }) {
        told.insert(name)
        guard let target = targets.first(where: { $0.name == name }) else {
          add(index + 1, "\(name) is no target")
          continue
        }
        if (target.room ?? "halompi") != row.output.1 {
          add(index + 1, "\(name) stands in \(target.room ?? "halompi"), not in \(row.output.1)")
        }
        if let depth = depths[name], depth != Int(row.output.2) {
          add(index + 1, "\(name) has the depth \(depth) by its imports, not \(row.output.2)")
        }
      }
    }
    for target in targets where !told.contains(target.name) {
      add(0, "\(target.name) has no row in the table of targets")
    }
    return findings
  }
}
