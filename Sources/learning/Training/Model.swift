internal import HDF5
package import Networks
package import SubBoxes

/// A trained network with all that a prediction needs.
///
/// On disk it is an HDF5 file with one dataset per parameter tensor under `/weights`, in the shapes of
/// ``ParameterLayout``. The file holds no times and no places: the same training makes the same bytes.
package struct Model: Sendable {
  /// The shape of the network.
  package var architecture: NetworkArchitecture

  /// What the network was shown.
  package var variant: BoxKind

  /// What it saw, as files name it: the name of a ``NetworkInput``, which this program may not make.
  package var inputName: String

  /// What it was trained on, with the scales of its input and output.
  package var data: DataDescription

  /// The seed of its initial weights and of the order of its samples.
  package var seed: UInt64

  /// The epoch whose weights these are, from zero.
  package var epoch: Int

  /// The steps done by its end.
  package var step: Int

  /// The validation loss after that epoch.
  package var validationLoss: Double

  /// The settings that the result depends on, a line each: `training.batchSize = 64`.
  package var settings: [String]

  /// The parameters, [count], of the layout of `architecture`.
  package var parameters: [Float]

  /// What it saw; `nil` if this program does not make it.
  package var input: NetworkInput? {
    NetworkInput(named: inputName, finalVoxelSize: data.finalVoxelSize)
  }

  /// The likelihood with the values of its parameters.
  package var likelihood: LikelihoodValues { architecture.parameters.likelihood(in: parameters) }

  private static let format = "halompi-model"
  private static let version = 1

  /// The parts that are stored as text.
  private struct Header: Codable {
    var architecture: NetworkArchitecture
    var variant: BoxKind
    var field: String
    var data: DataDescription
    var settings: [String]
  }

  /// Writes the model to a file, which appears when it is complete.
  package func write(to path: String) throws {
    try NumberFile.write(to: path, format: Self.format, version: Self.version) { file in
      try NumberFile.addJSON(
        "header",
        Header(
          architecture: architecture, variant: variant, field: inputName, data: data,
          settings: settings), to: file)
      try file.setAttribute("seed", to: seed)
      try file.setAttribute("epoch", to: Int64(epoch))
      try file.setAttribute("step", to: Int64(step))
      try file.setAttribute("validationLoss", to: validationLoss)
      for tensor in architecture.parameters.tensors {
        try NumberFile.add(
          "weights/\(tensor.name)", Array(parameters[tensor.range]), shape: tensor.shape, unit: "1",
          description: "\(tensor.name) in the order of Documentation/formats.md", to: file)
      }
    }
  }

  /// Reads a model, and verifies its checksums.
  package init(contentsOf path: String) throws {
    let file = try NumberFile.open(path, format: Self.format, version: Self.version)
    let header = try NumberFile.json("header", from: file, as: Header.self)
    architecture = header.architecture
    variant = header.variant
    inputName = header.field
    data = header.data
    settings = header.settings
    seed = try file.attribute("seed", as: UInt64.self)[0]
    epoch = Int(try file.attribute("epoch", as: Int64.self)[0])
    step = Int(try file.attribute("step", as: Int64.self)[0])
    validationLoss = try file.attribute("validationLoss", as: Double.self)[0]
    parameters = []
    for tensor in architecture.parameters.tensors {
      let values = try NumberFile.read(
        "weights/\(tensor.name)", from: file, as: Float.self)
      guard values.count == tensor.count else {
        throw TrainingError.damagedFile(
          path: path, reason: "dataset weights/\(tensor.name) has another shape than its network")
      }
      parameters += values
    }
    try file.close()
  }

  /// Makes a model of its parts.
  ///
  /// - Parameters:
  ///   - architecture: The shape of the network, which must be valid.
  ///   - variant: What the network was shown.
  ///   - inputName: The name of what it saw.
  ///   - data: What it was trained on, with the scales of its input and output.
  ///   - seed: The seed of its initial weights and of the order of its samples.
  ///   - epoch: The epoch whose weights these are, from zero.
  ///   - step: The steps done by its end.
  ///   - validationLoss: The validation loss after that epoch.
  ///   - settings: The settings that the result depends on, a line each.
  ///   - parameters: The parameters, [count], of the layout of `architecture`.
  package init(
    architecture: NetworkArchitecture, variant: BoxKind, inputName: String, data: DataDescription,
    seed: UInt64, epoch: Int, step: Int, validationLoss: Double, settings: [String],
    parameters: [Float]
  ) {
    precondition(
      parameters.count == architecture.parameters.count, "parameters of another network")
    self.architecture = architecture
    self.variant = variant
    self.inputName = inputName
    self.data = data
    self.seed = seed
    self.epoch = epoch
    self.step = step
    self.validationLoss = validationLoss
    self.settings = settings
    self.parameters = parameters
  }
}
