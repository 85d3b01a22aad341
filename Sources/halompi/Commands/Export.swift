internal import ArgumentParser
internal import Failures
internal import MPI
internal import Stages
internal import Text
internal import Workshop

/// Writes a model, or a run directory as a whole, for other programs.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a model for PyTorch, ONNX Runtime and others, or make a crate of a run.",
    discussion: """
      safetensors holds the tensors in PyTorch's layout, and in its metadata the architecture, the \
      standardization, the label range and how the model was made; `halompi import` brings it back with \
      the same bits. onnx is the network as a graph that takes boxes and gives log10 M. \
      Documentation/weights.md describes both.

      rocrate makes an RO-Crate of a run directory: it writes ro-crate-metadata.json there, which tells archives \
      such as Zenodo, and other programs, what each file is, and which command, program and machine made it of \
      which inputs. Then pack the folder. Documentation/formats.md describes it.

        halompi export runs/gadget/training/raw-seed1/model.h5 --to safetensors --output raw.safetensors
        halompi export runs/gadget/training/raw-seed1/model.h5 --to onnx --output raw.onnx
        halompi export runs/gadget --to rocrate --license https://creativecommons.org/licenses/by/4.0/
      """)

  @Argument(
    help: ArgumentHelp("The model; for rocrate, the run directory.", valueName: "model"),
    completion: .file(extensions: ["h5"]))
  var source: String

  @Option(name: .customLong("to"), help: "The format of the file, or a crate.")
  var format: ExportFormat

  @Option(
    help: ArgumentHelp("The file to write; a crate has its place.", valueName: "file"),
    completion: .file())
  var output: String?

  @Option(help: "The license of the data, an address or words (rocrate).")
  var license: String?

  @Option(help: "The name of who ran the jobs (rocrate).")
  var creator: String?

  func validate() throws {
    if format == .rocrate, output != nil {
      throw ValidationError("--to rocrate takes no --output: the run directory becomes the crate")
    }
    guard format != .rocrate else { return }
    guard output != nil else {
      throw ValidationError("Missing expected argument '--output <file>'")
    }
    guard license == nil, creator == nil else {
      throw ValidationError("--license and --creator are of --to rocrate alone")
    }
  }

  func run() throws {
    switch format {
    case .safetensors: try writeWeights(.safetensors)
    case .onnx: try writeWeights(.onnx)
    case .rocrate: try describeRun()
    }
  }

  private func writeWeights(_ format: WeightFormat) throws {
    let output = output ?? ""
    try runJob { world in
      try world.agree {
        guard world.isRoot else { return }
        let task = ExportTask(model: source, format: format, output: output)
        Console.output.say("\(ModelSummary(try task.run(), file: output))\n")
      }
    }
  }

  private func describeRun() throws {
    try reportingFailures {
      let made = try CrateTask(source, license: license, creator: creator).run()
      let actions = made.actions == 1 ? "1 start of a job" : "\(made.actions) starts of jobs"
      let line = "\(Quoting.terminal(made.path)): \(made.files) files, \(actions)"
      try Console.output.show(license == nil ? "\(line); no --license is stated" : line)
    }
  }
}

/// The formats in which results go to other programs.
enum ExportFormat: String, CaseIterable, ExpressibleByArgument {
  case safetensors, onnx, rocrate
}
