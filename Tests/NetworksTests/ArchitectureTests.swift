import Failures
import Testing

@testable import Networks

@Suite struct ArchitectureTests {
  /// The widths and parameters of each layer at width 75.
  ///
  /// Source: Lucie-Smith et al. 2024, appendix B, doi:10.1103/PhysRevD.109.063524.
  @Test func thePublishedNetworkHasThePublishedLayers() throws {
    let architecture = NetworkArchitecture()
    let layout = architecture.parameters
    #expect(architecture.activationWidths == [75, 75, 38, 19, 10, 5, 3])
    #expect(architecture.featureCount == 3456)
    let published = [
      ("conv1", 896), ("conv2", 27_680), ("conv3", 55_360), ("conv4", 221_312),
      ("conv5", 442_496), ("conv6", 442_496), ("dense1", 884_992), ("dense2", 32_896),
      ("dense3", 129),
    ]
    for (layer, count) in published {
      let weight = try #require(layout["\(layer).weight"])
      let bias = try #require(layout["\(layer).bias"])
      #expect(weight.count + bias.count == count)
    }
    #expect(layout["gamma"]?.range == layout.likelihoodRange.lowerBound..<layout.count)
    #expect(layout.count == 2_108_258)
  }

  @Test(arguments: [3, 19, 75])
  func tensorsFollowEachOtherWithoutGaps(width: Int) {
    let layout = NetworkArchitecture(boxWidth: width).parameters
    var end = 0
    for tensor in layout.tensors {
      #expect(tensor.range.lowerBound == end)
      #expect(tensor.count == tensor.shape.reduce(1, *))
      end = tensor.range.upperBound
    }
    #expect(end == layout.count)
    #expect(layout.convolutionRange.lowerBound == 0)
    #expect(layout.convolutionRange.upperBound == layout.denseRange.lowerBound)
    #expect(layout.denseRange.upperBound == layout.count)
    #expect(layout.denseRange.lowerBound == layout["dense1.weight"]?.range.lowerBound)
    #expect(layout["conv7.weight"] == nil)
  }

  /// A uniform distribution on [-l, l] has the variance l^2/3; the bound on that of n weights is 5
  /// of its standard deviation, l^2/3 sqrt(4/(5n)).
  @Test func initialWeightsAreUniformWithinTheirLimits() {
    let layout = NetworkArchitecture(boxWidth: 19).parameters
    let parameters = layout.initialized(seed: 3)
    for tensor in layout.tensors {
      let values = doubles(Array(parameters[tensor.range]))
      switch tensor.role {
      case .convolutionWeight, .denseWeight:
        let limit = (6 / Double(tensor.fanIn + tensor.fanOut)).squareRoot()
        let variance = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
        let spread = (4 / 5.0 / Double(values.count)).squareRoot()
        #expect(values.allSatisfy { abs($0) <= limit * (1 + 1e-7) })
        #expect(abs(variance / (limit * limit / 3) - 1) < 5 * spread)
      case .convolutionBias, .denseBias: #expect(values.allSatisfy { $0 == 0 })
      case .likelihood: #expect(parameters[tensor.range.lowerBound] == 0.2)
      }
    }
  }

  @Test func fansOfConvolutionsCountTheKernel() throws {
    let layout = NetworkArchitecture().parameters
    let convolution = try #require(layout["conv3.weight"])
    #expect(convolution.fanIn == 27 * 32 && convolution.fanOut == 27 * 64)
    #expect(convolution.shape == [3, 3, 3, 32, 64])
    let dense = try #require(layout["dense1.weight"])
    #expect(dense.fanIn == 3456 && dense.fanOut == 256)
  }

  @Test func aSeedDecidesTheInitialWeights() {
    let layout = NetworkArchitecture(boxWidth: 3, convolutionChannels: [2], hiddenUnits: [4])
      .parameters
    let first = layout.initialized(seed: 1)
    #expect(first == layout.initialized(seed: 1))
    #expect(first != layout.initialized(seed: 2))
  }

  @Test func impossibleSettingsAreNamed() {
    func error(_ architecture: NetworkArchitecture) -> SettingOutOfRange? {
      do {
        try architecture.validate()
        return nil
      } catch { return error }
    }
    #expect(error(NetworkArchitecture()) == nil)
    #expect(error(NetworkArchitecture(boxWidth: 2))?.key == "boxWidth")
    #expect(error(NetworkArchitecture(convolutionChannels: []))?.key == "convolutionChannels")
    #expect(error(NetworkArchitecture(hiddenUnits: [0]))?.key == "hiddenUnits")
    #expect(error(NetworkArchitecture(leakySlope: .nan))?.key == "leakySlope")
    #expect(
      error(NetworkArchitecture(boxWidth: 2))?.description
        == "cannot make a network with boxWidth 2: it must be from 3 to 512")
  }
}
