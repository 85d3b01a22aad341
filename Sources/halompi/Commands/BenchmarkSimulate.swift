internal import ArgumentParser
internal import Foundation
internal import MPI
internal import Workshop

/// Measures how fast universes are simulated.
struct BenchmarkSimulate: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Measure how fast universes are simulated, and what takes the time.",
    discussion: """
      Simulates the paper's mass resolution from z = 19 to 0 and finds the halos; nothing is written. \
      Under mpirun the ranks share one universe.

        taskset -c 0 halompi benchmark simulate --grid-size 128 --steps 40
        mpirun -n 2 halompi benchmark simulate --grid-size 256
      """)

  @Option(help: "The particles along each axis.")
  var gridSize = 128

  @Option(help: "The cells of the force mesh to a particle along each axis: 1, 2 or 3.")
  var refinement = 2

  @Option(help: "The steps of a run.")
  var steps = 10

  @Option(help: "How often to measure.")
  var runs = 3

  @Option(help: "The threads of each rank.")
  var threads = 1

  @OptionGroup var output: BenchmarkOutput

  func validate() throws {
    guard runs > 0, steps > 0, threads > 0 else {
      throw ValidationError("Give 1 or more runs, steps and threads.")
    }
  }

  func run() throws {
    try runJob { world in
      let benchmark = try UniverseBenchmark(
        gridSize: gridSize, meshRefinement: refinement, steps: steps, runs: runs, threads: threads,
        on: world)
      try world.agree {
        guard world.isRoot else { return }
        guard output.json else { return try Console.output.show(benchmark, terminator: "") }
        try Console.output.give(String(decoding: JSONEncoder().encode(benchmark), as: UTF8.self))
      }
    }
  }
}
