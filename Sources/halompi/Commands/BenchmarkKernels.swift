internal import ArgumentParser
internal import Hardware
internal import MPI
internal import Networks
internal import Plans
internal import Workshop

/// Times the network's kernels layer by layer.
struct BenchmarkKernels: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Time the network's kernels, layer by layer, on one core.",
    discussion: """
      For each layer the time of one sample, the speed that dense direct convolution would need for \
      the same time (effective), the speed of the products that are made (actual) and its share of the \
      core's peak, and the bytes that must be moved at least once.

        taskset -c 1 halompi benchmark kernels
        taskset -c 1 halompi benchmark kernels --box-width 121 --instructions avx2
        taskset -c 1 halompi benchmark kernels --l2 1280
        taskset -c 1 halompi benchmark kernels jobs/reduced.yaml
      """)

  @OptionGroup var network: NetworkOptions

  @Option(help: "How often everything is timed.")
  var runs = 11

  @Option(help: "The vector instructions.")
  var instructions = KernelInstructions.fastest

  @Option(
    name: .customLong("l2"),
    help: ArgumentHelp(
      "The second-level cache of a core that the blocks are chosen for [KiB] (default: that of this processor).",
      valueName: "kib"))
  var secondLevelCache: Int?

  @OptionGroup var output: BenchmarkOutput

  func validate() throws {
    try requireOption("runs", runs, in: 1...10_000)
    if let secondLevelCache { try requireOption("l2", secondLevelCache, in: 64...65_536) }
  }

  func run() throws {
    try runJob { world in
      let architecture = try network.architecture(on: world)
      try world.agree {
        guard world.isRoot else { return }
        try SampleTime.checkMemory(architecture, kernels: .fast, limit: .ofThisNode())
        try output.write(
          KernelBenchmark(
            architecture, instructions: instructions,
            secondLevelCache: secondLevelCache.map { $0 << 10 }, runs: runs))
      }
    }
  }
}

extension KernelInstructions: ExpressibleByArgument {}
