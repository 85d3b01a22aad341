import Foundation
import Networks
import SubBoxes
import TestSupport
import Testing

@testable import Ablations
@testable import Experiments
@testable import Failures
@testable import Settings
@testable import Training

private let example = """
  name: example
  simulations:
    - {name: one, role: training, seed: 1}
    - {name: two, role: validation, seed: 2}
    - {name: three, role: test, seed: 3}
  sampling: {boxWidth: 9, trainingSamples: 320}
  network: {convolutionChannels: [16, 16], hiddenUnits: [8, 4]}
  training: {batchSize: 32}
  ablation:
    seeds: [1, 2, 3]

  """

func ablationExample(_ overrides: [String] = []) throws -> Experiment {
  try Experiment(yaml: example, file: "e.yaml", folder: "/home/jobs", overrides: overrides)
}

private func manifest(_ overrides: [String] = []) throws -> AblationManifest {
  try AblationManifest(of: ablationExample(overrides))
}

private func message(_ overrides: [String]) -> String {
  do {
    return "loaded as \(try ablationExample(overrides))"
  } catch {
    return "\(error)"
  }
}

@Test func rawAndAveragedAreTrainedWithEverySeedInPairs() throws {
  let runs = try manifest().runs
  #expect(
    runs.map(\.name) == [
      "raw-seed1", "averaged-seed1", "raw-seed2", "averaged-seed2", "raw-seed3", "averaged-seed3",
    ])
  #expect(runs.map(\.index) == Array(0..<6))
  #expect(runs[3].settings == ["training.variant = averaged", "training.seed = 2"])
}

@Test func aVariantOverridesAnySettingsInAnyNotation() throws {
  let option =
    "ablation.variants={base: null, wide: {network.hiddenUnits: [32, 8], training: {"
    + "optimizer: {learningRate: 1.0e-3}, alpha: 0.5}}}"
  let experiment = try ablationExample([option])
  let ablation = try Ablation(experiment, in: RunDirectory(of: experiment))
  let wide = try ablation.experiment(of: ablation.run("wide-seed2"))
  #expect(wide.network.hiddenUnits == [32, 8])
  #expect(wide.training.optimizer.learningRate == 1e-3)
  #expect(wide.training.alpha == 0.5)
  #expect(wide.training.seed == 2)
  let base = try ablation.experiment(of: ablation.run("0"))
  #expect(base.network == experiment.network && base.training.seed == 1)
  // As used, it reads back equal.
  let again = try Experiment(yaml: experiment.yaml(), file: "e.yaml", folder: "/home/jobs")
  #expect(again.ablation == experiment.ablation)
}

@Test(arguments: [
  (["ablation.seeds=[4, 5, 4]"], ["`ablation.seeds`", "the seed 4 is given twice"]),
  (["ablation.seeds=[]"], ["there is none", "one seed or more"]),
  (
    ["ablation.variants={a: {training.varian: raw}}"],
    ["`ablation.variants.a`", "unknown key `training.varian`", "did you mean `training.variant`?"]
  ),
  (["ablation.variants={a: {training.alpha: -1}}"], ["`training.alpha`", "must be 0 or more"]),
  (["ablation.variants={a: {training.seed: 3}}"], ["`training.seed`", "paired by the seeds"]),
  (["ablation.variants={a: {name: other}}"], ["`name`", "one run directory"]),
  (["ablation.variants={a: {fields.neighbours: 8}}"], ["all runs read the same field files"]),
  (["ablation.variants={a: {ablation.seeds: [1]}}"], ["it is the ablation itself"]),
  (["ablation.variants={a/b: {training.alpha: 1}}"], ["cannot name a folder"]),
  (
    ["ablation.variants={a: {training.alpha: 1}, b: {training: {alpha: 1}}}"],
    ["the same settings as a", "remove one"]
  ),
  (["ablation.variants={a: raw}"], ["`ablation.variants.a`", "the settings to replace"]),
  (["ablation.simultaneousRuns=0"], ["`ablation.simultaneousRuns`", "1 or more"]),
])
func anAblationThatMakesNoSenseIsRefusedWithItsPlace(overrides: [String], words: [String]) {
  for word in words { #expect(message(overrides).contains(word), "\(message(overrides))") }
}

@Test func theSameNameTwiceIsRefused() {
  let yaml = "ablation:\n  variants:\n    a: {training.alpha: 1}\n    a: {training.alpha: 2}\n"
  let error = #expect(throws: SettingsError.self) {
    try Experiment(yaml: yaml, file: "e.yaml", folder: "/home")
  }
  #expect(error?.description.contains("a") == true)
}

