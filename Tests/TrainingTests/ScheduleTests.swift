import Foundation
import MPI
import Networks
import TestSupport
import Testing

@testable import Stopping
@testable import Training

/// The learning rate over the steps of a training.
@Suite struct LearningRateTests {
  private func schedule(
    _ change: (inout LearningRateSchedule) -> Void
  ) -> LearningRateSchedule {
    var schedule = LearningRateSchedule()
    change(&schedule)
    return schedule
  }

  @Test func theDefaultIsTheFullRateToTheLastBit() {
    let schedule = LearningRateSchedule()
    #expect(schedule.isConstant)
    for step in [0, 1, 1000] {
      #expect(schedule.rate(5e-5, step: step, validations: [1, 2, 3]) == 5e-5)
    }
  }

  /// Four steps of warm-up rise by fifths, so that the fifth step has the full rate.
  @Test func theWarmUpRisesEvenly() {
    let schedule = schedule { $0.warmupSteps = 4 }
    let rates = (0..<6).map { schedule.rate(5, step: $0, validations: []) }
    for (rate, expected) in zip(rates, [1.0, 2, 3, 4, 5, 5]) {
      #expect(abs(rate - expected) < 1e-15)
    }
  }

  /// share + (1 - share)(1 + cos(pi t/T))/2, by the cosine of the system.
  @Test func theCosineFallsFromTheFullRateToItsLeastShare() {
    let schedule = schedule {
      $0.decay = .cosine
      $0.warmupSteps = 10
      $0.steps = 100
      $0.leastShare = 0.1
    }
    for step in 10...140 {
      let place = min(1, Double(step - 10) / 100)
      let expected = 0.1 + 0.9 * (1 + cos(.pi * place)) / 2
      #expect(abs(schedule.rate(1, step: step, validations: []) - expected) < 1e-14, "\(step)")
    }
    #expect(schedule.rate(1, step: 10, validations: []) == 1)
  }

  @Test func stepsMultiplyByAFactorAfterSoManySteps() {
    let schedule = schedule {
      $0.decay = .step
      $0.steps = 3
      $0.factor = 0.5
      $0.leastShare = 0.2
    }
    let rates = (0..<12).map { schedule.rate(8, step: $0, validations: []) }
    #expect(rates == [8, 8, 8, 4, 4, 4, 2, 2, 2, 1.6, 1.6, 1.6])
  }

  /// The lowest likelihood is 3; two epochs in a row are not lower, and twice more.
  @Test(
    arguments: [
      ([], 1), ([5], 1), ([5, 4, 3], 1), ([5, 4, 3, 3], 1), ([5, 4, 3, 3, 4], 0.5),
      ([5, 4, 3, 3, 4, 3.5], 0.5), ([5, 4, 3, 3, 4, 3.5, 3], 0.25),
      ([5, 4, 3, 3, 4, 3.5, 2, 2], 0.5), ([5, 4, 3, 3, 4, 3.5, 2, 2, 2], 0.25),
    ] as [([Double], Double)])
  func aPlateauIsALikelihoodThatDoesNotFallForSoLong(validations: [Double], rate: Double) {
    let schedule = schedule {
      $0.decay = .plateau
      $0.factor = 0.5
      $0.patience = 2
    }
    #expect(schedule.rate(1, step: 1000, validations: validations) == rate)
  }

  @Test func anAnnouncementCarriesTheRateToTheLastBit() {
    for rate in [0, 5e-5, 0.1, 1e300] {
      let announcement = Announcement(.train(epoch: 3, step: 7), learningRate: rate)
      #expect(Announcement(message: announcement.message) == announcement)
    }
  }
}

/// The limit of the gradient's norm.
@Suite struct GradientNormTests {
  /// (3, -4) has the norm 5 by hand.
  @Test(arguments: [(10, [3, -4]), (5, [3, -4]), (2.5, [1.5, -2])] as [(Double, [Float])])
  func aLongGradientIsShortenedAndAShortOneStays(limit: Double, expected: [Float]) {
    var gradient: [Float] = [3, -4]
    let norm = gradient.withUnsafeMutableBufferPointer { GradientNorm.clip($0, to: limit) }
    #expect(norm == 5)
    #expect(gradient == expected)
  }

  @Test func whatIsNoNumberStays() {
    var gradient: [Float] = [.infinity, 1]
    let norm = gradient.withUnsafeMutableBufferPointer { GradientNorm.clip($0, to: 1) }
    #expect(norm == .infinity && gradient == [.infinity, 1])
  }
}

