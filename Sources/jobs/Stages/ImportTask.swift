internal import DurableFiles
internal import Experiments
internal import Failures
internal import Foundation
internal import Interchange
package import MPI
internal import Networks
internal import Runs
internal import SubBoxes
package import Training

/// Makes a model of weights that another program saved, or that were exported.
package struct ImportTask: Sendable {
  /// The file in the format of the package safetensors.
  package var weights: String

  /// The path of the model to make, at which there is none.
  package var output: String

  /// Makes the task.
  package init(weights: String, output: String) {
    self.weights = weights
    self.output = output
  }

  /// Writes the model, and beside it how it was made: what came with the weights, and this import.
  ///
  /// Collective; the first rank writes.
  ///
  /// - Returns: The model on the first rank, and `nil` on the others.
  /// - Throws: A ``JobFailure``, in an `AgreedFailure` if all ranks know of it.
  package func run(on world: borrowing Communicator) throws -> Model? {
    let provenance = try Provenance.collect(on: world, inputs: [weights])
    return try world.agree {
      guard let provenance else { return nil }
      guard !FileManager.default.fileExists(atPath: output) else {
        throw Failure(
          .usage, "importing into \(output)", because: "there is a model already",
          remedy: "give another path to --output, or move it away")
      }
      let file = try SafeTensors(contentsOf: weights)
      let model = try Model(file, from: weights)
      let folder = (output as NSString).deletingLastPathComponent
      let record = ResultDirectory(path: folder.isEmpty ? "." : folder).provenanceFile
      try DurableFile.createDirectory(folder.isEmpty ? "." : folder)
      if let starts = try starts(in: file), !FileManager.default.fileExists(atPath: record) {
        try DurableFile.write(starts, to: record)
      }
      try provenance.append(to: record)
      try model.write(to: output)
      return model
    }
  }

  /// Returns the provenance that came with the weights, which must have the form that halompi writes itself.
  private func starts(in file: SafeTensors) throws -> Data? {
    guard let text = file.metadata["provenance"] else { return nil }
    let data = Data(text.utf8)
    do { _ = try JSONDecoder().decode([Provenance].self, from: data) } catch {
      throw Failure(
        .badData, "importing \(weights)",
        because: "its metadata `provenance` is not the text of a provenance.json",
        remedy: "Leave it out, or give the text of Documentation/formats.md")
    }
    return data
  }
}

/// A summary, for the user, of a model that was exported or imported.
package struct ModelSummary: Hashable, Sendable, CustomStringConvertible {
  /// The lines: what the network is, what it takes and what it gives.
  package let description: String

  /// Describes a model, and the file that was written.
  package init(_ model: Model, file: String) {
    let architecture = model.architecture
    let likelihood = model.likelihood.named.map { ", \($0.parameter.name) \(Float($0.value))" }
    let labels = model.data.labels
    let scales = model.data.standardization.channels.map {
      "\($0.mean) and \($0.standardDeviation)"
    }
    .joined(separator: ", ")
    description = """
      network      \(model.parameters.count) parameters\(likelihood.joined()), boxes of \
      \(architecture.boxWidth)^3 voxels
      input        \(model.inputName), \(model.boxes), standardized by \(scales)
      output       log10 M/Msun from \(labels.minimum) to \(labels.maximum)
      file         \(file)
      """
  }
}
