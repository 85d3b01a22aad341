internal import DurableFiles
internal import Experiments
internal import Failures
internal import Figures
internal import Foundation
internal import Text

/// Makes a page of all experiments below a folder from what their files tell.
package struct CatalogueTask: Sendable {
  /// The number of settings that have a column of their own; the others are in the last one.
  private static let widest = 10

  private let folder: String
  private let output: String

  /// Makes the task.
  ///
  /// - Parameters:
  ///   - folder: The folder of run directories, at any depth.
  ///   - output: The file of the page; without it, `index.html` in the folder.
  package init(_ folder: String, output: String? = nil) {
    self.folder = folder
    self.output = output ?? "\(folder)/index.html"
  }

  /// Writes the page.
  ///
  /// - Returns: The path of the page, and the number of experiments on it.
  /// - Throws: `Failure` if there is no such folder, or another file where the page goes; `FileError`.
  package func run() throws -> (page: String, experiments: Int) {
    guard FileManager.default.fileExists(atPath: "\(folder)/.") else {
      throw Failure(
        .missingInput, "making a catalogue of \(Quoting.terminal(folder))",
        because: "there is no such folder", remedy: "give the folder of your run directories")
    }
    if let there = FileManager.default.contents(atPath: output),
      there.firstRange(of: Data(CataloguePage.mark.utf8)) == nil
    {
      throw Failure(
        .inputOutput, "writing \(Quoting.terminal(output))",
        because: "another file is there, which is no catalogue",
        remedy: "name another file with --output")
    }
    let entries = Self.runDirectories(below: folder).map { CatalogueEntry($0, in: folder) }
    let page = page(of: entries)
    try DurableFile.write(Data(page.html.utf8), to: output)
    return (output, entries.count)
  }

  /// The run directories below a folder, relative to it and sorted: those that hold an experiment as used.
  static func runDirectories(below folder: String) -> [String] {
    var found: [String] = []
    func look(in path: String, depth: Int) {
      let place = path.isEmpty ? folder : "\(folder)/\(path)"
      if FileManager.default.fileExists(atPath: "\(place)/experiment.yaml") {
        found.append(path)
        return
      }
      guard depth < 8 else { return }
      let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
      for name in names {
        let attributes = try? FileManager.default.attributesOfItem(atPath: "\(place)/\(name)")
        // A link may lead back to where it stands.
        guard attributes?[.type] as? FileAttributeType == .typeDirectory else { continue }
        look(in: path.isEmpty ? name : "\(path)/\(name)", depth: depth + 1)
      }
    }
    look(in: "", depth: 0)
    return found.sorted()
  }

  /// The page, which is that of the files and of nothing else.
  func page(of entries: [CatalogueEntry]) -> CataloguePage {
    let differing = Self.differing(entries)
    let columns = differing.prefix(Self.widest)
    let others = differing.dropFirst(Self.widest)
    var heads = [
      CataloguePage.Column("experiment", "Experiment"), .init("state", "State"),
      .init("loss", "Best loss [nats]"), .init("information", "Information [nats]"),
      .init("report", "Report"), .init("started", "Last start"),
    ]
    heads += columns.map { CataloguePage.Column($0, $0) }
    if !others.isEmpty { heads.append(.init("settings", "Other settings")) }
    let rows = entries.map { entry in
      let values = Self.values(of: entry)
      var cells = Self.cells(of: entry, base: base)
      cells += columns.map { key in
        values[key].map { Double($0) == nil ? .text($0) : .ranked($0, Double($0) ?? 0) }
          ?? .missing(entry.problem ?? "not given")
      }
      if !others.isEmpty {
        cells.append(
          entry.problem.map { .missing($0) }
            ?? .settings(others.map { .init($0, values[$0] ?? "not given") }))
      }
      return cells
    }
    return CataloguePage(
      URL(filePath: folder).standardizedFileURL.lastPathComponent,
      creator: "halompi \(halompiVersion)", columns: heads, rows: rows)
  }

  /// The way from the page to the folder: nothing if the page is in it, and else its absolute path.
  private var base: String {
    let folder = URL(filePath: folder).standardizedFileURL.path
    let page = URL(filePath: output).standardizedFileURL.deletingLastPathComponent().path
    guard folder != page else { return "" }
    if folder.hasPrefix(page + "/") { return String(folder.dropFirst(page.count + 1)) + "/" }
    let depth = page.split(separator: "/").count
    return String(repeating: "../", count: depth) + folder.drop { $0 == "/" } + "/"
  }

  private static func cells(of entry: CatalogueEntry, base: String) -> [CataloguePage.Cell] {
    let folder = base + (entry.path.isEmpty ? "" : entry.path + "/")
    let name = entry.path.isEmpty ? "." : entry.path
    let reports = entry.reports.map { path in
      CataloguePage.Link(
        path.hasSuffix(".html") ? "page" : path.hasSuffix(".md") ? "tables" : "numbers",
        path: folder + path)
    }
    return [
      .text(name),
      entry.problem.map {
        .explained("\(entry.state.text); settings cannot be read", entry.state.rank, reason: $0)
      } ?? .ranked(entry.state.text, entry.state.rank),
      entry.bestLoss.map { .number($0.value, digits: 4, note: $0.training) }
        ?? .missing("no epoch of a training is over"),
      entry.information.first.map { first in
        .number(first.value, digits: 3, note: note(of: entry.information))
      } ?? .missing("there is no report with information"),
      reports.isEmpty ? .missing("there is no report") : .links(reports),
      // 2026-11-29T10:52:44Z, to the minute.
      entry.lastStart.map { .text(String($0.prefix(16)).replacing("T", with: " ")) }
        ?? .missing("no job has left a record"),
    ]
  }

  /// Returns the note behind the information of the first variant: its error and name, and the other variants.
  private static func note(of information: [CatalogueEntry.Information]) -> String {
    information.enumerated().map { index, part in
      let error = part.deviation.map { " ± \(decimals($0, 3))" } ?? ""
      if index == 0 { return (error + " " + part.variant).drop { $0 == " " }.description }
      return "\(part.variant) \(decimals(part.value, 3))\(error)"
    }.joined(separator: "; ")
  }

  /// The settings that are not the same in all experiments that can be read, without those of batch jobs.
  private static func differing(_ entries: [CatalogueEntry]) -> [String] {
    let readable = entries.filter { $0.problem == nil }
    guard readable.count > 1 else { return [] }
    let values = readable.map(values)
    var keys: [String] = []
    for entry in readable {
      for key in order(of: entry) where !keys.contains(key) { keys.append(key) }
    }
    return keys.filter { key in Set(values.map { $0[key] }).count > 1 }
  }

  private static func order(of entry: CatalogueEntry) -> [String] {
    var keys = ["simulations"]
    keys += entry.settings.map { base(of: $0.key) }.filter { key in
      !key.hasPrefix("simulations") && !key.hasPrefix("cluster.") && key != "name" && key != "runs"
    }
    return keys
  }

  /// The values of settings by their keys: lists in one, and of simulations how many there are of each role.
  private static func values(of entry: CatalogueEntry) -> [String: String] {
    guard entry.problem == nil else { return [:] }
    var values: [String: String] = [:]
    var roles: [String: Int] = [:]
    for (key, value) in entry.settings {
      if key.hasPrefix("simulations[") {
        if key.hasSuffix("].role") { roles[value, default: 0] += 1 }
      } else {
        let name = base(of: key)
        values[name] = values[name].map { "\($0), \(value)" } ?? value
      }
    }
    values["simulations"] = roles.sorted { $0.key < $1.key }
      .map { "\($0.value) \($0.key)" }.joined(separator: ", ")
    return values
  }

  /// The key of the list that an element is in, or the key itself.
  private static func base(of key: String) -> String {
    String(key.prefix { $0 != "[" })
  }
}
