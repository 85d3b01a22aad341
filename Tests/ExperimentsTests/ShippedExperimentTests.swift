import Foundation
import Networks
import Simulations
import Testing

@testable import Experiments
@testable import Settings

/// The folder `jobs` of this copy of the repository.
private let folder = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "jobs").path

/// The names of the experiment files in a folder.
private func names(in folder: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".yaml") }
    .map { String($0.dropLast(5)) }.sorted()
}

@Test func shippedExperimentsDecode() throws {
  let names = try names(in: folder)
  #expect(names.count > 10)
  for name in names {
    let experiment = try Experiment(contentsOf: "\(folder)/\(name).yaml")
    #expect(experiment.name == name)
    // That one is predicted by networks of another experiment.
    let roles: [SimulationRole] =
      name == "cosmology-high" ? [.test] : [.training, .validation, .test]
    for role in roles {
      #expect(!experiment.simulations(of: role).isEmpty, "\(role) of \(name)")
    }
  }
}

/// An experiment that asks something has a small version, and a row in the list of experiments.
@Test func experimentsHaveSmallVersionsAndAreListed() throws {
  let small = try names(in: "\(folder)/small").filter { $0 != "small" }
  let page = try String(
    contentsOfFile: "\(folder)/../Documentation/experiments.md", encoding: .utf8)
  let asking = try names(in: folder).filter {
    !["gadget", "inputs", "paper", "quickstart", "reduced"].contains($0)
  }
  #expect(small == asking)
  for name in asking {
    #expect(page.contains("| `\(name)` |"), "\(name)")
    let (whole, part) = (
      try Experiment(contentsOf: "\(folder)/\(name).yaml"),
      try Experiment(contentsOf: "\(folder)/small/\(name).yaml")
    )
    #expect(part.name == "small-\(name)" && part.universe.gridSize == 32)
    // The small version asks the same.
    let (asked, also) = (whole.ablation, part.ablation)
    #expect(asked.matrix?.axes.map(\.key) == also.matrix?.axes.map(\.key))
    #expect(asked.variants == also.variants)
    #expect(part.universe.initialRedshift == whole.universe.initialRedshift)
    #expect(part.universe.cosmology == whole.universe.cosmology)
  }
}

@Test func thePaperHasItsNumberOfSimulationsPerRole() throws {
  // Lucie-Smith et al. 2024, section II.
  let experiment = try Experiment(contentsOf: "\(folder)/paper.yaml")
  let roles = [SimulationRole.training, .validation, .test]
  #expect(roles.map { experiment.simulations(of: $0).count } == [20, 1, 4])
}

@Test func thePaperFileListsEveryKeyWithItsDefault() throws {
  let file = "\(folder)/paper.yaml"
  let experiment = try Experiment(contentsOf: file)
  var defaults = Experiment()
  defaults.name = experiment.name
  defaults.simulations = experiment.simulations
  #expect(experiment == defaults)
  let written = try SettingsTree(yaml: String(contentsOfFile: file, encoding: .utf8), file: file)
  let keys = Set(written.leaves().map(\.path))
  for (path, _) in try experiment.settings() where !path.hasPrefix("simulations") {
    #expect(keys.contains(path), "\(path) is not in paper.yaml")
  }
}

@Test func theNetworkOfThePaperHasItsNumberOfParameters() throws {
  // Lucie-Smith et al. 2024, appendix B: 2,108,258 with gamma.
  let experiment = try Experiment(contentsOf: "\(folder)/paper.yaml")
  #expect(experiment.architecture.parameters.count == 2_108_258)
}
