internal import ArgumentParser
internal import MPI
internal import Stages

/// Makes a model of weights that another program saved.
struct Import: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a model of weights that another program saved, or that were exported.",
    discussion: """
      The file is one of the package safetensors, with the names, the layout and the metadata that \
      Documentation/weights.md lists; it also shows how Keras weights become one. The model goes where \
      `halompi predict` looks for it: training/<variant>-seed<k>/model.h5 in the run directory. A model that \
      is there is not replaced.

        halompi import raw.safetensors --output runs/gadget/training/raw-seed7/model.h5
        halompi predict jobs/gadget.yaml --set training.seed=7
      """)

  @Argument(help: "The weights.", completion: .file(extensions: ["safetensors"]))
  var weights: String

  @Option(
    help: ArgumentHelp("The model to make.", valueName: "file"),
    completion: .file(extensions: ["h5"]))
  var output: String

  func run() throws {
    try runJob { world in
      guard let model = try ImportTask(weights: weights, output: output).run(on: world) else {
        return
      }
      Console.output.say("\(ModelSummary(model, file: output))\n")
    }
  }
}
