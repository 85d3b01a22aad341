package import Networks

/// The shape of the network; its input is as wide as the sub-boxes (`sampling.boxWidth`), and has the channels of
/// `fields.inputs`.
///
/// The defaults are those of Lucie-Smith et al. 2024, appendix B, doi:10.1103/PhysRevD.109.063524.
package struct NetworkSettings: Codable, Hashable, Sendable {
  /// The output channels of each convolution; the first convolution is not pooled.
  package var convolutionChannels = NetworkArchitecture().convolutionChannels

  /// The outputs of each dense layer before the last, which has one.
  package var hiddenUnits = NetworkArchitecture().hiddenUnits

  /// The slope of the rectifier below zero, from 0 to 1.
  package var leakySlope = NetworkArchitecture().leakySlope

  /// Makes the settings of the paper.
  package init() {}

  /// The network for boxes of this width [voxels] and so many channels.
  func architecture(boxWidth: Int, inputChannels: Int) -> NetworkArchitecture {
    NetworkArchitecture(
      boxWidth: boxWidth, inputChannels: inputChannels, convolutionChannels: convolutionChannels,
      hiddenUnits: hiddenUnits,
      leakySlope: leakySlope)
  }
}