@Test func runsOfOneSeedShareInitialWeightsAndBatchOrder() throws {
  let experiment = try ablationExample()
  let ablation = try Ablation(experiment, in: RunDirectory(of: experiment))
  var initial: [[UInt32]] = []
  var orders: [[Int]] = []
  for run in ablation.manifest.runs {
    let own = try ablation.experiment(of: run)
    // As TrainingJob and Preparation make them.
    let weights = own.architecture.parameters.initialized(
      seed: own.training.seed, likelihood: own.training.initialLikelihoodValues)
    initial.append(weights.map(\.bitPattern))
    let order = try EpochOrder(
      sampleCount: own.sampling.trainingSamples, batchSize: own.training.batchSize,
      seed: own.training.seed)
    orders.append((0..<3).flatMap { order.batch(epoch: $0, step: 4) })
  }
  for pair in [0, 2, 4] {
    #expect(initial[pair] == initial[pair + 1])
    #expect(orders[pair] == orders[pair + 1])
    #expect(initial[pair] != initial[(pair + 2) % 6])
    #expect(orders[pair] != orders[(pair + 2) % 6])
  }
}

@Test func aChangedManifestIsRefusedWithTheKeysAndSeedsMayBeAdded() throws {
  let old = try manifest()
  #expect(
    try manifest(["training.batchSize=64"]).differences(from: old)
      == ["training.batchSize was 32 and is 64"])
  #expect(try manifest(["ablation.seeds=[1, 2, 3, 4]"]).differences(from: old) == [])
  #expect(
    try manifest(["ablation.seeds=[1, 2]"]).differences(from: old)
      == ["run 4 was raw-seed3 and is left out", "run 5 was averaged-seed3 and is left out"])
  // What no model depends on may change: it is not in the manifest.
  #expect(try manifest(["stream.lookAhead=3", "ablation.predicts=false"]) == old)
}

@Test func theManifestOnDiskIsKeptAndCompared() throws {
  let runs = try temporaryDirectory("manifest-\(UUID())")
  func ablation(_ overrides: [String] = []) throws -> Ablation {
    let experiment = try ablationExample(overrides)
    return try Ablation(experiment, in: RunDirectory(of: experiment, runs: runs))
  }
  #expect(throws: Failure.self) { try ablation().verifyManifest() }
  try ablation().writeManifest(host: "node7")
  try ablation().verifyManifest()
  let error = #expect(throws: Failure.self) {
    try ablation(["training.batchSize=64"]).writeManifest(host: "node7")
  }
  #expect(
    error?.description.contains("training.batchSize was 32 and is 64") == true, "\(error as Any)")
  #expect(error?.exitCode == .badData)
  // A training may go on for longer.
  try ablation(["training.epochs=7"]).writeManifest(host: "node7")
  let longer = try ablation(["ablation.seeds=[1, 2, 3, 9]"])
  try longer.writeManifest(host: "node7")
  try longer.verifyManifest()
  // Runs that are there are not forgotten.
  #expect(throws: Failure.self) { try ablation().verifyManifest() }
}

@Test func anUnknownRunIsAUsageErrorThatNamesTheNearest() throws {
  let experiment = try ablationExample()
  let ablation = try Ablation(experiment, in: RunDirectory(of: experiment))
  let error = #expect(throws: Failure.self) { try ablation.run("raw-seed33") }
  #expect(error?.exitCode == .usage)
  #expect(error?.description.contains("did you mean raw-seed3?") == true)
}
