internal import ArgumentParser
internal import Experiments
internal import MPI
internal import Workshop

/// Measures how fast sub-boxes are made.
struct BenchmarkBoxes: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "boxes",
    abstract: "Time the making of sub-boxes, and the network beside it.",
    discussion: """
      Makes boxes of training particles of an experiment whose fields are prepared, of whatever input it \
      has, on one thread; then tells how many cores of the network such a thread keeps busy.

        halompi benchmark boxes jobs/inputs.yaml --set fields.input=finalDensity
        halompi benchmark boxes jobs/paper.yaml --set stream.mode=stream
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: "How many boxes are made.")
  var boxes = 32

  @OptionGroup var output: BenchmarkOutput

  func validate() throws {
    try requireOption("boxes", boxes, in: 1...1_000_000)
  }

  func run() throws {
    try runJob { world in
      let experiment = try options.load(on: world)
      var benchmark = BoxBenchmark(
        experiment, in: RunDirectory(of: experiment, runs: options.runs))
      benchmark.boxes = boxes
      let result = try benchmark.run(on: world)
      try world.agree { if let result { try output.write(result) } }
    }
  }
}
