package import Failures
internal import Networks
package import Training

extension Model {
  /// The weights in the layout of PyTorch, with all else in the metadata.
  ///
  /// - Parameters:
  ///   - provenance: The origin of the model: the text of the `provenance.json` beside it, if any.
  ///   - creator: The program that makes the file, with its version.
  /// - Returns: The content of the file.
  /// - Throws: `EncodingError` if a number of the metadata is not finite.
  package func safeTensors(provenance: String?, creator: String) throws -> SafeTensors {
    let layout = TorchLayout(of: architecture)
    var tensors: [String: SafeTensors.Tensor] = [:]
    for tensor in architecture.parameters.tensors {
      tensors[tensor.name] = SafeTensors.Tensor(
        shape: layout.shape(of: tensor), values: layout.places(of: tensor).map { parameters[$0] })
    }
    let metadata = try ModelMetadata(of: self, provenance: provenance, creator: creator)
    return SafeTensors(tensors: tensors, metadata: metadata.texts)
  }

  /// Makes a model of weights in the layout of PyTorch.
  ///
  /// The weights of a model that was exported come back with the same bits, and so does all else that
  /// `model.h5` holds.
  ///
  /// - Parameters:
  ///   - file: The content of the file. Its metadata say what Documentation/weights.md requires.
  ///   - path: The path of the file, for errors.
  /// - Throws: `Failure` for a tensor that is missing, of another shape, unknown, or not finite, and for
  ///   metadata that are missing or cannot be used.
  package init(_ file: SafeTensors, from path: String) throws(Failure) {
    let metadata = ModelMetadataReader(texts: file.metadata, path: path)
    let architecture = try metadata.architecture()
    let layout = TorchLayout(of: architecture)
    // All shapes are compared before memory is taken for what the metadata say.
    for tensor in architecture.parameters.tensors {
      guard let found = file.tensors[tensor.name] else {
        throw metadata.failure(
          "it has no tensor \(tensor.name)",
          "Save all tensors of the network under the names in Documentation/weights.md")
      }
      let shape = layout.shape(of: tensor)
      guard found.shape == shape else {
        throw metadata.failure(
          "tensor \(tensor.name) has the shape \(found.shape), and its architecture has \(shape)",
          "Save it in the layout of PyTorch, or correct the metadata `architecture`")
      }
      if let index = found.values.firstIndex(where: { !$0.isFinite }) {
        throw metadata.failure(
          "element \(index) of tensor \(tensor.name) is \(found.values[index])",
          "Take the weights of an epoch before the training diverged")
      }
    }
    var parameters = [Float](repeating: 0, count: architecture.parameters.count)
    for tensor in architecture.parameters.tensors {
      let values = file.tensors[tensor.name]?.values ?? []
      for (place, value) in zip(layout.places(of: tensor), values) { parameters[place] = value }
    }
    let unknown = file.tensors.keys.filter { architecture.parameters[$0] == nil }.sorted()
    guard unknown.isEmpty else {
      throw metadata.failure(
        "its network has no tensors \(unknown.prefix(5).joined(separator: ", "))",
        "Leave them out, or correct the metadata `architecture`")
    }
    for (parameter, value) in architecture.parameters.likelihood(in: parameters).named {
      guard parameter.isPositive, !(value > 0) else { continue }
      throw metadata.failure(
        "\(parameter.name) is \(Float(value)), and \(parameter.meaning) is positive",
        "Save \(parameter.name) itself, not its logarithm")
    }
    let inputName = try metadata.inputName(for: architecture)
    self.init(
      architecture: architecture,
      boxes: try metadata.boxes(for: architecture, inputName: inputName), inputName: inputName,
      data: try metadata.data(for: architecture),
      seed: try metadata.optional("seed", as: UInt64.self) ?? 0,
      epoch: try metadata.optional("epoch", as: Int.self) ?? 0,
      step: try metadata.optional("step", as: Int.self) ?? 0,
      validationLoss: try metadata.optional("validationLoss", as: Double.self) ?? .nan,
      settings: try metadata.optional("settings", as: [String].self) ?? [],
      parameters: parameters)
  }
}
