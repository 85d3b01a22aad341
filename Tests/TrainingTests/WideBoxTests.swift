import Foundation
import MPI
import Networks
import SubBoxes
import TestSupport
import Testing

@testable import Training

/// Boxes wider than the paper's, cut from simulations of several sizes.
@Suite(.serialized) struct WideBoxTests {
  /// 20 and 24 Mpc/h at the resolution of the paper.
  @Test(.ranks(1...2), arguments: [101, 121])
  func aNetworkIsTrainedOnThemFromGridsOfSeveralSizes(width: Int) throws {
    try SmallTraining.with("wide") { training, world in
      let names = ["eight", "twelve", "ten"]
      let files = names.map { "\(training.folder)/\($0).h5" }
      for (index, size) in [8, 12, 10].enumerated() {
        try SmallTraining.writeFields(
          names[index], index: UInt64(index), gridSize: size, to: files[index], on: world)
      }
      var plan = training.plan("all") {
        $0.batchSize = 2
        $0.epochs = 1
      }
      plan.sampling.boxWidth = width
      plan.sampling.trainingSamples = 2
      plan.sampling.validationSamples = 1
      plan.architecture = NetworkArchitecture(
        boxWidth: width, convolutionChannels: [Int](repeating: 16, count: 6), hiddenUnits: [8, 4])
      plan.trainingFiles = Array(files.prefix(2))
      plan.validationFiles = [files[2]]
      let outcome = try SmallTraining.run(plan, on: world)
      var alone = plan
      alone.directory = "\(training.folder)/alone"
      if world.size > 1 { try SmallTraining.run(alone, on: world, ranks: 1) }
      #expect(outcome == .complete)
      guard world.isRoot else { return }
      let model = try Model(contentsOf: plan.modelPath)
      #expect(model.architecture.boxWidth == width)
      #expect(model.validationLoss.isFinite)
      #expect(model.data.training.map(\.name) == ["eight", "twelve"])
      if world.size > 1 {
        #expect(SmallTraining.Result(of: alone) == SmallTraining.Result(of: plan))
      }
    }
  }
}
