internal import DurableFiles
internal import Failures
internal import Foundation
internal import Runs
internal import Text

/// The starts of jobs that a run directory tells of, with what went in and what came out.
struct CrateActions: Sendable {
  /// A start of a job.
  struct Start: Sendable {
    /// The identifier of its action.
    let identifier: String

    let record: Provenance

    /// The folder of its results, relative to the run directory.
    let folder: String

    /// The results, if no later start had them.
    let results: [CrateFile]

    /// The time when the result was complete, if it is.
    let end: Date?
  }

  /// A file that went in and is not in the run directory.
  struct ForeignInput: Hashable, Sendable {
    let path: String
    let checksum: String
    let byteCount: Int

    /// The identifier: an address of the file where the job ran.
    var identifier: String { URL(filePath: path).absoluteString }
  }

  /// The starts, by the folders of their results and in their order.
  private(set) var starts: [Start] = []

  /// The checksums that records tell of files in the run directory, by their paths.
  private(set) var checksums: [String: String] = [:]

  /// The inputs from elsewhere, each once.
  private(set) var foreignInputs: [ForeignInput] = []

  private let paths: Set<String>
  private let name: String

  /// Reads the records of a run directory.
  ///
  /// - Parameters:
  ///   - files: Its files.
  ///   - directory: The run directory.
  /// - Throws: `Failure` if a record is damaged; `FileError`.
  init(of files: [CrateFile], in directory: String) throws {
    paths = Set(files.map(\.path))
    name = URL(filePath: directory).standardizedFileURL.lastPathComponent
    for file in files where file.path.hasSuffix("made-of.json") {
      guard let record = ResultRecord(contentsOf: "\(directory)/\(file.path)") else { continue }
      let folder = Self.folder(of: file.path)
      for output in record.outputs where paths.contains("\(folder)/\(output.name)") {
        checksums["\(folder)/\(output.name)"] = output.checksum
      }
    }
    for file in files where file.path.hasSuffix("/provenance.json") {
      let folder = Self.folder(of: file.path)
      let records = try Provenance.starts(in: "\(directory)/\(file.path)")
      let results = files.filter { result in
        result.path.hasPrefix("\(folder)/") && result.path != file.path
          && !result.path.hasSuffix("made-of.json")
      }
      let ends = files.filter {
        $0.path.hasPrefix("\(folder)/") && $0.path.hasSuffix("made-of.json")
      }
      for (number, record) in records.enumerated() {
        let isLast = number == records.count - 1
        starts.append(
          Start(
            identifier: "#\(CrateFile.identifier(of: folder))-start-\(number + 1)", record: record,
            folder: folder, results: isLast ? results : [],
            end: isLast ? ends.map(\.modified).max() : nil))
      }
    }
    var foreign: Set<ForeignInput> = []
    for start in starts {
      for input in start.record.inputs {
        if let path = path(of: input) {
          checksums[path] = input.checksum
        } else {
          foreign.insert(foreignInput(input, of: start.record))
        }
      }
    }
    foreignInputs = foreign.sorted { ($0.path, $0.checksum) < ($1.path, $1.checksum) }
  }

  /// The entities of the actions, of the programs and of the inputs from elsewhere.
  ///
  /// - Parameter agent: The identifier of who ran the jobs.
  /// - Returns: The entities, each once.
  func entities(by agent: String?) -> [CrateEntity] {
    var programs: [String: CrateEntity] = [:]
    var entities = starts.map { start in
      let program = program(start.record.program)
      programs[program.identifier] = program
      return action(start, by: agent, of: program)
    }
    entities += programs.values.sorted { $0.identifier < $1.identifier }
    entities += foreignInputs.map { input in
      CrateEntity(
        input.identifier, "File",
        properties: [
          "name": .text(input.path.split(separator: "/").last.map(String.init) ?? input.path),
          "contentSize": .text("\(input.byteCount)"),
          "identifier": .entity(CrateFile.identifier(ofChecksum: input.checksum)),
          "description": .text(
            "an input that is not in this crate, by its place on the machine of the job"),
        ])
    }
    return entities
  }

  private func action(_ start: Start, by agent: String?, of program: CrateEntity) -> CrateEntity {
    let record = start.record
    let inputs = record.inputs.map { input in
      CrateEntity.Value.entity(
        path(of: input).map(CrateFile.identifier(of:))
          ?? foreignInput(input, of: record).identifier)
    }
    var properties: [String: CrateEntity.Value] = [
      "name": .text("\(record.command.dropFirst().joined(separator: " ")), for \(start.folder)"),
      "description": .text(Self.machine(of: record)),
      "instrument": .list([.entity(CrateTask.workflow), .entity(program.identifier)]),
      "object": .of([.entity(CrateTask.workflow)] + inputs),
      "startTime": .text(record.started.replacing("Z", with: "+00:00")),
    ]
    if !start.results.isEmpty {
      properties["result"] = .of(start.results.map { .entity($0.identifier) })
    }
    if let end = start.end {
      properties["endTime"] = .text(CrateFile.time(end))
      properties["actionStatus"] = .text("http://schema.org/CompletedActionStatus")
    }
    if let agent { properties["agent"] = .entity(agent) }
    return CrateEntity(start.identifier, "CreateAction", properties: properties)
  }

  private func program(_ program: Provenance.Program) -> CrateEntity {
    CrateEntity(
      "#halompi-\(program.checksum)", "SoftwareApplication",
      properties: [
        "name": .text("halompi"), "softwareVersion": .text(program.version),
        "alternateName": .text(program.executable),
        "description": .text(
          "the build whose executable has halompi's checksum \(program.checksum)"
            + (program.commit.map { ", of commit \($0)" } ?? "")),
      ])
  }

  /// The words on the machine that a job ran on.
  private static func machine(of record: Provenance) -> String {
    let ranks = record.ranks == 1 ? "1 rank" : "\(record.ranks) ranks"
    let hosts = record.hosts.map { "\($0.name) (\($0.ranks))" }.joined(separator: ", ")
    let threads = record.threadsPerRank.map { " of \($0) threads" } ?? ""
    return "\(ranks)\(threads) on \(hosts), \(record.processor), \(record.mpiLibrary)"
  }

  /// The path in the crate of a file that went in; `nil` if it is from elsewhere.
  private func path(of input: Provenance.InputFile) -> String? {
    // The run directory may have moved since; its name, and the paths in it, have not.
    guard let range = input.path.range(of: "\(name)/", options: .backwards) else { return nil }
    let path = String(input.path[range.upperBound...])
    return paths.contains(path) ? path : nil
  }

  private func foreignInput(
    _ input: Provenance.InputFile, of record: Provenance
  ) -> ForeignInput {
    let place = URL(filePath: input.path, relativeTo: URL(filePath: record.folder + "/"))
    return ForeignInput(
      path: place.standardizedFileURL.path, checksum: input.checksum, byteCount: input.byteCount)
  }

  private static func folder(of path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }
}
