internal import Failures
internal import Foundation
internal import Networks
internal import SubBoxes
internal import Text
internal import Training

/// The properties of a model besides its weights, as texts by name: metadata for other programs.
///
/// The names and their meaning are in Documentation/weights.md. Texts that are no words or numbers are JSON with
/// sorted keys.
struct ModelMetadata {
  /// The texts by name.
  private(set) var texts: [String: String]

  /// The layout of the tensors beside it: `pt` is the word by which packages know that of PyTorch.
  private static let format = "pt"

  /// The version of metadata of plain boxes, and of those with other shells or a mask.
  private static let versions = (plain: "1", other: "2")

  /// Describes a model.
  init(of model: Model, provenance: String?, creator: String) throws {
    texts = [
      "format": Self.format,
      "halompi": model.boxes.isPlain ? Self.versions.plain : Self.versions.other,
      "creator": creator, "variant": model.boxes.kind.rawValue, "field": model.inputName,
      "architecture": try Self.json(model.architecture),
      "standardization": try Self.json(model.data.standardization),
      "labels": try Self.json(model.data.labels), "voxelSize": try Self.json(model.data.voxelSize),
      "training": try Self.json(model.data.training),
      "validation": try Self.json(model.data.validation),
      "trainingSamples": "\(model.data.trainingSamples)",
      "validationSamples": "\(model.data.validationSamples)", "seed": "\(model.seed)",
      "epoch": "\(model.epoch)", "step": "\(model.step)",
      "settings": try Self.json(model.settings),
    ]
    // A loss that is not known is left out: JSON has no word for it.
    if model.validationLoss.isFinite {
      texts["validationLoss"] = try Self.json(model.validationLoss)
    }
    if let input = model.input, input.channelCount > 1 {
      texts["channels"] = try Self.json(input.channelNames)
    }
    if !model.boxes.isPlain {
      texts["shells"] = try Self.json(model.boxes.shells)
      texts["mask"] = try Self.json(model.boxes.mask)
    }
    texts["finalVoxelSize"] = try model.data.finalVoxelSize.map(Self.json)
    texts["provenance"] = provenance
  }

  /// Adds a text.
  mutating func add(_ name: String, _ text: String) { texts[name] = text }

  private static func json(_ value: some Encodable) throws -> String {
    String(decoding: try JSONEncoder.stable(isIndented: false).encode(value), as: UTF8.self)
  }
}

/// Reads the metadata of a file that is imported.
struct ModelMetadataReader {
  let texts: [String: String]
  let path: String

  func failure(_ reason: String, _ remedy: String) -> Failure {
    Failure(.badData, "importing \(path)", because: reason, remedy: remedy)
  }

  private static let remedy =
    "Give it the metadata that Documentation/weights.md lists, as texts"

  /// The architecture, with which a network can be made.
  func architecture() throws(Failure) -> NetworkArchitecture {
    let version = texts["halompi"] ?? "1"
    guard ["1", "2"].contains(version) else {
      throw failure(
        "its metadata are of version \(version), and this program reads 1 and 2",
        "Import it with a newer halompi")
    }
    let architecture = try required("architecture", as: NetworkArchitecture.self)
    do { try architecture.validate() } catch {
      throw failure("its architecture cannot be used (\(error))", Self.remedy)
    }
    return architecture
  }

  /// The boxes, which can be made of the input for a network of this architecture.
  func boxes(
    for architecture: NetworkArchitecture, inputName: String
  ) throws(Failure) -> BoxDescription {
    let boxes = BoxDescription(
      try kind(), shells: try optional("shells", as: ShellSettings.self) ?? ShellSettings(),
      mask: try optional("mask", as: RadiusMask.self) ?? RadiusMask())
    let finalVoxelSize = try optional("finalVoxelSize", as: Double.self)
    let fault = boxes.problem(
      boxWidth: architecture.boxWidth,
      input: NetworkInput(named: inputName, finalVoxelSize: finalVoxelSize))
    if let fault { throw failure("its boxes cannot be made (\(fault.reason))", Self.remedy) }
    return boxes
  }

