internal import ArgumentParser
internal import Foundation
internal import Text

/// Measures how fast the parts of the program are on this machine.
struct Benchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure how fast parts of the program are on this machine.",
    discussion: """
      Every benchmark names the processor, its load and the peak of a core measured in the same run. \
      Close other programs, and pin the process to cores (taskset) for numbers to compare.

        taskset -c 1 halompi benchmark kernels
        halompi benchmark step --json
      """,
    subcommands: [
      BenchmarkKernels.self, BenchmarkStep.self, BenchmarkBoxes.self, BenchmarkSimulate.self,
    ])
}

/// The option for the form in which the results of a benchmark are printed.
struct BenchmarkOutput: ParsableArguments {
  @Flag(help: "Print the results as JSON, with the time of each run.")
  var json = false

  /// Prints results in the form that was asked for.
  func write(_ results: some Encodable & CustomStringConvertible) throws {
    guard json else { return try Console.output.show(results, terminator: "") }
    try Console.output.give(
      String(decoding: try JSONEncoder.stable().encode(results), as: UTF8.self))
  }
}
