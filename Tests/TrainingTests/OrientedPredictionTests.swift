import Foundation
import MPI
import Networks
import SubBoxes
import TestSupport
import Testing

@testable import Training

/// Predictions as means over the orientations of the boxes.
@Suite(.serialized) struct OrientedPredictionTests {
  /// The bytes of the predictions of a model.
  private func predict(
    _ plan: TrainingPlan, _ training: SmallTraining, _ symmetries: CubeSymmetries,
    on world: borrowing Communicator, ranks: Int, threads: Int = 1,
    mode: StreamSettings.Mode = .auto
  ) throws -> (table: PredictionTable, bytes: Data?) {
    let path = "\(training.folder)/\(symmetries)-\(ranks)-\(threads)-\(mode).h5"
    let part = try world.split(color: world.rank < ranks ? 0 : 1, key: world.rank)
    if world.rank < ranks {
      var sampling = plan.sampling
      sampling.testSamples = 31
      var streaming = StreamSettings()
      streaming.mode = mode
      _ = try PredictionJob(
        modelPath: plan.modelPath, files: training.validationFiles, sampling: sampling,
        streaming: streaming, symmetries: symmetries, kernels: .fast, threadsPerRank: threads,
        output: path, mayPredictSeen: true
      ).run(on: part) { _, _ in }
    }
    try world.barrier()
    let bytes = FileManager.default.contents(atPath: path)
    return (try PredictionTable(contentsOf: path), bytes)
  }

  @Test(.ranks(1...3)) func theyAreTheSameForAnyRanksAndThreadsAndNearTheOnesOfOneOrientation()
    throws
  {
    try SmallTraining.with("orientations") { training, world in
      let plan = training.plan("model") { $0.epochs = 1 }
      try SmallTraining.run(plan, on: world)
      let none = try predict(plan, training, .none, on: world, ranks: 1)
      let all = try predict(plan, training, .all, on: world, ranks: 1)
      for ranks in 1...world.size {
        let other = try predict(
          plan, training, .all, on: world, ranks: ranks, threads: 2, mode: .stream)
        #expect(other.bytes != nil && other.bytes == all.bytes)
      }
      #expect(none.table.orientationScatter == nil && all.table.orientationScatter?.count == 48)
      #expect(none.table.samples == all.table.samples)
      let deviations = all.table.orientationScatter?.deviations ?? []
      #expect(deviations.count == 31 && deviations.contains { $0 > 0 })
      for (index, deviation) in deviations.enumerated() {
        // One of 48 numbers is never farther from their mean than their deviation times 48/7.
        let distance = abs(none.table.predictions[index] - all.table.predictions[index])
        #expect(distance <= 7 * deviation + 1e-5)
      }
      let rotations = try predict(plan, training, .rotations, on: world, ranks: world.size)
      #expect(rotations.table.orientationScatter?.count == 24)
      #expect(rotations.table.predictions != all.table.predictions)
    }
  }

  @Test func averagedBoxesAreShownOnce() throws {
    try SmallTraining.with("orientations-averaged") { training, world in
      let plan = training.plan("model") {
        $0.epochs = 1
        $0.variant = .averaged
      }
      try SmallTraining.run(plan, on: world)
      let none = try predict(plan, training, .none, on: world, ranks: world.size)
      let all = try predict(plan, training, .all, on: world, ranks: world.size)
      #expect(none.bytes != nil && none.bytes == all.bytes)
    }
  }
}
