import Fields
import Snapshots
import Testing

@testable import Experiments
@testable import Failures
@testable import Settings
@testable import Simulations
@testable import Stages

/// Loads an experiment whose only simulation has the lines that are given.
private func load(_ lines: [String]) throws -> Experiment {
  let yaml =
    (["name: e", "simulations:", "  - name: one", "    role: training"]
    + lines.map { "    " + $0 }).joined(separator: "\n")
  return try Experiment(yaml: yaml, file: "e.yaml", folder: "/data")
}

private let snapshots = ["initial: i.hdf5", "final: f.hdf5"]

@Test func aTableOfLabelsIsReadWithItsColumnsAndUnit() throws {
  let experiment = try load(
    snapshots + [
      "labels: {file: halos.csv, id: particle, halo: number, massUnit: 1e10 Msun/h}",
      "units: {length: 0.001, mass: 1.0e10, velocity: 1}",
    ])
  let table = LabelTable(
    file: "/data/halos.csv", id: "particle", mass: "mass", halo: "number",
    massUnit: .tenBillionSolarPerHubble)
  #expect(experiment.simulations[0].labels == table)
  #expect(experiment.simulations[0].units?.length == 0.001)
  let preparation = try PrepareTask(experiment, in: RunDirectory(of: experiment))
    .preparation(of: experiment.simulations[0], output: "/o")
  #expect(preparation.halos == .table(table))
  #expect(preparation.units == SnapshotUnits(length: 0.001, mass: 1e10, velocity: 1))
  let again = try Experiment(yaml: experiment.yaml(), file: "again", folder: "/other")
  #expect(again == experiment)
}

@Test func halosAreThoseOfTheSnapshotIfNothingElseIsGiven() throws {
  let experiment = try load(snapshots)
  let directory = RunDirectory(of: experiment)
  let preparation = try PrepareTask(experiment, in: directory)
    .preparation(of: experiment.simulations[0], output: "/o")
  #expect(preparation.halos == .snapshot)
  let simulated = try load(["seed: 3"])
  let made = try PrepareTask(simulated, in: directory)
    .preparation(of: simulated.simulations[0], output: "/o")
  #expect(made.halos == .catalogue(directory.simulation("one").catalogue))
}

@Test(arguments: [
  (["initial: i.hdf5"], "simulations[0]", "1 of the files initial and final and no seed"),
  (
    snapshots + ["catalogue: c.hdf5", "labels: {file: l.csv}"], "simulations[0].labels",
    "has a catalogue and labels"
  ),
  (
    ["seed: 3", "labels: {file: l.csv}"], "simulations[0]", "has a seed, and files or units too"
  ),
  (
    snapshots + ["units: {length: 0, mass: 1, velocity: 1}"], "simulations[0].units.length",
    "above 0"
  ),
  (snapshots + ["ignoreTypes: [2, 0]"], "simulations[0].ignoreTypes", "from 2 to 15"),
  (
    snapshots + ["cosmology: {omegaMatter: 0, omegaLambda: 1, hubble: 0.7}"],
    "simulations[0].cosmology.omegaMatter", "above 0, 10 at most"
  ),
  (
    ["seed: 3", "ignoreTypes: [2]"], "simulations[0]", "has a seed, and files or units too"
  ),
  (
    snapshots + ["labels: {file: l.csv, massUnit: kg}"], "simulations[0].labels.massUnit",
    "log10 Msun/h"
  ),
  (snapshots + ["labels: {id: particle}"], "simulations[0].labels.file", "file"),
  (snapshots + ["labels: {file: l.csv, haloes: x}"], "simulations[0].labels.haloes", "halo"),
])
func settingsThatMakeNoSenseAreNamedByTheirPath(
  lines: [String], path: String, words: String
) throws {
  let error = #expect(throws: SettingsError.self) { try load(lines) }
  #expect(error?.path == path)
  #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
  #expect(error?.exitCode == .badData)
}
