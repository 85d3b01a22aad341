import Foundation
import Hardware
import MPI
import Networks
import SubBoxes
import TestSupport
import Testing

@testable import Workshop

/// The benchmark of training steps, which is timed nowhere in the tests.
@Suite struct StepBenchmarkTests {
  private func benchmark(channelCount: Int, in folder: String) -> StepBenchmark {
    var benchmark = StepBenchmark()
    benchmark.architecture = NetworkArchitecture(
      boxWidth: 5, inputChannels: channelCount, convolutionChannels: [16, 16], hiddenUnits: [4])
    (benchmark.batchSize, benchmark.runs, benchmark.folder) = (2, 1, folder)
    return benchmark
  }

  @Test(arguments: 1...8) func everyNumberOfChannelsIsTrainedOnAndNothingLeft(
    channelCount: Int
  ) throws {
    try withWorld { world in
      let own = try world.split(color: world.rank, key: 0)
      try withScratchFolder { folder in
        let result = try #require(
          try benchmark(channelCount: channelCount, in: folder).run(on: own))
        #expect(result.training.median > 0 && result.kernelsInference.median > 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
        #expect(BenchmarkFields.input(channelCount: channelCount)?.channelCount == channelCount)
      }
    }
  }

  @Test func moreChannelsThanAnyInputHasAreRefused() throws {
    try withWorld { world in
      let own = try world.split(color: world.rank, key: 0)
      var benchmark = benchmark(channelCount: 9, in: "nowhere")
      benchmark.kernels = .reference
      let error = #expect(throws: AgreedFailure.self) { try benchmark.run(on: own) }
      #expect(error.map { "\($0)" }?.contains("takes 9 channels") == true)
    }
  }
}
