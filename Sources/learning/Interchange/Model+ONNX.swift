internal import DurableFiles
internal import Failures
internal import Foundation
internal import Networks
internal import SubBoxes
package import Training

extension Model {
  /// Writes the network as an ONNX model (operators of version 17), which appears when it is complete.
  ///
  /// It takes `box` [n, channel, w, w, w], the boxes before they are standardized (with averages and a mask, if the metadata say so), and
  /// gives `scaledLabel` [n, 1] and `logMass` [n, 1], log10 of Msun. Standardization and scaling are computed
  /// as ours, in the same precision. The parameters of the likelihood and all that the metadata of ``safeTensors(provenance:creator:)`` have are
  /// in the metadata.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - provenance: The origin of the model: the text of the `provenance.json` beside it, if any.
  ///   - creator: The program that makes the file, with its version.
  /// - Throws: `FileError` if it cannot be written, `Failure` if it is too large for the format.
  package func writeONNX(to path: String, provenance: String?, creator: String) throws {
    // A message of protocol buffers is smaller than 2 GiB; the graph takes some kilobytes.
    let size = parameters.count * MemoryLayout<Float>.size + (1 << 20)
    guard size < 1 << 31 else {
      throw Failure(
        .badData, "exporting to \(path)",
        because:
          "the network has \(parameters.count) parameters, and a file of ONNX less than 2 GiB",
        remedy: "Export to safetensors, or train a smaller network")
    }
    var metadata = try ModelMetadata(of: self, provenance: provenance, creator: creator)
    for (parameter, value) in likelihood.named { metadata.add(parameter.name, "\(Float(value))") }
    let file = onnxGraph.file(creator: creator, metadata: metadata.texts)
    try DurableFile.write(Data(file), to: path)
  }

  /// The names of several channels, in words behind those of the input; empty for one.
  private var channelWords: String {
    guard let input, input.channelCount > 1 else { return "" }
    return ", channels \(input.channelNames.joined(separator: ", "))"
  }

  /// The network as a graph.
  var onnxGraph: ONNXGraph {
    var builder = ONNXBuilder()
    let layout = TorchLayout(of: architecture)
    builder.constants = architecture.parameters.tensors.filter { $0.role != .likelihood }.map {
      tensor in
      ONNXTensor(
        tensor.name, shape: layout.shape(of: tensor),
        layout.places(of: tensor).map { parameters[$0] })
    }
    builder.standardize(data.standardization)
    let leak = architecture.leakySlope
    for layer in 1...architecture.convolutionChannels.count {
      builder.convolve("conv\(layer)", isPooled: layer > 1, leak: leak)
    }
    builder.add("Flatten", to: "features", attributes: [("axis", .integer(1))])
    for layer in 1...architecture.hiddenUnits.count + 1 {
      let isLast = layer == architecture.hiddenUnits.count + 1
      builder.multiply(
        "dense\(layer)", to: isLast ? ONNXBuilder.scaledLabel : "dense\(layer)",
        leak: isLast ? nil : leak)
    }
    builder.scale(by: data.labels)
    let width = architecture.boxWidth
    func value(_ name: String, _ shape: [Int], _ description: String) -> ONNXValue {
      ONNXValue(name: name, batchAxis: "n", shape: shape, description: description)
    }
    return ONNXGraph(
      name: "halompi", nodes: builder.nodes, constants: builder.constants,
      inputs: [
        value(
          ONNXBuilder.box, [data.standardization.channels.count, width, width, width],
          "boxes of \(inputName) (\(boxes))\(channelWords), not standardized")
      ],
      outputs: [
        value(ONNXBuilder.scaledLabel, [1], "halo mass, scaled to [-1, 1]"),
        value(ONNXBuilder.logMass, [1], "halo mass, log10 of Msun"),
      ])
  }
}

/// A chain of operations, each on the output of the one before.
private struct ONNXBuilder {
  static let box = "box"
  static let scaledLabel = "scaledLabel"
  static let logMass = "logMass"

  var nodes: [ONNXNode] = []
  var constants: [ONNXTensor] = []
  private var last = box

  /// Adds an operation on the last output, and on constants.
  mutating func add(
    _ operation: String, _ others: [String] = [], to output: String,
    attributes: [(name: String, value: ONNXNode.Attribute)] = []
  ) {
    nodes.append(
      ONNXNode(
        operation: operation, inputs: [last] + others, output: output, attributes: attributes))
    last = output
  }

  /// (x - shift) * scale in single precision, for each channel its own.
  mutating func standardize(_ standardization: InputStandardization) {
    let channels = standardization.channels
    let shape = channels.count == 1 ? [] : [1, channels.count, 1, 1, 1]
    constants.append(ONNXTensor("standardization.shift", shape: shape, channels.map(\.shift)))
    constants.append(ONNXTensor("standardization.scale", shape: shape, channels.map(\.scale)))
    add("Sub", ["standardization.shift"], to: "shifted")
    add("Mul", ["standardization.scale"], to: "standardized")
  }

  /// A convolution of 3^3 with zero padding, a max pool of 2^3 whose width is rounded up, and a rectifier.
  mutating func convolve(_ name: String, isPooled: Bool, leak: Float) {
    add(
      "Conv", ["\(name).weight", "\(name).bias"], to: name,
      attributes: [
        ("kernel_shape", .integers([3, 3, 3])), ("pads", .integers([1, 1, 1, 1, 1, 1])),
        ("strides", .integers([1, 1, 1])),
      ])
    if isPooled {
      add(
        "MaxPool", to: "\(name).pooled",
        attributes: [
          ("ceil_mode", .integer(1)), ("kernel_shape", .integers([2, 2, 2])),
          ("strides", .integers([2, 2, 2])),
        ])
    }
    rectify(name, leak: leak)
  }

  /// A dense layer, with a rectifier unless `leak` is nothing.
  mutating func multiply(_ name: String, to output: String, leak: Float?) {
    add(
      "Gemm", ["\(name).weight", "\(name).bias"], to: output,
      attributes: [("transB", .integer(1))])
    if let leak { rectify(name, leak: leak) }
  }

  /// minimum + (y + 1) / 2 * (maximum - minimum) in double precision.
  mutating func scale(by labels: LabelRange) {
    constants += [
      ONNXTensor("labels.one", 1), ONNXTensor("labels.half", 0.5),
      ONNXTensor("labels.range", labels.maximum - labels.minimum),
      ONNXTensor("labels.minimum", labels.minimum),
    ]
    add("Cast", to: "labels.double", attributes: [("to", .integer(ONNXType.double.rawValue))])
    add("Add", ["labels.one"], to: "labels.above")
    add("Mul", ["labels.half"], to: "labels.share")
    add("Mul", ["labels.range"], to: "labels.part")
    add("Add", ["labels.minimum"], to: "labels.mass")
    add("Cast", to: Self.logMass, attributes: [("to", .integer(ONNXType.float.rawValue))])
  }

  private mutating func rectify(_ name: String, leak: Float) {
    add("LeakyRelu", to: "\(name).rectified", attributes: [("alpha", .number(leak))])
  }
}
