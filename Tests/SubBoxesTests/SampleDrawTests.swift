import Failures
import Fields
import MPI
import Randomness
import TestSupport
import Testing

@testable import SubBoxes

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
        try RandomFields.withFiles(of: gridSizes, on: world) { simulations, paths in
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
        try RandomFields.withFiles(of: [8, 9], on: world) { simulations, paths in
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
        try RandomFields.withFiles(of: [8, 9], on: world) { _, paths in
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
        try RandomFields.withFiles(of: [4], on: world) { simulations, paths in
          let count = simulations[0].eligible(settings(0), simulation: 0).count
          let error = #expect(throws: AgreedFailure.self) {
            try SampleDraw(.training, from: paths, settings: settings(count + 1), on: world)
          }
          #expect(error?.rank == 0)
          if world.isRoot {
            #expect(agreed(error)?.exitCode == .badData)
            #expect(agreed(error)?.reason.contains("only \(count) particles") == true)
          }
        }
      }
    }

    /// What is expected is computed by each rank from the whole simulations; the bins are those of the numbers.
    @Test(.ranks(1...4), arguments: [300, 301, 302])
    func aBalancedDrawTakesFromTheBinsInTurn(count: Int) throws {
      let edges = [10.5, 11.5, 12.75, 13.4]
      try withWorld { world in
        var settings = settings(count)
        settings.balancedMassEdges = edges
        try RandomFields.withFiles(of: gridSizes, on: world) { simulations, paths in
          let draw = try SampleDraw(.training, from: paths, settings: settings, on: world)
          let union = simulations.enumerated().flatMap {
            $0.element.eligible(settings, simulation: $0.offset)
          }
          let bins = zip(edges, edges.dropFirst()).enumerated().map { bin, range -> [Sample] in
            let members = union.filter {
              let mass = Double($0.logMass)
              return mass >= range.0 && (mass < range.1 || bin == 2 && mass == range.1)
            }
            return RandomPermutation(
              count: members.count, seed: 21, for: .trainingDraw, index: UInt64(bin)
            ).prefix(count).map { members[$0] }
          }
          let expected: [Sample] = (0..<count).map { bins[$0 % 3][$0 / 3] }
          #expect(draw.samples == expected)
          let binned = union.filter { (edges[0]...edges[3]).contains(Double($0.logMass)) }
          let counts: [Int] = simulations.indices.map { number in
            binned.count { $0.simulation == Int32(number) }
          }
          #expect(draw.eligibleCounts == counts)
          // The other roles are drawn as ever.
          let test = try SampleDraw(.test, from: paths, settings: settings, on: world)
          settings.balancedMassEdges = nil
          let uniform = try SampleDraw(.test, from: paths, settings: settings, on: world)
          #expect(test.samples == uniform.samples)
        }
      }
    }

    @Test(.ranks(1...4)) func theFieldIsDrawnAmongTheOthersOrAsABinOfItsOwn() throws {
      try withWorld { world in
        var settings = settings(1000)
        settings.minimumLogMass = 11.5
        settings.includesField = true
        try RandomFields.withFiles(of: [12, 9, 10], on: world) { simulations, paths in
          let union = simulations.enumerated().flatMap {
            $0.element.eligibleWithField(settings, simulation: $0.offset)
          }
          let field = union.filter(\.isInField)
          #expect(field.count > 100 && field.count < union.count - 100)
          let draw = try SampleDraw(.test, from: paths, settings: settings, on: world)
          let permutation = RandomPermutation(count: union.count, seed: 21, for: .testDraw)
          #expect(draw.samples == permutation.prefix(1000).map { union[$0] })

          settings.balancedMassEdges = [11.5, 12.5, 13.4]
          settings.trainingSamples = 300
          let balanced = try SampleDraw(.training, from: paths, settings: settings, on: world)
          #expect(balanced.samples.count { $0.isInField } == 100)
          let range = try LabelRange(of: balanced.samples)
          #expect(
            range.minimum >= 11.5
              && balanced.samples.allSatisfy {
                $0.isInField == (range.scaled($0) == -1) || Double($0.logMass) == range.minimum
              })
        }
      }
    }

    @Test(.ranks(1...4)) func zeroTakesAsManyFromEachBinAsTheSmallestHas() throws {
      try withWorld { world in
        var settings = settings(0)
        settings.balancedMassEdges = [10.5, 12, 13.4]
        try RandomFields.withFiles(of: [8, 9], on: world) { _, paths in
          let draw = try SampleDraw(.training, from: paths, settings: settings, on: world)
          let light = draw.samples.count { $0.logMass < 12 }
          #expect(light > 0 && draw.samples.count == 2 * light)
          #expect(Set(draw.samples).count == draw.samples.count)
        }
      }
    }

    @Test(.ranks(1...4)) func aBinWithTooFewParticlesIsNamed() throws {
      try withWorld { world in
        var settings = settings(20)
        settings.balancedMassEdges = [3, 4, 13.4]
        try RandomFields.withFiles(of: [4], on: world) { _, paths in
          let error = #expect(throws: AgreedFailure.self) {
            try SampleDraw(.training, from: paths, settings: settings, on: world)
          }
          if world.isRoot {
            #expect(
              agreed(error)?.reason.contains(
                "only 0 particles are in halos with 3.0 <= log10 M < 4.0")
                == true)
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
          #expect(agreed(error)?.problem == .missingFile)
          #expect(agreed(error)?.file == "nowhere.h5")
        }
      }
    }

    /// The mean and the deviation are computed over all voxels one after the other; the rounding
    /// of 316,000 sums of numbers near 1 is below 1e-10.
    @Test(.ranks(1...4)) func theStandardizationIsThatOfAllDensitiesTogether() throws {
      try withWorld { world in
        try RandomFields.withFiles(of: gridSizes, on: world) { simulations, paths in
          let store = try FieldStore(of: paths, settings: StreamSettings(), on: world)
          let standardization = try Standardization(of: .density, in: store.simulations)
          let densities = simulations.flatMap { $0.density.map { Double($0) } }
          let mean = densities.reduce(0, +) / Double(densities.count)
          let variance =
            densities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            / Double(densities.count)
          #expect(abs(standardization.mean - mean) < 1e-10)
          #expect(abs(standardization.standardDeviation - variance.squareRoot()) < 1e-10)
          #expect(throws: Failure.self) { try Standardization(of: .density, in: []) }
        }
      }
    }
  }
}

