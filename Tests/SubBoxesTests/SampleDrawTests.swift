import Fields
import MPI
import Randomness
import SubBoxes
import TestSupport
import Testing

/// Grids of more than 64 planes are read in several parts.
private let gridSizes = [68, 5, 12]

private func settings(_ training: Int) -> SamplingSettings {
  var settings = SamplingSettings()
  settings.trainingSamples = training
  settings.validationSamples = training
  settings.testSamples = training
  settings.seed = 21
  return settings
}

extension CollectiveTests {
  @Suite struct SampleDrawTests {
    /// What is expected is computed by each rank from the whole simulations.
    @Test(
      .ranks(1...4),
      arguments: [
        (SampleDraw.Role.training, gridSizes), (.validation, [12, 9, 10]), (.test, [12, 9, 10]),
      ])
    func aDrawIsThePermutedUnionOfTheHaloParticles(
      role: SampleDraw.Role, gridSizes: [Int]
    ) throws {
      try withWorld { world in
        var settings = settings(1000)
        settings.minimumLogMass = 10.5
        try SyntheticSimulation.withFiles(of: gridSizes, on: world) { simulations, paths in
          let draw = try SampleDraw(role, from: paths, settings: settings, on: world)
          let eligible = simulations.enumerated().map {
            $0.element.eligible(settings, simulation: $0.offset)
          }
          let purposes: [SampleDraw.Role: RandomPurpose] = [
            .training: .trainingDraw, .validation: .validationDraw, .test: .testDraw,
          ]
          let union = Array(eligible.joined())
          let permutation = RandomPermutation(
            count: union.count, seed: 21, for: try #require(purposes[role]))
          #expect(draw.samples == permutation.prefix(1000).map { union[$0] })
          #expect(draw.eligibleCounts == eligible.map(\.count))
        }
      }
    }

    @Test(.ranks(1...4)) func zeroTakesAllAndASmallerDrawIsTheBeginningOfALargerOne() throws {
      try withWorld { world in
        try SyntheticSimulation.withFiles(of: [8, 9], on: world) { simulations, paths in
          let all = try SampleDraw(.test, from: paths, settings: settings(0), on: world)
          let some = try SampleDraw(.test, from: paths, settings: settings(100), on: world)
          let union = simulations.enumerated().flatMap {
            $0.element.eligible(settings(0), simulation: $0.offset)
          }
          #expect(all.samples.count == union.count)
          #expect(Set(all.samples) == Set(union))
          #expect(some.samples == Array(all.samples.prefix(100)))
        }
      }
    }

    @Test(.ranks(1...4)) func theFirstSimulationMayHaveAnotherNumber() throws {
      try withWorld { world in
        try SyntheticSimulation.withFiles(of: [8, 9], on: world) { _, paths in
          let first = try SampleDraw(.training, from: paths, settings: settings(50), on: world)
          let shifted = try SampleDraw(
            .training, from: paths, settings: settings(50), firstSimulation: 20, on: world)
          #expect(shifted.samples.map(\.simulation) == first.samples.map { $0.simulation + 20 })
          #expect(shifted.samples.map(\.site) == first.samples.map(\.site))
        }
      }
    }

    @Test(.ranks(1...4)) func askingForMoreThanThereAreIsAnErrorOfAllRanks() throws {
      try withWorld { world in
        try SyntheticSimulation.withFiles(of: [4], on: world) { simulations, paths in
          let count = simulations[0].eligible(settings(0), simulation: 0).count
          let error = #expect(throws: AgreedFailure.self) {
            try SampleDraw(.training, from: paths, settings: settings(count + 1), on: world)
          }
          #expect(error?.rank == 0)
          if world.isRoot {
            #expect(agreed(error)?.kind == .data)
            #expect(agreed(error)?.reason.contains("only \(count) particles") == true)
          }
        }
      }
    }

    @Test(.ranks(1...4)) func aFileThatIsMissingIsNamed() throws {
      try withWorld { world in
        let error = #expect(throws: AgreedFailure.self) {
          try SampleDraw(.training, from: ["nowhere.h5"], settings: settings(1), on: world)
        }
        if error?.rank == world.rank {
          #expect(agreed(error)?.kind == .missingFile)
          #expect(agreed(error)?.file == "nowhere.h5")
        }
      }
    }

    /// The mean and the deviation are computed over all voxels one after the other; the rounding
    /// of 316,000 sums of numbers near 1 is below 1e-10.
    @Test(.ranks(1...4)) func theStandardizationIsThatOfAllDensitiesTogether() throws {
      try withWorld { world in
        try SyntheticSimulation.withFiles(of: gridSizes, on: world) { simulations, paths in
          let store = try FieldStore(of: paths, settings: StreamSettings(), on: world)
          let standardization = try Standardization(of: .density, in: store.simulations)
          let densities = simulations.flatMap { $0.density.map { Double($0) } }
          let mean = densities.reduce(0, +) / Double(densities.count)
          let variance =
            densities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            / Double(densities.count)
          #expect(abs(standardization.mean - mean) < 1e-10)
          #expect(abs(standardization.standardDeviation - variance.squareRoot()) < 1e-10)
          #expect(throws: SubBoxError.self) { try Standardization(of: .density, in: []) }
        }
      }
    }
  }
}

@Suite struct LabelRangeTests {
  private static func samples(_ labels: [Float]) -> [Sample] {
    labels.map { Sample(simulation: 0, site: 0, logMass: $0, radius: 0) }
  }

  @Test func theEndsOfTheRangeAreScaledToMinusOneAndOne() throws {
    let range = try LabelRange(of: Self.samples([11, 10.25, 13.25, 12]))
    #expect(range == LabelRange(minimum: 10.25, maximum: 13.25))
    #expect(range.scaled(10.25) == -1)
    #expect(range.scaled(13.25) == 1)
    #expect(range.scaled(11.75) == 0)
    #expect(range.logMass(range.scaled(11)) == 11)
  }

  @Test(arguments: [[], [11], [11, 11]] as [[Float]])
  func labelsThatDoNotDifferHaveNoRange(labels: [Float]) {
    #expect(throws: SubBoxError.self) { try LabelRange(of: Self.samples(labels)) }
  }
}
