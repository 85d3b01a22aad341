import Foundation
import MPI
import Networks
import SubBoxes
import TestSupport
import Testing

@testable import Stopping
@testable import Training

/// The same training gives the same bytes, however it is run.
@Suite(.serialized) struct SameBitsTests {
  @Test(.ranks(1...8)) func theResultDoesNotDependOnRanksThreadsOrCoordinator() throws {
    try SmallTraining.with("bits") { training, world in
      let reference = training.plan("reference")
      try SmallTraining.run(reference, on: world, ranks: 1)
      var results: [String: SmallTraining.Result] = [:]
      for ranks in 1...world.size {
        for threads in 1...2 {
          for coordinator in TrainingSettings.Coordinator.allCases {
            let name = "\(ranks)-\(threads)-\(coordinator)"
            let plan = training.plan(name) {
              $0.threadsPerRank = threads
              $0.coordinator = coordinator
            }
            try SmallTraining.run(plan, on: world, ranks: ranks)
            results[name] = SmallTraining.Result(of: plan)
          }
        }
      }
      let expected = SmallTraining.Result(of: reference)
      #expect(expected.model != nil && expected.metrics != nil)
      for (name, result) in results { #expect(result == expected, "\(name)") }
    }
  }

  /// Density and shear, four channels, from memory and from the files.
  @Test(.ranks(1...8), arguments: BoxKind.allCases)
  func severalChannelsGiveTheSameResultOnAnyNumberOfRanks(kind: BoxKind) throws {
    try SmallTraining.with("channels-\(kind)") { training, world in
      func plan(_ name: String, threads: Int = 1) -> TrainingPlan {
        var plan = training.plan(name) {
          $0.variant = kind
          $0.threadsPerRank = threads
        }
        plan.input = NetworkInput([.density, .shear], finalVoxelSize: .nan)
        plan.architecture.inputChannels = plan.input.channelCount
        return plan
      }
      let reference = plan("reference")
      try SmallTraining.run(reference, on: world, ranks: 1)
      let expected = SmallTraining.Result(of: reference)
      #expect(expected.model != nil && expected.metrics != nil)
      for ranks in 1...world.size {
        for threads in 1...2 {
          let plan = plan("\(ranks)-\(threads)", threads: threads)
          try SmallTraining.run(plan, on: world, ranks: ranks)
          #expect(SmallTraining.Result(of: plan) == expected, "\(ranks) ranks, \(threads) threads")
        }
      }
      var streamed = plan("streamed")
      streamed.streaming.mode = .stream
      try SmallTraining.run(streamed, on: world)
      #expect(SmallTraining.Result(of: streamed) == expected)
      let model = try Model(contentsOf: reference.modelPath)
      #expect(model.input == reference.input && model.data.standardization.channels.count == 4)
      let density = training.plan("density") { $0.variant = kind }
      try SmallTraining.run(density, on: world)
      #expect(SmallTraining.Result(of: density).metrics != expected.metrics)
    }
  }

  @Test(.ranks(1...8)) func threadsThatShareSamplesGiveTheSameResult() throws {
    try SmallTraining.with("shared") { training, world in
      let one = training.plan("one") { $0.batchSize = 3 }
      let many = training.plan("many") {
        $0.batchSize = 3
        $0.threadsPerRank = 8
      }
      for plan in [one, many] { try SmallTraining.run(plan, on: world) }
      #expect(SmallTraining.Result(of: one).model != nil)
      #expect(SmallTraining.Result(of: one) == SmallTraining.Result(of: many))
    }
  }

  @Test(.ranks(1...8)) func streamedFieldsGiveTheSameResultAsResidentOnes() throws {
    try SmallTraining.with("streamed") { training, world in
      let resident = training.plan("resident")
      var streamed = training.plan("streamed")
      streamed.streaming.mode = .stream
      try SmallTraining.run(resident, on: world)
      try SmallTraining.run(streamed, on: world)
      #expect(SmallTraining.Result(of: resident) == SmallTraining.Result(of: streamed))
    }
  }

  @Test(.ranks(1...8)) func aStoppedTrainingGoesOnAsIfItHadNotStopped() throws {
    try SmallTraining.with("stops") { training, world in
      let whole = training.plan("whole")
      try SmallTraining.run(whole, on: world)
      // A stop file that is put there after every other step, and another number of ranks each time.
      let stopped = training.plan("stopped")
      var stop = StopConditions()
      stop.file = stopped.stopPath
      var outcomes: [TrainingOutcome?] = []
      for attempt in 0..<30 {
        var steps = 0
        outcomes.append(
          try SmallTraining.run(
            stopped, on: world, ranks: attempt % world.size + 1, stop: stop
          ) { event in
            guard case .step = event else { return }
            steps += 1
            if steps == 2 {
              _ = FileManager.default.createFile(atPath: stopped.stopPath, contents: nil)
            }
          })
        if try world.allReduce(Int32(outcomes.last == .complete ? 1 : 0), .maximum) == 1 { break }
      }
      if world.isRoot {
        #expect(outcomes.last == .complete)
        #expect(outcomes.count > 5)
        #expect(outcomes.dropLast().allSatisfy { $0 == .stopped })
      }
      #expect(SmallTraining.Result(of: whole) == SmallTraining.Result(of: stopped))
    }
  }

  @Test(.ranks(1...8)) func averagedBoxesAndOtherSeedsGiveOtherResults() throws {
    try SmallTraining.with("variants") { training, world in
      let plans = [
        training.plan("raw"),
        training.plan("averaged") { $0.variant = .averaged },
        training.plan("seed") { $0.seed = 2 },
      ]
      for plan in plans { try SmallTraining.run(plan, on: world) }
      let results = plans.map { SmallTraining.Result(of: $0).metrics }
      #expect(Set(results).count == 3)
    }
  }

  /// Raw boxes in all orientations, from memory and from files; averaged ones look the same in all.
  @Test(.ranks(1...8)) func boxesInRandomOrientationsGiveTheSameResultHoweverTheTrainingIsRun()
    throws
  {
    try SmallTraining.with("symmetries") { training, world in
      func change(_ settings: inout TrainingSettings) { settings.symmetries = .all }
      let whole = training.plan("whole", change)
      try SmallTraining.run(whole, on: world, ranks: 1)
      let expected = SmallTraining.Result(of: whole)
      for ranks in 1...world.size {
        var plan = training.plan("\(ranks)") {
          change(&$0)
          $0.threadsPerRank = 2
        }
        plan.streaming.mode = ranks % 2 == 1 ? .stream : .resident
        try SmallTraining.run(plan, on: world, ranks: ranks)
        #expect(SmallTraining.Result(of: plan) == expected)
      }
      let parts = training.plan("parts", change)
      for epochs in 1...3 {
        try SmallTraining.run(
          training.plan("parts") {
            change(&$0)
            $0.epochs = epochs
          }, on: world, ranks: epochs % world.size + 1)
      }
      #expect(SmallTraining.Result(of: parts) == expected)

      let others = [
        training.plan("none"), training.plan("rotations") { $0.symmetries = .rotations },
        training.plan("averaged") { $0.variant = .averaged },
        training.plan("averaged-all") {
          change(&$0)
          $0.variant = .averaged
        },
      ]
      for plan in others { try SmallTraining.run(plan, on: world) }
      let results = others.map { SmallTraining.Result(of: $0) }
      #expect(results[0] != expected && results[1] != expected && results[0] != results[1])
      #expect(results[2] == results[3])
    }
  }
}