@Suite struct LabelRangeTests {
  private static func samples(_ labels: [Float]) -> [Sample] {
    labels.map { Sample(simulation: 0, site: 0, logMass: $0, radius: 0, halo: 0) }
  }

  @Test func theEndsOfTheRangeAreScaledToMinusOneAndOne() throws {
    let range = try LabelRange(of: Self.samples([11, 10.25, 13.25, 12]))
    #expect(range == LabelRange(minimum: 10.25, maximum: 13.25))
    #expect(range.scaled(10.25) == -1)
    #expect(range.scaled(13.25) == 1)
    #expect(range.scaled(11.75) == 0)
    #expect(range.logMass(range.scaled(11)) == 11)
  }

  @Test func settingsMayChooseTheRange() throws {
    let samples = Self.samples([11, 10.25, 13.25, 12])
    var settings = SamplingSettings()
    #expect(try LabelRange(settings, samples: samples) == LabelRange(of: samples))
    settings.labelRange = [10, 14]
    #expect(
      try LabelRange(settings, samples: samples) == LabelRange(minimum: 10, maximum: 14))
    settings.labelRange = [10.5, 14]
    let error = #expect(throws: Failure.self) {
      try LabelRange(settings, samples: samples)
    }
    #expect(error?.reason.contains("from 10.25 to 13.25") == true)
  }

  @Test(arguments: [[], [11], [11, 11]] as [[Float]])
  func labelsThatDoNotDifferHaveNoRange(labels: [Float]) {
    #expect(throws: Failure.self) { try LabelRange(of: Self.samples(labels)) }
  }
}