  /// The kind of boxes.
  private func kind() throws(Failure) -> BoxKind {
    let word = try text("variant")
    guard let variant = BoxKind(rawValue: word) else {
      throw failure(
        "its metadata `variant` is \(word), not one of "
          + BoxKind.allCases.map(\.rawValue).joined(separator: ", "), Self.remedy)
    }
    return variant
  }

  /// The name of the input, whose channels are those that the metadata list, if they do, and as many as the network
  /// takes.
  func inputName(for architecture: NetworkArchitecture) throws(Failure) -> String {
    let name = try text("field")
    let finalVoxelSize = try optional("finalVoxelSize", as: Double.self)
    guard let input = NetworkInput(named: name, finalVoxelSize: finalVoxelSize) else { return name }
    let listed = try optional("channels", as: [String].self) ?? input.channelNames
    guard listed == input.channelNames else {
      throw failure(
        "its metadata `channels` are \(listed.joined(separator: ", ")), and its field \(name) has "
          + input.channelNames.joined(separator: ", "),
        "Correct `field`, and bring `conv1.weight` and `standardization` into the order of its channels"
      )
    }
    guard input.channelCount == architecture.inputChannels else {
      throw failure(
        "its field \(name) has \(input.channelCount) channels, and its architecture takes "
          + "\(architecture.inputChannels)",
        "Correct `field`, or `inputChannels` in the metadata `architecture`")
    }
    return name
  }

  /// The description of the data that the model was trained on, with scales for the channels that the network takes.
  func data(for architecture: NetworkArchitecture) throws(Failure) -> DataDescription {
    let standardization = try required("standardization", as: InputStandardization.self)
    let labels = try required("labels", as: LabelRange.self)
    let voxelSize = try required("voxelSize", as: Double.self)
    guard
      standardization.channels.allSatisfy({
        $0.standardDeviation > 0 && $0.mean.isFinite && $0.standardDeviation.isFinite
      })
    else {
      throw failure("its metadata `standardization` has no positive deviation", Self.remedy)
    }
    let scales = standardization.channels.count
    guard scales == architecture.inputChannels else {
      throw failure(
        "its metadata `standardization` is of \(scales) channels, and its architecture takes "
          + "\(architecture.inputChannels)", Self.remedy)
    }
    guard labels.minimum < labels.maximum else {
      throw failure(
        "its metadata `labels` go from \(labels.minimum) to \(labels.maximum), which is no range",
        Self.remedy)
    }
    let finalVoxelSize = try optional("finalVoxelSize", as: Double.self)
    guard voxelSize > 0, finalVoxelSize ?? 1 > 0 else {
      throw failure("its metadata give voxels without a width", Self.remedy)
    }
    return DataDescription(
      training: try optional("training", as: [DataDescription.Simulation].self) ?? [],
      validation: try optional("validation", as: [DataDescription.Simulation].self) ?? [],
      voxelSize: voxelSize, finalVoxelSize: finalVoxelSize,
      trainingSamples: try optional("trainingSamples", as: Int.self) ?? 0,
      validationSamples: try optional("validationSamples", as: Int.self) ?? 0,
      standardization: standardization, labels: labels)
  }

  /// A word that must be there.
  func text(_ name: String) throws(Failure) -> String {
    guard let text = texts[name] else {
      throw failure("it has no metadata `\(name)`", Self.remedy)
    }
    return text
  }

  /// A value that must be there, from its JSON.
  func required<Value: Decodable>(
    _ name: String, as type: Value.Type
  ) throws(Failure) -> Value {
    try decode(try text(name), name)
  }

  /// A value from its JSON, if it is there.
  func optional<Value: Decodable>(
    _ name: String, as type: Value.Type
  ) throws(Failure) -> Value? {
    guard let text = texts[name] else { return nil }
    return try decode(text, name)
  }

  private func decode<Value: Decodable>(
    _ text: String, _ name: String
  ) throws(Failure) -> Value {
    do { return try JSONDecoder().decode(Value.self, from: Data(text.utf8)) } catch {
      throw failure("its metadata `\(name)` cannot be understood: \(text.prefix(100))", Self.remedy)
    }
  }
}
