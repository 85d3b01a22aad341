import Fields
import ParticleMesh
import Testing

@testable import Experiments
@testable import Failures
@testable import Settings
@testable import Simulations
@testable import Stages

/// Loads an experiment with a training and a test simulation, and others.
private func load(_ lines: [String], roles: String = "[test]") throws -> Experiment {
  let simulations =
    ["{name: a, role: training, seed: 1}", "{name: t, role: test, seed: 3}"] + lines
  let yaml =
    "name: e\nuniverse: {boxSize: 25, gridSize: 32}\nprediction: {roles: \(roles)}\nsimulations:\n"
    + simulations.map { "  - \($0)\n" }.joined()
  return try Experiment(yaml: yaml, file: "e.yaml", folder: "/data")
}

private let twin = "{name: t2, role: twin, seed: 3, reseedAbove: 2.5, reseed: 31}"

@Test func aTwinBelongsToTheTestSimulationOfItsSeed() throws {
  let experiment = try load([
    twin, "{name: t1, role: twin, seed: 3, reseedAbove: 1.25, reseed: 31}",
    "{name: u, role: test, seed: 3, isInverted: true}",
    "{name: u2, role: twin, seed: 3, isInverted: true, reseedAbove: 2.5, reseed: 31}",
  ])
  let twins = experiment.simulations(of: .twin)
  #expect(twins.map { experiment.original(of: $0)?.name } == ["t", "t", "u"])
  #expect(twins[0].reseeding?.seed == 31 && twins[0].reseeding?.above == 2.5)
  // What is learnt does not depend on twins, and of theirs only labels are made.
  #expect(try experiment.trainingIdentity() == load([]).trainingIdentity())
  var withPotential = experiment
  withPotential.fields.potential = true
  let task = PrepareTask(withPotential, in: RunDirectory(of: experiment))
  let made = try withPotential.simulations.map {
    try task.preparation(of: $0, output: "/o").withPotential
  }
  #expect(made == [true, true, false, false, true, false])
}

@Test(arguments: [
  ("{name: x, role: twin, seed: 3}", "simulations[2]", "lacks reseedAbove or reseed"),
  (
    "{name: x, role: test, seed: 4, reseedAbove: 2, reseed: 5}", "simulations[2]",
    "which only twins have"
  ),
  (
    "{name: x, role: twin, seed: 1, reseedAbove: 2, reseed: 5}", "simulations[2].seed",
    "no test simulation has the seed of the twin x"
  ),
  (
    "{name: x, role: twin, seed: 4, reseedAbove: 2, reseed: 5}", "simulations[2].seed",
    "no test simulation has the seed of the twin x"
  ),
  (
    "{name: x, role: twin, seed: 3, reseedAbove: 2, reseed: 3}", "simulations[2].reseed",
    "nothing would differ"
  ),
  // sqrt(3) pi 32/25 = 6.965 h/Mpc is the corner of the modes, 2 pi/25 = 0.2513 the lowest.
  (
    "{name: x, role: twin, seed: 3, reseedAbove: 6.97, reseed: 5}",
    "simulations[2].reseedAbove", "0.2513, to below the highest one of its grid, 6.965"
  ),
])
func aTwinThatIsNoneIsNamed(line: String, path: String, words: String) throws {
  let error = #expect(throws: SettingsError.self) { try load([line]) }
  #expect(error?.path == path, "\(error?.description ?? "")")
  #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  #expect(error?.exitCode == .badData)
}

@Test func twinsAreListedOnceAndNotPredicted() throws {
  let double = #expect(throws: SettingsError.self) {
    try load([twin, twin.replacing("t2", with: "t3")])
  }
  #expect(double?.description.contains("one realization") == true)
  let predicted = #expect(throws: SettingsError.self) { try load([twin], roles: "[test, twin]") }
  #expect(predicted?.path == "prediction.roles")
}
