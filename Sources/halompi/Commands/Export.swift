internal import ArgumentParser
internal import MPI
internal import Stages

/// Writes the weights of a model for other programs.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write the weights of a model for PyTorch, ONNX Runtime and others.",
    discussion: """
      safetensors holds the tensors in PyTorch's layout, and in its metadata the architecture, the \
      standardization, the label range and how the model was made; `halompi import` brings it back with \
      the same bits. onnx is the network as a graph that takes boxes and gives log10 M. \
      Documentation/weights.md describes both.

        halompi export runs/gadget/training/raw-seed1/model.h5 --to safetensors --output raw.safetensors
        halompi export runs/gadget/training/raw-seed1/model.h5 --to onnx --output raw.onnx
      """)

  @Argument(help: "The model.", completion: .file(extensions: ["h5"]))
  var model: String

  @Option(name: .customLong("to"), help: "The format of the file.")
  var format: WeightFormat

  @Option(help: ArgumentHelp("The file to write.", valueName: "file"), completion: .file())
  var output: String

  func run() throws {
    try runJob { world in
      try world.agree {
        guard world.isRoot else { return }
        let task = ExportTask(model: model, format: format, output: output)
        Console.output.say("\(ModelSummary(try task.run(), file: output))\n")
      }
    }
  }
}

extension WeightFormat: ExpressibleByArgument {}
