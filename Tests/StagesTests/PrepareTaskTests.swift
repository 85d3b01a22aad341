import Snapshots
import Testing

@testable import Experiments
@testable import Failures
@testable import Fields
@testable import Stages

private func experiment() -> Experiment {
  var experiment = Experiment()
  experiment.name = "e"
  experiment.fields.neighbours = 16
  experiment.fields.label = .bound
  experiment.simulations = [
    SimulationSettings(name: "A_1", role: .training, initial: "/i", final: "/f", catalogue: "/c"),
    SimulationSettings(name: "A_2", role: .test, initial: "/j", final: "/g", catalogue: "/d"),
  ]
  return experiment
}

@Test func allSimulationsArePreparedUnlessSomeAreNamed() throws {
  let directory = RunDirectory(of: experiment())
  #expect(try PrepareTask(experiment(), in: directory).chosen().map(\.name) == ["A_1", "A_2"])
  let some = PrepareTask(experiment(), in: directory, only: ["A_2"])
  #expect(try some.chosen().map(\.name) == ["A_2"])
}

@Test func anUnknownSimulationIsAUsageErrorThatNamesTheNearest() {
  let task = PrepareTask(experiment(), in: RunDirectory(of: experiment()), only: ["A_11"])
  let error = #expect(throws: Failure.self) { try task.chosen() }
  #expect(error?.exitCode == .usage)
  #expect(error?.description.contains("none called A_11; did you mean A_1?") == true)
}

@Test func aPreparationTakesTheSettingsOfTheExperiment() throws {
  let experiment = experiment()
  let preparation = try PrepareTask(experiment, in: RunDirectory(of: experiment))
    .preparation(of: experiment.simulations[0], output: "/o")
  #expect(
    preparation
      == FieldPreparation(
        name: "A_1", initialSnapshot: "/i", finalSnapshot: "/f", halos: .catalogue("/c"),
        output: "/o",
        label: .bound, neighbours: 16, threads: 1))
}

@Test func aSummarySaysWhatACosmologistCanCheck() {
  let description = FieldDescription(
    name: "A_1", gridSize: 10, boxSize: 25,
    cosmology: Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701),
    particleMass: 6.58e9, initialRedshift: 99, finalRedshift: 0, label: .fof)
  let summary = FieldSummary(
    metadata: FieldMetadata(
      description: description, haloCount: 3, labeledCount: 400,
      densityMoments: FieldMoments(mean: 1.005, standardDeviation: 0.05),
      derivedMoments: [
        "potential": FieldMoments(mean: 0, standardDeviation: 0.25),
        "shear/minor": FieldMoments(mean: -0.03, standardDeviation: 0.02),
      ], fingerprint: "0"),
    siteOrigin: .positions(moved: 7), siteResidual: 0.012, verifiedSiteFraction: 0.99,
    groupedCount: 400, largestCount: 200, largestMass: 1.3e12, seconds: [.density: 61],
    densitiesPerSecondAndCore: 123_456)
  let text = PreparationSummary(summary, file: "/o.h5").description
  for words in [
    "A_1, 25 Mpc/h, z = 99 and 0", "1000 (10^3) of 6.58e+09 Msun", "7 particles moved",
    "mean 1.005, standard deviation 0.05", "3 with 400 particles", "fof: 40 % of all",
    "potential   standard deviation 0.25", "shear       standard deviations 0.02",
    "200 particles; most massive 1.3e+12 Msun", "1 min 1 s",
    "/o.h5",
  ] {
    #expect(text.contains(words), "\(words) in \(text)")
  }
}
