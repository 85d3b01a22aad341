import Failures
import Foundation
import Testing

@testable import SubBoxes

@Suite struct SettingsTests {
  /// The numbers are those of the paper, Section III (doi:10.1103/PhysRevD.109.063524).
  @Test func theDefaultsAreThoseOfThePaper() throws {
    let settings = SamplingSettings()
    try settings.check()
    #expect(settings.boxWidth == 75)
    #expect(settings.trainingSamples == 200_000)
    #expect(settings.validationSamples == 10_000)
    #expect(settings.testSamples == 100_000)
    #expect(settings.maximumLogMass == 13.4)
    #expect(settings.minimumLogMass == nil)
  }

  @Test func settingsSurviveTheirEncoding() throws {
    var sampling = SamplingSettings()
    sampling.minimumLogMass = 11.25
    sampling.seed = .max
    sampling.balancedMassEdges = [11, 12, 13.4]
    sampling.labelRange = [10, 14]
    var stream = StreamSettings()
    stream.mode = .resident
    let (encoder, decoder) = (JSONEncoder(), JSONDecoder())
    #expect(try decoder.decode(SamplingSettings.self, from: encoder.encode(sampling)) == sampling)
    #expect(try decoder.decode(StreamSettings.self, from: encoder.encode(stream)) == stream)
  }

  @Test(
    arguments: [
      { $0.boxWidth = 2 }, { $0.trainingSamples = -1 }, { $0.maximumLogMass = .nan },
      { $0.minimumLogMass = 13.5 }, { $0.minimumLogMass = .infinity },
      { $0.balancedMassEdges = [12] }, { $0.balancedMassEdges = [12, 11, 13] },
      { $0.balancedMassEdges = [12, .infinity] }, { $0.labelRange = [11, 12, 13] },
      { $0.labelRange = [13, 11] }, { $0.labelRange = [11, .nan] },
    ] as [@Sendable (inout SamplingSettings) -> Void])
  func samplingThatContradictsItselfIsRefused(change: @Sendable (inout SamplingSettings) -> Void) {
    var settings = SamplingSettings()
    change(&settings)
    #expect(throws: Failure.self) { try settings.check() }
  }

  /// Two arrays of floats for at most 64 planes, or 64 MiB, of one simulation.
  @Test(arguments: [([64], 1 << 21), ([256, 64], 1 << 25), ([1024, 1024], 1 << 27), ([], 0)])
  func drawingNeedsTheMemoryOfASlab(gridSizes: [Int], bytes: Int) {
    #expect(SampleDraw.workingBytes(gridSizes: gridSizes) == bytes)
  }

  @Test func massesWithinTheLimitsAreEligibleAndNaNNeverIs() {
    var settings = SamplingSettings()
    settings.maximumLogMass = 13.5
    #expect(settings.isEligible(logMass: 13.5))
    #expect(settings.isEligible(logMass: 8))
    #expect(!settings.isEligible(logMass: Float(13.5).nextUp))
    #expect(!settings.isEligible(logMass: .nan))
    settings.minimumLogMass = 11
    #expect(settings.isEligible(logMass: 11))
    #expect(!settings.isEligible(logMass: Float(11).nextDown))
    #expect(!settings.isEligible(logMass: .nan))
  }
}
