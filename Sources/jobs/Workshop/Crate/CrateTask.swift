internal import DurableFiles
internal import Experiments
internal import Failures
internal import Foundation
internal import Runs
internal import Text

/// Describes a run directory as an RO-Crate, so that it tells others, and their programs, how its results were made.
///
/// The description is a file in the run directory, which becomes the crate; nothing else changes. It follows RO-Crate
/// 1.1 (doi:10.5281/zenodo.4541002) and the profile Workflow Run Crate 0.5 (Leo et al. 2024,
/// doi:10.1371/journal.pone.0309210): the experiment is the workflow, and each start of a job an action with its
/// program, machine, inputs by their checksums, and results.
package struct CrateTask: Sendable {
  /// The name of the description in the run directory.
  static let name = "ro-crate-metadata.json"

  private let directory: String
  private let license: String?
  private let creator: String?

  /// Makes the task.
  ///
  /// - Parameters:
  ///   - directory: The run directory.
  ///   - license: The license of the data: an address, such as that of a Creative Commons license, or words.
  ///   - creator: Who ran the jobs.
  package init(_ directory: String, license: String? = nil, creator: String? = nil) {
    self.directory = directory
    self.license = license
    self.creator = creator
  }

  /// Writes the description.
  ///
  /// - Returns: The path of the description, and the number of files and of actions in it.
  /// - Throws: `Failure` if it is no run directory or a record in it is damaged; `FileError`.
  package func run() throws -> (path: String, files: Int, actions: Int) {
    let files = CrateFile.all(in: directory)
    guard files.contains(where: { $0.path == Self.workflow }) else {
      throw Failure(
        .missingInput, "describing \(Quoting.terminal(directory))",
        because: "there is no \(Self.workflow) in it",
        remedy: "give a run directory, such as runs/quickstart")
    }
    let actions = try CrateActions(of: files, in: directory)
    let document = Document(graph: entities(files, actions))
    let path = "\(directory)/\(Self.name)"
    try DurableFile.write(JSONEncoder.stable().encode(document) + Data("\n".utf8), to: path)
    return (path, files.count, actions.starts.count)
  }

  /// The experiment as used, which is the workflow.
  static let workflow = "experiment.yaml"

  private struct Document: Encodable {
    let context = "https://w3id.org/ro/crate/1.1/context"
    let graph: [CrateEntity]

    enum CodingKeys: String, CodingKey {
      case context = "@context"
      case graph = "@graph"
    }
  }

  private static let profiles = [
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
  ]

  private func entities(_ files: [CrateFile], _ actions: CrateActions) -> [CrateEntity] {
    var checksums = actions.checksums
    var entities = [description, root(files, actions)]
    entities += Self.profiles.map { identifier, name, version in
      CrateEntity(
        identifier, "CreativeWork", properties: ["name": .text(name), "version": .text(version)])
    }
    entities += files.map { file in
      let entity = file.entity(checksum: checksums[file.path])
      return file.path == Self.workflow ? workflow(entity) : entity
    }
    entities.append(language)
    if creator != nil { entities.append(person) }
    if let license, isAddress(license) {
      entities.append(
        CrateEntity(license, "CreativeWork", properties: ["name": .text(license)]))
    }
    for input in actions.foreignInputs { checksums[input.path] = input.checksum }
    entities += actions.entities(by: creator == nil ? nil : person.identifier)
    entities += Set(checksums.values).sorted().map { checksum in
      CrateEntity(
        CrateFile.identifier(ofChecksum: checksum), "PropertyValue",
        properties: [
          "propertyID": .text("halompi-checksum"), "value": .text(checksum),
          "name": .text("64-bit checksum of halompi (Documentation/formats.md)"),
        ])
    }
    return entities
  }

  /// The entity of the description itself.
  private var description: CrateEntity {
    CrateEntity(
      Self.name, "CreativeWork",
      properties: [
        "about": .entity("./"),
        "conformsTo": .list([
          .entity("https://w3id.org/ro/crate/1.1"),
          .entity("https://w3id.org/workflowhub/workflow-ro-crate/1.0"),
        ]),
      ])
  }

  private func root(_ files: [CrateFile], _ actions: CrateActions) -> CrateEntity {
    let name = URL(filePath: directory).standardizedFileURL.lastPathComponent
    let newest = files.map(\.modified).max() ?? .distantPast
    var properties: [String: CrateEntity.Value] = [
      "name": .text("halompi: \(name)"),
      "description": .text(
        "An experiment of halompi, which learns halo masses from the initial density of simulations: "
          + "its settings, fields, trained networks, predictions and report."),
      "datePublished": .text(CrateFile.time(newest)),
      "conformsTo": .list(Self.profiles.map { .entity($0.0) }),
      "mainEntity": .entity(Self.workflow),
      "hasPart": .of(
        files.map { .entity($0.identifier) } + actions.foreignInputs.map { .entity($0.identifier) }),
      "license": license.map { isAddress($0) ? .entity($0) : .text($0) } ?? .text("not stated"),
    ]
    if !actions.starts.isEmpty {
      properties["mentions"] = .of(actions.starts.map { .entity($0.identifier) })
    }
    if creator != nil { properties["author"] = .entity(person.identifier) }
    return CrateEntity("./", "Dataset", properties: properties)
  }

  private func workflow(_ file: CrateEntity) -> CrateEntity {
    var entity = file
    entity.properties["@type"] = .list(
      ["File", "SoftwareSourceCode", "ComputationalWorkflow"].map { .text($0) })
    entity.properties["name"] = .text("the experiment, with all settings")
    entity.properties["programmingLanguage"] = .entity(language.identifier)
    entity.properties["version"] = .text(halompiVersion)
    entity.properties["conformsTo"] = .entity(
      "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE")
    return entity
  }

  private var language: CrateEntity {
    CrateEntity(
      "#experiment-file", "ComputerLanguage",
      properties: [
        "name": .text("experiment file of halompi"), "version": .text(halompiVersion),
        "description": .text("YAML with the keys of Documentation/settings.md"),
      ])
  }

  private var person: CrateEntity {
    CrateEntity("#creator", "Person", properties: ["name": .text(creator ?? "")])
  }

  private func isAddress(_ text: String) -> Bool {
    text.hasPrefix("https://") || text.hasPrefix("http://")
  }
}
