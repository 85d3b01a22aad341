import Foundation
import Testing

extension SlurmTests {
  /// Three universes of 32^3 particles, and a network of some weights: a second or two for each stage.
  private static let universe = """
    name: small
    universe:
      boxSize: 25
      gridSize: 32
      mesh: {steps: {count: 8}}
    simulations:
      - {name: A, role: training, seed: 1}
      - {name: B, role: validation, seed: 2}
      - {name: C, role: test, seed: 3}
    sampling: {boxWidth: 9, trainingSamples: 128, validationSamples: 32, testSamples: 64, maximumLogMass: 16}
    network: {convolutionChannels: [16, 16], hiddenUnits: [8, 4]}
    training: {batchSize: 32, epochs: 2, threadsPerRank: 1}

    """

  private static let stages = ["simulate", "prepare", "train", "predict", "analyze"]

  /// What each stage makes, below the run directory, whoever runs it.
  private static let results = [
    "simulations/A/initial.hdf5", "simulations/C/catalogue.hdf5", "fields/A.h5",
    "training/raw-seed1/model.h5", "training/raw-seed1/metrics.jsonl",
    "predictions/raw-seed1/predictions.h5", "report/report.json",
  ]

  private func results(in workspace: Workspace) -> [Data?] {
    Self.results.map {
      FileManager.default.contents(atPath: workspace.path("runs/small/\($0)"))
    }
  }

  @Test func thePipelineMakesWhatItMakesWithoutSlurm() async throws {
    let workspace = try Workspace.with(experiment: Self.universe)
    let options = ["--quiet"] + Workspace.analysisOptions
    let submitted = try await SlurmCluster.run(
      [
        "\(Self.readyScripts)/pipeline.sh", "--nodes=2", "--ntasks-per-node=1",
        "--cpus-per-task=1", "--time=10", "--", "experiment.yaml",
      ] + options, in: workspace.folder)
    #expect(submitted.map { $0.split(separator: " ").last.map(String.init) } == Self.stages)
    let alone = try await onAnotherThread {
      let alone = try Workspace.with(experiment: Self.universe)
      for stage in Self.stages { try alone.run(stage, options, ranks: 1) }
      return alone
    }
    let jobs = submitted.map { String($0.prefix { $0 != " " }) }
    try await SlurmCluster.waitForEnd(of: jobs, in: workspace.folder)
    let expected = results(in: alone)
    for (index, result) in results(in: workspace).enumerated() {
      #expect(result != nil && result == expected[index], "\(Self.results[index])")
    }
  }
}
