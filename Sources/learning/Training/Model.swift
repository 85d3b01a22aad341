package import Networks
internal import RecordFiles
package import SubBoxes

/// A trained network with all that a prediction needs.
///
/// On disk it is an HDF5 file with one dataset per parameter tensor under `/weights`, in the shapes of
/// ``ParameterLayout``. The file holds no times and no places: the same training makes the same bytes.
package struct Model: Sendable {
  /// The shape of the network.
  package var architecture: NetworkArchitecture

  /// The boxes that the network was trained on.
  package var boxes: BoxDescription

  /// The name of its input in files: a ``NetworkInput``, or one that this program does not make.
  package var inputName: String

  /// The data that it was trained on, with the scales of its input and output.
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

  /// The input of the network; `nil` if this program does not make it.
  package var input: NetworkInput? {
    NetworkInput(named: inputName, finalVoxelSize: data.finalVoxelSize)
  }

  /// The likelihood with the values of its parameters.
  package var likelihood: LikelihoodValues { architecture.parameters.likelihood(in: parameters) }

  /// The format of a version: 1 of plain boxes, which all programs can use, and 2 of other shells or a mask.
  private static func format(version: Int) -> RecordFormat {
    RecordFormat(
      "halompi-model", version: version, oldestVersion: 1,
      remedy:
        "restore the file from a copy, or make it again (halompi train, given the same experiment "
        + "file, --set and --runs, does so from its last checkpoint)")
  }

  /// The parts that are stored as text.
  private struct Header: Codable {
    var architecture: NetworkArchitecture
    var variant: BoxKind
    var shells: ShellSettings?
    var mask: RadiusMask?
    var field: String
    var data: DataDescription
    var settings: [String]
  }

  /// The dataset of a tensor.
  private static func dataset(of tensor: ParameterTensor) -> RecordDataset<Float> {
    RecordDataset(
      "weights/\(tensor.name)", unit: "1",
      meaning: "\(tensor.name) in the order of Documentation/formats.md")
  }

  /// Writes the model to a file, which appears when it is complete.
  ///
  /// - Throws: `HDF5Error` or `FileError`.
  package func write(to path: String) throws {
    try RecordWriter.write(to: path, as: Self.format(version: boxes.isPlain ? 1 : 2)) { file in
      try file.addJSON(
        "header",
        Header(
          architecture: architecture, variant: boxes.kind,
          shells: boxes.isPlain ? nil : boxes.shells, mask: boxes.isPlain ? nil : boxes.mask,
          field: inputName, data: data, settings: settings))
      try file.set("seed", to: seed)
      try file.set("epoch", to: Int64(epoch))
      try file.set("step", to: Int64(step))
      try file.set("validationLoss", to: validationLoss)
      for tensor in architecture.parameters.tensors {
        try file.add(
          Self.dataset(of: tensor), Array(parameters[tensor.range]), extents: tensor.shape)
      }
    }
  }

  /// Reads a model, and verifies its checksums.
  ///
  /// - Throws: `Failure` for a file that is no intact model; `HDF5Error` for one that is missing or
  ///   cannot be read.
  package init(contentsOf path: String) throws {
    let file = try RecordReader(path, as: Self.format(version: 2))
    let header = try file.json("header", as: Header.self)
    do { try header.architecture.validate() } catch {
      throw file.failure("its header cannot be used: \(error)")
    }
    if let reason = header.data.fault { throw file.failure("its header cannot be used: \(reason)") }
    let scales = header.data.standardization.channels.count
    guard scales == header.architecture.inputChannels else {
      throw file.failure(
        "its header cannot be used: it has scales for \(scales) channels, and a network for "
          + "\(header.architecture.inputChannels)")
    }
    let boxes = BoxDescription(
      header.variant, shells: header.shells ?? ShellSettings(), mask: header.mask ?? RadiusMask())
    let input = NetworkInput(named: header.field, finalVoxelSize: header.data.finalVoxelSize)
    if let fault = boxes.problem(boxWidth: header.architecture.boxWidth, input: input) {
      throw file.failure("its header cannot be used: \(fault.reason)")
    }
    architecture = header.architecture
    self.boxes = boxes
    inputName = header.field
    data = header.data
    settings = header.settings
    seed = try file.number("seed", as: UInt64.self)
    epoch = try file.count("epoch")
    step = try file.count("step")
    validationLoss = try file.number("validationLoss", as: Double.self)
    // The shapes are compared before memory is taken for the numbers.
    let tensors = architecture.parameters.tensors
    for tensor in tensors where try file.extents(of: Self.dataset(of: tensor)) != tensor.shape {
      throw file.failure("dataset weights/\(tensor.name) has another shape than its network")
    }
    parameters = []
    for tensor in tensors {
      parameters += try file.values(of: Self.dataset(of: tensor), extents: tensor.shape)
    }
    try file.close()
  }

  /// Makes a model of its parts.
  ///
  /// - Parameters:
  ///   - architecture: The shape of the network, which must be valid.
  ///   - boxes: The boxes that the network was trained on.
  ///   - inputName: The name of its input.
  ///   - data: The data that it was trained on, with the scales of its input and output.
  ///   - seed: The seed of its initial weights and of the order of its samples.
  ///   - epoch: The epoch whose weights these are, from zero.
  ///   - step: The steps done by its end.
  ///   - validationLoss: The validation loss after that epoch.
  ///   - settings: The settings that the result depends on, a line each.
  ///   - parameters: The parameters, [count], of the layout of `architecture`.
  package init(
    architecture: NetworkArchitecture, boxes: BoxDescription, inputName: String,
    data: DataDescription, seed: UInt64, epoch: Int, step: Int, validationLoss: Double,
    settings: [String], parameters: [Float]
  ) {
    precondition(
      parameters.count == architecture.parameters.count, "parameters of another network")
    self.architecture = architecture
    self.boxes = boxes
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
