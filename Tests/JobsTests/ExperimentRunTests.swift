import Foundation
import TestSupport
import Testing
import Training

@testable import Jobs

private func makeRun() throws -> ExperimentRun {
  var experiment = Experiment()
  experiment.name = "run"
  experiment.training.seed = 7
  experiment.simulations = [
    SimulationSettings(name: "one", role: .training, initial: "/i", final: "/f", catalogue: "/c"),
    SimulationSettings(name: "two", role: .validation, initial: "/j", final: "/g", catalogue: "/d"),
  ]
  return ExperimentRun(experiment, runs: try temporaryDirectory("run-\(UUID())"))
}

@Test func fieldFilesThatAreMissingAreNamedWithTheCommandThatMakesThem() throws {
  let run = try makeRun()
  let error = #expect(throws: MissingFields.self) { try run.fieldFiles(of: .training) }
  #expect(error?.description.contains("fields/one.h5 does not exist") == true)
  #expect(error?.description.contains("halompi prepare") == true)
  #expect(error?.exitCode == .missingInput)
  #expect(try run.fieldFiles(of: .test).isEmpty)
}

@Test func aTrainingPlanTakesTheFieldsOfItsRolesAndAFolderPerSeed() throws {
  let run = try makeRun()
  try FileManager.default.createDirectory(
    atPath: run.directory.fields.path, withIntermediateDirectories: true)
  for name in ["one", "two"] {
    try Data().write(to: URL(filePath: run.directory.field(of: name)))
  }
  let plan = try run.trainingPlan()
  #expect(plan.trainingFiles == [run.directory.field(of: "one")])
  #expect(plan.validationFiles == [run.directory.field(of: "two")])
  #expect(plan.directory.hasSuffix("training/raw-seed7"))
  #expect(plan.modelPath == run.training.model)
  #expect(plan.identity.contains("training.seed = 7"))
  #expect(!plan.identity.contains { $0.hasPrefix("training.threadsPerRank") })
}
