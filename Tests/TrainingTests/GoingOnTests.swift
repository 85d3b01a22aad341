import Foundation
import MPI
import Networks
import TestSupport
import Testing

@testable import Training

/// A training that is over, or stopped, goes on for longer, as if it had been asked to at once.
@Suite(.serialized) struct GoingOnTests {
  @Test(.ranks(1...3)) func moreEpochsGiveTheBytesOfARunThatWasAskedForThemAtOnce() throws {
    try SmallTraining.with("epochs") { training, world in
      let whole = training.plan("whole") { $0.epochs = 5 }
      try SmallTraining.run(whole, on: world)
      let expected = SmallTraining.Result(of: whole)
      for epochs in [2, 3, 5, 5] {
        let outcome = try SmallTraining.run(
          training.plan("part") {
            $0.epochs = epochs
            $0.keptCheckpoints = epochs
            $0.checkpointMinutes = Double(epochs)
            $0.tensorboard = epochs == 3
          }, on: world)
        #expect(outcome == .complete)
        let result = SmallTraining.Result(of: training.plan("part"))
        #expect((result == expected) == (epochs == 5))
      }
    }
  }

  /// With rate 0 no epoch is better than the first one.
  @Test(.ranks(1...3)) func longerPatienceGivesTheBytesOfARunThatHadItAtOnce() throws {
    try SmallTraining.with("patience") { training, world in
      func plan(_ name: String, patience: Int) -> TrainingPlan {
        training.plan(name) {
          $0.epochs = 6
          $0.patience = patience
          $0.optimizer.learningRate = 0
        }
      }
      try SmallTraining.run(plan("whole", patience: 4), on: world)
      try SmallTraining.run(plan("part", patience: 2), on: world)
      let whole = SmallTraining.Result(of: plan("whole", patience: 4))
      #expect(SmallTraining.Result(of: plan("part", patience: 2)) != whole)
      try SmallTraining.run(plan("part", patience: 4), on: world)
      #expect(SmallTraining.Result(of: plan("part", patience: 4)) == whole)
    }
  }

  @Test(.ranks(1...3)) func fewerEpochsThanAreDoneAreRefused() throws {
    try SmallTraining.with("fewer") { training, world in
      try SmallTraining.run(training.plan("run") { $0.epochs = 4 }, on: world)
      let before = SmallTraining.Result(of: training.plan("run"))
      let failure = #expect(throws: AgreedFailure.self) {
        try SmallTraining.run(training.plan("run") { $0.epochs = 3 }, on: world)
      }
      // The rank that failed has the words.
      #expect((failure?.underlying == nil) == (failure?.rank != world.rank))
      if let text = failure?.underlying.map({ "\($0)" }) {
        #expect(text.contains("ended after 3 epochs") && text.contains("give more epochs"))
      }
      #expect(SmallTraining.Result(of: training.plan("run")) == before)
    }
  }

  @Test(arguments: [(10, 1, 10), (0.5, 0.5, 0.5), (1, 1, 1)])
  func theFirstCheckpointOfAJobComesAfterAMinuteAtTheLatest(
    minutes: Double, first: Double, later: Double
  ) {
    var settings = TrainingSettings()
    settings.checkpointMinutes = minutes
    #expect(settings.checkpointInterval(isFirst: true) == first)
    #expect(settings.checkpointInterval(isFirst: false) == later)
  }

  @Test func theEndIsNoPartOfAnIdentity() {
    let lines = ["training.alpha = 1", "training.epochs = 3", "training.patience = null"]
    #expect(TrainingEnding.identity(lines) == ["training.alpha = 1"])
  }
}
