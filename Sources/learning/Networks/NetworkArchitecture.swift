package import Failures

/// The shape of a network: convolutions with max pools, then dense layers, then one number.
///
/// A box [channel, w, w, w] goes through one convolution of 3^3 per entry of `convolutionChannels`, each
/// followed by a leaky rectifier and, but for the first, a max pool of 2^3 whose output width is
/// rounded up. The features are flattened [z, y, x, channel] and go through one dense layer per
/// entry of `hiddenUnits`, each with a leaky rectifier, and a last linear one with a single output.
///
/// The defaults are those of Lucie-Smith et al. 2024, appendix B, doi:10.1103/PhysRevD.109.063524.
package struct NetworkArchitecture: Hashable, Sendable {
  /// The width of the input box [voxels], at least 3.
  package var boxWidth = 75

  /// The channels of the input box.
  package var inputChannels = 1

  /// The output channels of each convolution; the first convolution is not pooled.
  package var convolutionChannels = [32, 32, 64, 128, 128, 128]

  /// The outputs of each dense layer before the last, which has one.
  package var hiddenUnits = [256, 128]

  /// The slope of the rectifier below zero, from 0 to 1.
  package var leakySlope: Float = 0.03

  /// The distribution of the truth about the output, whose parameters are trained beside the weights.
  package var likelihood = Likelihood.truncatedCauchy

  /// Makes an architecture, the published one unless told otherwise.
  package init(
    boxWidth: Int = 75, inputChannels: Int = 1,
    convolutionChannels: [Int] = [32, 32, 64, 128, 128, 128],
    hiddenUnits: [Int] = [256, 128], leakySlope: Float = 0.03
  ) {
    self.boxWidth = boxWidth
    self.inputChannels = inputChannels
    self.convolutionChannels = convolutionChannels
    self.hiddenUnits = hiddenUnits
    self.leakySlope = leakySlope
  }

  /// The layout of the parameter tensors in the flat buffer of parameters.
  package var parameters: ParameterLayout { ParameterLayout(of: self) }

  /// The widths of the activations: that of the box, then that after each convolution and its pool.
  package var activationWidths: [Int] {
    var widths = [boxWidth]
    for layer in convolutionChannels.indices {
      widths.append(layer == 0 ? widths[layer] : MaxPool.outputWidth(of: widths[layer]))
    }
    return widths
  }

  /// The number of voxels of a box, over all channels.
  package var boxCount: Int { inputChannels * boxWidth * boxWidth * boxWidth }

  /// The number of features: what the convolutions give to the first dense layer.
  package var featureCount: Int {
    let width = activationWidths[convolutionChannels.count]
    return width * width * width * (convolutionChannels.last ?? 1)
  }

  /// Checks that a network can be made of this.
  ///
  /// - Throws: `SettingOutOfRange` that names the setting and what it may be.
  package func validate() throws(SettingOutOfRange) {
    func require(_ holds: Bool, _ setting: String, _ value: String, _ allowed: String)
      throws(SettingOutOfRange)
    {
      if !holds { throw SettingOutOfRange(ofNetwork: setting, value: value, allowed: allowed) }
    }
    try require((3...512).contains(boxWidth), "boxWidth", "\(boxWidth)", "from 3 to 512")
    try require(
      (1...64).contains(inputChannels), "inputChannels", "\(inputChannels)", "from 1 to 64")
    try require(
      !convolutionChannels.isEmpty && convolutionChannels.allSatisfy { (1...4096).contains($0) },
      "convolutionChannels", "\(convolutionChannels)", "one or more numbers from 1 to 4096")
    try require(
      hiddenUnits.allSatisfy { (1...65536).contains($0) },
      "hiddenUnits", "\(hiddenUnits)", "numbers from 1 to 65536")
    try require((0...1).contains(leakySlope), "leakySlope", "\(leakySlope)", "from 0 to 1")
  }
}

extension NetworkArchitecture: Codable {
  private enum CodingKeys: String, CodingKey {
    case boxWidth, inputChannels, convolutionChannels, hiddenUnits, leakySlope, likelihood
  }

  /// Writes the shape; the channels of the input and the likelihood unless they are those that are meant by files
  /// without them.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(boxWidth, forKey: .boxWidth)
    if inputChannels != 1 { try container.encode(inputChannels, forKey: .inputChannels) }
    try container.encode(convolutionChannels, forKey: .convolutionChannels)
    try container.encode(hiddenUnits, forKey: .hiddenUnits)
    try container.encode(leakySlope, forKey: .leakySlope)
    if likelihood != .truncatedCauchy { try container.encode(likelihood, forKey: .likelihood) }
  }

  /// Reads the shape and the likelihood.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    boxWidth = try container.decode(Int.self, forKey: .boxWidth)
    inputChannels = try container.decodeIfPresent(Int.self, forKey: .inputChannels) ?? 1
    convolutionChannels = try container.decode([Int].self, forKey: .convolutionChannels)
    hiddenUnits = try container.decode([Int].self, forKey: .hiddenUnits)
    leakySlope = try container.decode(Float.self, forKey: .leakySlope)
    likelihood =
      try container.decodeIfPresent(Likelihood.self, forKey: .likelihood) ?? .truncatedCauchy
  }
}

extension SettingOutOfRange {
  /// Describes a setting that no network can be made of.
  init(ofNetwork key: String, value: String, allowed: String) {
    self.init(key: key, value: value, allowed: allowed, to: "make a network")
  }
}
