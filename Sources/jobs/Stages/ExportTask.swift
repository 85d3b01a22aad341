internal import DurableFiles
internal import Experiments
internal import Foundation
internal import Interchange
internal import Networks
internal import Text
package import Training

/// The formats in which weights go to other programs.
package enum WeightFormat: String, CaseIterable, Hashable, Sendable {
  /// Tensors in the layout of PyTorch, with metadata; can be imported again.
  case safetensors

  /// The network as a graph of operations, for ONNX Runtime and others.
  case onnx
}

/// Writes the weights of a model for other programs.
package struct ExportTask: Sendable {
  /// The path of the model.
  package var model: String

  /// The format of the file.
  package var format: WeightFormat

  /// The file to write, which replaces one that is there.
  package var output: String

  /// Makes the task.
  package init(model: String, format: WeightFormat, output: String) {
    self.model = model
    self.format = format
    self.output = output
  }

  /// Writes the file, on one rank alone.
  ///
  /// The record of how the model was made goes into the file, if `provenance.json` is beside the model.
  ///
  /// - Returns: The model that was read.
  /// - Throws: A ``JobFailure``.
  package func run() throws -> Model {
    let content = try Model(contentsOf: model)
    let folder = ResultDirectory(path: (model as NSString).deletingLastPathComponent)
    let record = folder.path.isEmpty ? "provenance.json" : folder.provenanceFile
    let provenance =
      FileManager.default.fileExists(atPath: record)
      ? String(decoding: try DurableFile.read(record), as: UTF8.self) : nil
    let creator = "halompi \(halompiVersion)"
    switch format {
    case .safetensors:
      try content.safeTensors(provenance: provenance, creator: creator).write(to: output)
    case .onnx:
      try content.writeONNX(to: output, provenance: provenance, creator: creator)
    }
    return content
  }
}