/// Trainings with a schedule and clipping give the same bytes, however they are run.
@Suite(.serialized) struct ScheduledTrainingTests {
  /// An epoch has 6 steps; the rate falls within the first ones.
  static let changes: [(name: String, change: @Sendable (inout TrainingSettings) -> Void)] = [
    (
      "cosine",
      {
        $0.schedule.decay = .cosine
        $0.schedule.steps = 12
        $0.schedule.warmupSteps = 3
      }
    ),
    (
      "plateau",
      {
        $0.epochs = 4
        $0.schedule.decay = .plateau
        $0.schedule.patience = 1
        // So small that no weight moves, and no likelihood falls.
        $0.optimizer.learningRate = 1e-30
        $0.clipNorm = 0.1
      }
    ),
    ("clipped", { $0.clipNorm = 1e-3 }),
  ]

  @Test(.ranks(1...3), arguments: ["cosine", "plateau", "clipped"])
  func theResultDependsNeitherOnRanksNorOnStops(name: String) throws {
    guard let change = Self.changes.first(where: { $0.name == name })?.change else { return }
    try SmallTraining.with("scheduled-\(name)") { training, world in
      let whole = training.plan("whole", change)
      try SmallTraining.run(whole, on: world, ranks: 1)
      for ranks in 1...world.size {
        for coordinator in TrainingSettings.Coordinator.allCases {
          let plan = training.plan("\(ranks)-\(coordinator)") {
            change(&$0)
            $0.coordinator = coordinator
            $0.threadsPerRank = 2
          }
          try SmallTraining.run(plan, on: world, ranks: ranks)
          #expect(SmallTraining.Result(of: plan) == SmallTraining.Result(of: whole))
        }
      }
      let stopped = training.plan("stopped", change)
      var stop = StopConditions()
      stop.file = stopped.stopPath
      var jobs = 0
      while jobs < 30 {
        var steps = 0
        let outcome = try SmallTraining.run(
          stopped, on: world, ranks: jobs % world.size + 1, stop: stop
        ) { event in
          guard case .step = event else { return }
          steps += 1
          if steps == 4 {
            _ = FileManager.default.createFile(atPath: stopped.stopPath, contents: nil)
          }
        }
        jobs += 1
        if try world.allReduce(Int32(outcome == .complete ? 1 : 0), .maximum) == 1 { break }
      }
      #expect(jobs > 3)
      #expect(SmallTraining.Result(of: stopped) == SmallTraining.Result(of: whole))
    }
  }

  @Test func theMetricsTellTheRatesAndNorms() throws {
    try SmallTraining.with("rates") { training, world in
      for (name, change) in Self.changes {
        let plan = training.plan(name, change)
        try SmallTraining.run(plan, on: world)
        let history = try TrainingMetrics(contentsOf: plan.metricsPath)
        let rates = history.steps.compactMap(\.learningRate)
        let norms = history.steps.compactMap(\.gradientNorm)
        switch name {
        case "cosine":
          #expect(rates.count == 18 && norms.isEmpty)
          #expect(rates[0] == 1e-3 * 0.25 && rates[3] == 1e-3 && rates[15...] == [0, 0, 0])
        case "plateau":
          // Two epochs with the full rate, as there is no lowest likelihood before the first.
          let expected = [1e-30, 1e-30, 1e-31, 1e-32]
          #expect(rates.count == 24)
          for (step, rate) in rates.enumerated() {
            #expect(abs(rate / expected[step / 6] - 1) < 1e-14, "step \(step)")
          }
          #expect(norms.count == 24)
        default:
          #expect(rates.isEmpty && norms.count == 18 && norms.allSatisfy { $0 > 1e-3 })
        }
      }
    }
  }

  /// What a training without them wrote before they were there: no members but these, and the bytes of a schedule
  /// that leaves every rate as it is.
  @Test func withoutThemNothingIsWrittenAndNoBitChanges() throws {
    try SmallTraining.with("neither") { training, world in
      let plain = training.plan("plain")
      let idle = training.plan("idle") { $0.clipNorm = 1e30 }
      for plan in [plain, idle] { try SmallTraining.run(plan, on: world) }
      let lines = try String(contentsOfFile: plain.metricsPath, encoding: .utf8)
        .split(separator: "\n").filter { $0.hasPrefix("{\"kind\":\"step\"") }
      #expect(lines.count == 18)
      for line in lines {
        let members = line.matches(of: /"([A-Za-z]+)":/).map { String($0.1) }
        #expect(
          members == ["kind", "epoch", "step", "likelihood", "penalty", "loss", "gamma"])
      }
      #expect(SmallTraining.Result(of: plain).model == SmallTraining.Result(of: idle).model)
    }
  }
}
