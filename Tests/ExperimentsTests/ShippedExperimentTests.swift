import Foundation
import Networks
import Testing

@testable import Experiments
@testable import Settings

/// The folder `jobs` of this copy of the repository.
private let folder = URL(filePath: #filePath)
  .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  .appending(path: "jobs").path

@Test(arguments: ["gadget", "inputs", "quickstart", "paper"])
func shippedExperimentsDecode(name: String) throws {
  let experiment = try Experiment(contentsOf: "\(folder)/\(name).yaml")
  #expect(experiment.name == name)
  for role in [SimulationRole.training, .validation, .test] {
    #expect(!experiment.simulations(of: role).isEmpty, "\(role)")
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
