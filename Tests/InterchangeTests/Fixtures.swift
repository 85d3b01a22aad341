import Foundation
import Networks
import SubBoxes
import Testing

@testable import Interchange
@testable import Training

/// Files that other programs wrote; `Fixtures/make_fixtures.py` says how.
enum Fixture {
  static func data(_ name: String) throws -> Data {
    let file = try #require(
      Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures"))
    return try Data(contentsOf: file)
  }

  /// The weights of the small network, in PyTorch's layout.
  static func weights() throws -> SafeTensors {
    try SafeTensors(decoding: data("small.safetensors"), of: "small.safetensors")
  }

  /// A model of random weights, with all that a training records.
  static func model(
    boxWidth: Int = 7, channels: [Int] = [3, 2, 4], hiddenUnits: [Int] = [5, 3],
    input: NetworkInput = NetworkInput(.finalDensity, finalVoxelSize: 0.03),
    boxes: BoxDescription = BoxDescription(.averaged)
  ) -> Model {
    let architecture = NetworkArchitecture(
      boxWidth: boxWidth, inputChannels: input.channelCount, convolutionChannels: channels,
      hiddenUnits: hiddenUnits)
    func simulation(_ name: String) -> DataDescription.Simulation {
      DataDescription.Simulation(name: name, fingerprint: "0123456789abcdef", eligible: 1_000)
    }
    return Model(
      architecture: architecture, boxes: boxes, inputName: input.name,
      data: DataDescription(
        training: [simulation("A"), simulation("B \"quoted\"")], validation: [simulation("C")],
        voxelSize: 25.0 / 64, finalVoxelSize: input.finalVoxelSize, trainingSamples: 320,
        validationSamples: 48,
        standardization: InputStandardization(
          (0..<input.channelCount).map {
            Standardization(mean: 1.0027 - Double($0), standardDeviation: 1.0 / Double(3 + $0))
          }),
        labels: LabelRange(minimum: 11.1, maximum: 13.37)),
      seed: .max, epoch: 2, step: 30, validationLoss: 1 / 7,
      settings: ["training.batchSize = 64", "sampling.boxWidth = 7"],
      parameters: architecture.parameters.initialized(seed: 4))
  }
}
