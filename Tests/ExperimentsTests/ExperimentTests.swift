import Foundation
import Testing

@testable import Experiments
@testable import Failures
@testable import Settings

private let example = """
  name: example
  simulations:
    - name: one
      role: training
      initial: ../data/one/ics.hdf5
      final: ../data/one/final.hdf5
      catalogue: /data/one/halos.hdf5
    - name: two
      role: test
      initial: two/ics.hdf5
      final: two/final.hdf5
      catalogue: two/halos.hdf5
  """

private func load(_ yaml: String, overrides: [String] = []) throws -> Experiment {
  try Experiment(yaml: yaml, file: "e.yaml", folder: "/home/jobs", overrides: overrides)
}

private func message(_ yaml: String, overrides: [String] = []) -> String {
  do {
    return "loaded as \(try load(yaml, overrides: overrides))"
  } catch {
    return "\(error)"
  }
}

/// It predicts with the model of another experiment.
@Test func anExperimentMayHaveTestSimulationsAlone() throws {
  let experiment = try load(example, overrides: ["simulations[0].role=test"])
  let error = #expect(throws: Failure.self) { try experiment.requireTraining() }
  #expect(error?.exitCode == .usage && error?.remedy.contains("--model") == true)
  try load(example).requireTraining()
}

@Test func pathsOfAFileAreRelativeToItsFolder() throws {
  let simulations = try load(example).simulations
  #expect(simulations[0].initial == "/home/data/one/ics.hdf5")
  #expect(simulations[0].catalogue == "/data/one/halos.hdf5")
  #expect(simulations[1].final == "/home/jobs/two/final.hdf5")
}

@Test(arguments: [
  ("/a/b", "/a/b"), ("a/./b", "/x/y/a/b"), ("./a", "/x/y/a"), ("../../../a", "/a"),
  ("a/../b", "/x/y/a/../b"),
])
func onlyLeadingDotsAreResolved(path: String, absolute: String) {
  #expect(absolutePath(path, in: "/x/y") == absolute)
}

@Test func theExperimentAsUsedReadsBackEqual() throws {
  let experiment = try load(example, overrides: ["sampling.boxWidth=39"])
  let yaml = try experiment.yaml()
  #expect(try load(yaml) == experiment)
  #expect(yaml.contains("minimumLogMass: null"))
  #expect(yaml.contains("neighbours: 32"))
}

@Test(arguments: [
  (["name=a/b"], ["`name`", "cannot name the folder"]),
  (["simulations[1].name=one"], ["`simulations[1].name`", "simulations[0] is called one too"]),
  (["simulations[0].role=validation"], ["`simulations`", "no simulation has the role training"]),
  (
    ["simulations[1].final=../data/one/final.hdf5"],
    ["`simulations[1]`", "two (test) has a file of one (training)", "in one role"]
  ),
  (["fields.neighbours=0"], ["--set fields.neighbours=0", "0 is out of range", "2 or more"]),
  (["fields.threadsPerRank=0"], ["`fields.threadsPerRank`", "0 is out", "from 1 to 1024"]),
  (["sampling.boxWidth=2"], ["--set", "`sampling.boxWidth`", "from 3 to 512"]),
  (["sampling.trainingSamples=-1"], ["`sampling.trainingSamples`", "from 0 to 1000000000000"]),
  (["stream.threads=0"], ["--set stream.threads=0", "0 is out", "1 or more, 1024 at most"]),
  (["training.batchSize=0"], ["--set", "`training.batchSize`", "0 is out", "from 1 to 4096"]),
  (["training.epochs=0"], ["`training.epochs`", "1 or more"]),
  (["training.variant=rwa"], ["`training.variant` is `rwa`", "one of raw, averaged"]),
  (["network.leakySlope=2"], ["--set", "`network.leakySlope`", "from 0 to 1"]),
])
func settingsThatMakeNoSenseAreRefusedWithARemedy(overrides: [String], words: [String]) {
  let text = message(example, overrides: overrides)
  for word in words { #expect(text.contains(word), "\(text)") }
}

@Test func aProblemIsToldWithTheLineThatItIsOn() {
  #expect(message("fields:\n  neighbours: 0\n" + example).contains("e.yaml, line 2"))
  #expect(message("simulations: []").hasPrefix("`name`: \"\" cannot name"))
}

@Test func aMissingFileIsMissingInput() {
  let error = #expect(throws: SettingsError.self) {
    try Experiment(contentsOf: "/nowhere/e.yaml")
  }
  #expect(error?.description.contains("cannot read /nowhere/e.yaml: there is no such file") == true)
  #expect(error?.exitCode == .missingInput)
}

@Test func onlySettingsWithAnEffectOnTheModelIdentifyATraining() throws {
  let experiment = try load(example)
  let moved = try load(
    example,
    overrides: [
      "simulations[0].initial=/b", "simulations[1].name=other", "prediction.roles=[validation]",
      "runs=/scratch", "stream.threads=2", "training.threadsPerRank=3",
    ])
  let identity = try experiment.trainingIdentity()
  #expect(try moved.trainingIdentity() == identity)
  #expect(identity.contains("fields.neighbours = 32"))
  #expect(identity.contains("simulations[0].name = one"))
  let changed = try load(
    example, overrides: ["fields.neighbours=16", "simulations[1].role=validation"])
  #expect(
    Set(try changed.trainingIdentity()).subtracting(identity) == [
      "fields.neighbours = 16", "simulations[1].name = two", "simulations[1].role = validation",
    ])
}

@Test func differencesNameEarlierAndPresentValues() throws {
  let experiment = try load(example)
  let changed = try load(
    example, overrides: ["fields.neighbours=16", "sampling.minimumLogMass=11"])
  #expect(
    try changed.differences(from: experiment).map(\.description) == [
      "fields.neighbours was 32 and is 16", "sampling.minimumLogMass was null and is 11.0",
    ])
  #expect(try experiment.differences(from: experiment).isEmpty)
}

@Test func aSimulationMoreIsADifferenceOfAllItsKeys() throws {
  let experiment = try load(example)
  var larger = experiment
  larger.simulations.append(
    SimulationSettings(name: "three", role: .test, initial: "/i", final: "/f", catalogue: "/c"))
  #expect(
    try larger.differences(from: experiment).first?.description
      == "simulations[2].name was not given and is three")
  #expect(try larger.differences(from: experiment).count == 13)
  #expect(try experiment.differences(from: larger).allSatisfy { $0.new == nil })
}

@Test func everySettingWithoutEffectIsASettingThatExists() throws {
  let paths = try load(example).settings().map(\.path.replacingIndices)
  for setting in Experiment.settingsWithoutEffectOnTraining {
    #expect(
      paths.contains {
        $0 == setting || $0.hasPrefix(setting + ".") || $0.hasPrefix(setting + "[")
      },
      "\(setting)")
  }
}

extension String {
  fileprivate var replacingIndices: String { replacing(/\[\d+\]/, with: "[]") }
}
