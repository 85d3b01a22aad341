import Foundation
import HDF5
import MPI
import Networks
import TestSupport
import Testing

@testable import SubBoxes
@testable import Training

/// Predictions as means over the orientations of the boxes.
@Suite(.serialized) struct OrientedPredictionTests {
  /// The bytes of the predictions of a model.
  private func predict(
    _ plan: TrainingPlan, _ training: SmallTraining, _ symmetries: CubeSymmetries,
    on world: borrowing Communicator, ranks: Int, threads: Int = 1,
    mode: StreamSettings.Mode = .auto
  ) throws -> (table: PredictionTable, bytes: Data?) {
    let path =
      "\(training.folder)/\(URL(filePath: plan.directory).lastPathComponent)-\(symmetries)-\(ranks)-\(threads)-\(mode).h5"
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

  /// A model is shown the boxes that it knows, and one that knows others than the experiment asks for is refused.
  @Test(.ranks(1...3)) func aModelPredictsWithItsOwnShellsAndMaskAlone() throws {
    try SmallTraining.with("masks") { training, world in
      func change(_ settings: inout TrainingSettings) {
        settings.epochs = 1
        settings.variant = .ellipsoidal
        settings.shells = Self.shells
        settings.mask.outer = 2.3
      }
      let plan = training.plan("masked") { change(&$0) }
      let others = [
        training.plan("unmasked") {
          change(&$0)
          $0.mask = RadiusMask()
        },
        training.plan("shells") {
          change(&$0)
          $0.shells = ShellSettings()
        },
        training.plan("tensor") {
          change(&$0)
          $0.shells.tensorRadius = 1.5
        },
        training.plan("round") {
          change(&$0)
          $0.variant = .averaged
        },
      ]
      for plan in [plan] + others { try SmallTraining.run(plan, on: world) }
      let results = ([plan] + others).map { SmallTraining.Result(of: $0).metrics }
      #expect(Set(results).count == 5 && !results.contains(nil))
      let model = try Model(contentsOf: plan.modelPath)
      #expect(model.boxes == plan.settings.boxes)

      let one = try predict(plan, training, .none, on: world, ranks: 1)
      let all = try predict(plan, training, .none, on: world, ranks: world.size, threads: 2)
      #expect(one.bytes != nil && one.bytes == all.bytes)
      func job(_ plan: TrainingPlan, boxes: BoxDescription?) -> PredictionJob {
        var sampling = plan.sampling
        sampling.testSamples = 31
        return PredictionJob(
          modelPath: plan.modelPath, boxes: boxes, files: training.validationFiles,
          sampling: sampling, streaming: StreamSettings(), kernels: .fast, threadsPerRank: 1,
          output: "\(training.folder)/other.h5", mayPredictSeen: true)
      }
      _ = try job(plan, boxes: plan.settings.boxes).run(on: world) { _, _ in }
      let refusals = others.map { other in
        do {
          _ = try job(other, boxes: plan.settings.boxes).run(on: world) { _, _ in }
          return "none"
        } catch {
          return "\(error)"
        }
      }
      // The other ranks are told that the first one has failed, which tells why.
      let words =
        world.isRoot ? "and the experiment has ellipsoidal in 2 linear shells, r <= 2.3" : "failed"
      #expect(refusals.allSatisfy { $0.contains(words) }, "\(refusals)")
    }
  }

  private static let shells = {
    var shells = ShellSettings()
    shells.count = 2
    return shells
  }()

  /// Programs that know plain boxes alone read those of version 1, and refuse others.
  @Test(.ranks(1...3)) func modelsOfOtherShellsOrAMaskAreOfAnotherVersion() throws {
    try SmallTraining.with("versions") { training, world in
      for (name, version) in [("plain", 1), ("shells", 2), ("mask", 2)] {
        let plan = training.plan(name) {
          $0.epochs = 1
          $0.variant = .averaged
          if name == "shells" { $0.shells = Self.shells }
          if name == "mask" { $0.mask.inner = 1 }
        }
        try SmallTraining.run(plan, on: world)
        let file = try HDF5File.open(plan.modelPath)
        let found = try file.attribute("version", as: Int64.self)
        let header = try file.textAttribute("header")
        try file.close()
        #expect(found == [Int64(version)])
        #expect(header.contains("\"shells\"") == (version == 2))
        #expect(header.contains("\"mask\"") == (version == 2))
      }
    }
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
