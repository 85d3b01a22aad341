internal import Failures
internal import Networks

/// The start of a training from the weights of a model.
enum InitialModel {
  /// Reads the parameters of a model, those of its likelihood too, [count].
  ///
  /// Its data, its scales, and the kind of its boxes may be others: a training goes by its own.
  ///
  /// - Parameters:
  ///   - path: The file of the model.
  ///   - architecture: The network that is to be trained.
  /// - Returns: The parameters, in the layout of the network.
  /// - Throws: `Failure` if it is no intact model, or one of another network; `HDF5Error` if it cannot be read.
  static func parameters(from path: String, for architecture: NetworkArchitecture) throws -> [Float]
  {
    let model = try Model(contentsOf: path)
    let differences = differences(between: model.architecture, and: architecture)
    guard differences.isEmpty else {
      throw Failure(
        .badData, "starting the training from the model \(path)",
        because: "it is of another network (\(differences.joined(separator: "; ")))",
        remedy:
          "give a model of the same network, or set sampling.boxWidth, fields.inputs and network to those of the model"
      )
    }
    return model.parameters
  }

  /// The ways in which a model's network differs from the one that is to be trained, in words.
  private static func differences(
    between model: NetworkArchitecture, and wanted: NetworkArchitecture
  ) -> [String] {
    let facts: [(name: String, model: String, wanted: String)] = [
      ("box width", "\(model.boxWidth)", "\(wanted.boxWidth)"),
      ("input channels", "\(model.inputChannels)", "\(wanted.inputChannels)"),
      ("convolution channels", "\(model.convolutionChannels)", "\(wanted.convolutionChannels)"),
      ("hidden units", "\(model.hiddenUnits)", "\(wanted.hiddenUnits)"),
      ("leaky slope", "\(model.leakySlope)", "\(wanted.leakySlope)"),
      ("likelihood", "\(model.likelihood)", "\(wanted.likelihood)"),
    ]
    return facts.filter { $0.model != $0.wanted }
      .map { "\($0.name) \($0.model) instead of \($0.wanted)" }
  }
}
