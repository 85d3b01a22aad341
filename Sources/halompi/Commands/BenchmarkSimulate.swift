internal import ArgumentParser
internal import Foundation
internal import Hardware
internal import MPI
internal import ParticleMesh
internal import Plans
internal import Simulations
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
    try requireOption("grid-size", gridSize, in: 4...4096)
    guard gridSize.isMultiple(of: 2) else {
      throw ValidationError("--grid-size must be an even number, and is \(gridSize)")
    }
    try requireOption("refinement", refinement, in: 1...3)
    try requireOption("steps", steps, in: 1...100_000)
    try requireOption("runs", runs, in: 1...10_000)
    try requireOption("threads", threads, in: 1...1024)
  }

  func run() throws {
    try runJob { world in
      var universe = UniverseSettings()
      universe.gridSize = gridSize
      universe.mesh.meshRefinement = refinement
      let ranksPerNode = try world.splitByNode().size
      try world.agree {
        try UniverseMemory(
          of: universe, ranks: world.size, ranksPerNode: ranksPerNode,
          program: NodeMemory.ofThisProcess()
        ).check(against: .ofThisNode())
      }
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
