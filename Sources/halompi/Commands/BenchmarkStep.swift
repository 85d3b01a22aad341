internal import ArgumentParser
internal import Foundation
internal import Hardware
internal import MPI
internal import Networks
internal import Plans
internal import Training
internal import Workshop

/// Times training and inference of the whole network.
struct BenchmarkStep: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "step",
    abstract: "Time steps of training, and the bare kernels beside them.",
    discussion: """
      Trains a network, that of an experiment or the published one, for one epoch on random fields, with \
      everything that halompi train does, on all ranks and threads of the job; then tells what a sample takes, what the kernels alone \
      take, for what the cores waited, and the memory of a rank.

        taskset -c 1 halompi benchmark step
        halompi benchmark step jobs/reduced.yaml --threads 2 --batch 64
        mpirun -n 2 halompi benchmark step --box-width 121
      """)

  @OptionGroup var network: NetworkOptions

  @Option(help: "The threads that compute on each rank.")
  var threads = 1

  @Option(help: "The samples of a step.")
  var batch = 8

  @Option(help: "How many steps are timed.")
  var runs = 5

  @Option(help: "The implementation of the network.")
  var kernels = NetworkKernels.fast

  @Option(
    help:
      "A folder that all ranks can see, for the time of the benchmark; the temporary folder, if not given."
  )
  var folder: String?

  @OptionGroup var output: BenchmarkOutput

  func validate() throws {
    try requireOption("threads", threads, in: 1...1024)
    try requireOption("batch", batch, in: 1...TrainingSettings.largestBatch)
    try requireOption("runs", runs, in: 1...1000)
  }

  func run() throws {
    try runJob { world in
      var benchmark = StepBenchmark()
      benchmark.architecture = try network.architecture(on: world)
      benchmark.kernels = kernels
      benchmark.batchSize = batch
      benchmark.threadsPerRank = threads
      benchmark.runs = runs
      benchmark.folder = folder ?? NSTemporaryDirectory()
      try world.agree {
        try SampleTime.checkMemory(
          benchmark.architecture, kernels: kernels, evaluators: threads, limit: .ofThisNode())
      }
      let result = try benchmark.run(on: world)
      try world.agree { if let result { try output.write(result) } }
    }
  }
}
