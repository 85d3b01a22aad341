import Foundation
import MPI
import Networks
import SubBoxes
import TestSupport
import Testing

@testable import Failures
@testable import Training

/// A training that starts from the weights of a model.
@Suite(.serialized) struct InitialModelTests {
  @Test(.ranks(1...3)) func itStartsFromTheWeightsAndTheLikelihoodOfTheModel() throws {
    try SmallTraining.with("initial") { training, world in
      let first = training.plan("first") { $0.epochs = 1 }
      try SmallTraining.run(first, on: world)
      // With rate 0 the weights stay what they were at the start.
      let second = training.plan("second") {
        $0.epochs = 1
        $0.seed = 5
        $0.optimizer.learningRate = 0
        $0.initialModel = first.modelPath
      }
      try SmallTraining.run(second, on: world)
      let models = try [first, second].map { try Model(contentsOf: $0.modelPath) }
      #expect(models[0].parameters == models[1].parameters)
      #expect(models[0].likelihood.values != [TrainingSettings().initialGamma])
    }
  }

  @Test(.ranks(1...3)) func theResultDependsNeitherOnRanksNorOnStops() throws {
    try SmallTraining.with("initial-bits") { training, world in
      let first = training.plan("first") { $0.epochs = 1 }
      try SmallTraining.run(first, on: world)
      func change(_ settings: inout TrainingSettings) {
        settings.variant = .averaged
        settings.initialModel = first.modelPath
      }
      let whole = training.plan("whole", change)
      try SmallTraining.run(whole, on: world, ranks: 1)
      for epochs in 1...3 {
        try SmallTraining.run(
          training.plan("parts") {
            change(&$0)
            $0.epochs = epochs
          }, on: world, ranks: epochs % world.size + 1)
      }
      let result = SmallTraining.Result(of: training.plan("parts"))
      #expect(result.model != nil && result == SmallTraining.Result(of: whole))
    }
  }

  @Test(.ranks(1...3)) func aModelOfAnotherNetworkIsRefusedWithWhatDiffers() throws {
    try SmallTraining.with("initial-other") { training, world in
      let first = training.plan("first") { $0.epochs = 1 }
      try SmallTraining.run(first, on: world)
      var other = training.plan("other") { $0.initialModel = first.modelPath }
      other.architecture.hiddenUnits = [8, 5]
      let failure = #expect(throws: AgreedFailure.self) {
        try SmallTraining.run(other, on: world)
      }
      let text = failure?.underlying.map { "\($0)" } ?? ""
      if world.isRoot {
        #expect(text.contains("first/model.h5") && text.contains("[8, 4] instead of [8, 5]"))
      }
      #expect(!FileManager.default.fileExists(atPath: other.modelPath))
    }
  }
}
