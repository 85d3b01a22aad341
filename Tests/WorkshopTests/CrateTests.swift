import Foundation
import TestSupport
import Testing

@testable import Failures
@testable import Workshop

/// The RO-Crate of a run directory.
struct CrateTests {
  /// A run directory whose files are written by hand.
  private struct Run {
    let scratch: ScratchFolder
    let folder: String

    init() throws {
      scratch = try ScratchFolder()
      folder = scratch.path("small")
      try write("name: small\n", to: "experiment.yaml")
      try write("weights", to: "training/raw-seed1/model.h5")
      try write("7", to: "training/raw-seed1/lock")
      try write("half", to: "training/raw-seed1/model.h5.partial")
      try write(
        """
        {"format": "halompi-made-of", "version": 1, "settings": [], "inputs": [],
         "program": {"version": "0.1.0", "executable": "/bin/halompi", "checksum": "aa"},
         "outputs": [{"name": "model.h5", "byteCount": 7, "modified": [1], "checksum": "cc"}]}
        """, to: "training/raw-seed1/made-of.json")
      try write("[\(start(1)), \(start(4))]", to: "training/raw-seed1/provenance.json")
    }

    /// A start of a training on so many ranks, which read a file of the run directory and one from elsewhere.
    private func start(_ ranks: Int) -> String {
      """
      {"program": {"version": "0.1.0", "executable": "/bin/halompi", "checksum": "aa"},
       "command": ["halompi", "train", "small.yaml"], "folder": "/home/a",
       "started": "2026-11-29T10:52:44Z", "ranks": \(ranks), "hosts": [{"name": "n1", "ranks": \(ranks)}],
       "processor": "EPYC", "processorsPerHost": 8, "threadsPerRank": 2, "mpiLibrary": "Open MPI v4.1.4",
       "inputs": [{"path": "runs/small/experiment.yaml", "byteCount": 12, "checksum": "dd"},
                  {"path": "data/snap 0.hdf5", "byteCount": 99, "checksum": "ee"}]}
      """
    }

    func write(_ text: String, to file: String) throws {
      let url = URL(filePath: "\(folder)/\(file)")
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try text.write(to: url, atomically: true, encoding: .utf8)
    }

    /// Describes the run directory, and returns the entities by their identifiers.
    func entities(
      license: String? = nil, creator: String? = nil
    ) throws -> [String: [String: Any]] {
      let made = try CrateTask(folder, license: license, creator: creator).run()
      let data = try #require(FileManager.default.contents(atPath: made.path))
      let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
      #expect(document?["@context"] as? String == "https://w3id.org/ro/crate/1.1/context")
      let graph = try #require(document?["@graph"] as? [[String: Any]])
      let named = graph.compactMap { entity in
        (entity["@id"] as? String).map { ($0, entity) }
      }
      #expect(named.count == graph.count)
      return Dictionary(named) { first, _ in
        Issue.record("two entities have the identifier of \(first)")
        return first
      }
    }
  }

  /// The identifiers that a property names.
  private static func identifiers(_ value: Any?) -> [String] {
    if let list = value as? [Any] { return list.flatMap(identifiers) }
    return ((value as? [String: Any])?["@id"] as? String).map { [$0] } ?? []
  }

  @Test func startsAreActionsWithTheirProgramInputsAndResults() throws {
    let entities = try Run().entities()
    let first = try #require(entities["#training/raw-seed1-start-1"])
    let last = try #require(entities["#training/raw-seed1-start-2"])
    #expect(first["@type"] as? String == "CreateAction")
    #expect(first["startTime"] as? String == "2026-11-29T10:52:44+00:00")
    #expect(
      last["description"] as? String == "4 ranks of 2 threads on n1 (4), EPYC, Open MPI v4.1.4")
    #expect(Self.identifiers(last["instrument"]) == ["experiment.yaml", "#halompi-aa"])
    let foreign = "file:///home/a/data/snap%200.hdf5"
    #expect(
      Self.identifiers(last["object"]) == ["experiment.yaml", "experiment.yaml", foreign])
    #expect(entities[foreign]?["contentSize"] as? String == "99")
    // What several starts made is the result of the last.
    #expect(first["result"] == nil && first["endTime"] == nil)
    #expect(Self.identifiers(last["result"]) == ["training/raw-seed1/model.h5"])
    #expect(last["endTime"] != nil)
    let model = entities["training/raw-seed1/model.h5"]
    #expect(Self.identifiers(model?["identifier"]) == ["#checksum-cc"])
    #expect(entities["#checksum-ee"]?["value"] as? String == "ee")
  }

  @Test func everyEntityThatIsNamedIsThereAndEveryFileIsPartOfTheCrate() throws {
    let run = try Run()
    try run.write("a", to: "report/a: b?/ä.csv")
    // A second time: the description is no part of itself.
    _ = try run.entities()
    let entities = try run.entities(
      license: "https://creativecommons.org/licenses/by/4.0/", creator: "A. Student")
    // Addresses of specifications are not described.
    let outside: Set = [
      "https://w3id.org/ro/crate/1.1",
      "https://bioschemas.org/profiles/ComputationalWorkflow/1.0-RELEASE",
    ]
    for entity in entities.values {
      let named = entity.values.flatMap(Self.identifiers)
      for identifier in named where !outside.contains(identifier) {
        #expect(entities[identifier] != nil, "\(identifier)")
      }
    }
    let parts = Self.identifiers(entities["./"]?["hasPart"])
    #expect(parts.contains("report/a%3A%20b%3F/%C3%A4.csv"), "\(parts)")
    #expect(!parts.contains { $0.hasSuffix("lock") || $0.hasSuffix(".partial") }, "\(parts)")
    #expect(!parts.contains("ro-crate-metadata.json"))
    #expect(Self.identifiers(entities["./"]?["author"]) == ["#creator"])
  }

  @Test func aLicenseThatIsNotGivenIsNotInvented() throws {
    #expect(try Run().entities()["./"]?["license"] as? String == "not stated")
    #expect(try Run().entities(license: "CC0")["./"]?["license"] as? String == "CC0")
  }

  @Test func whatCannotBeDescribedIsRefused() throws {
    let run = try Run()
    try run.write("{", to: "training/raw-seed1/provenance.json")
    #expect {
      _ = try CrateTask(run.folder).run()
    } throws: { error in
      (error as? Failure)?.exitCode == .badData
        && "\(error)".contains("training/raw-seed1/provenance.json")
    }
    #expect(!FileManager.default.fileExists(atPath: "\(run.folder)/ro-crate-metadata.json"))
    #expect {
      _ = try CrateTask("\(run.folder)/training").run()
    } throws: { error in
      (error as? Failure)?.exitCode == .missingInput && "\(error)".contains("experiment.yaml")
    }
  }
}
