import ArgumentParser
internal import Experiments
import Foundation
internal import Hardware
import MPI
internal import Plans
import Slurm
import Training

/// Predicts what an experiment will take.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Predict memory, time and messages of a training before anything runs.",
    discussion: """
      For the nodes, ranks and cores of the section `cluster`, or of the options. A run that cannot fit \
      the memory of a node is refused with exit code 64; halompi train makes the same check. Times come from \
      the record of a benchmark on this processor, or else from a short measurement.

        halompi plan jobs/paper.yaml --nodes 8 --ranks-per-node 2 --threads 32 --memory 256000
        halompi benchmark step --json > step.json; halompi plan jobs/paper.yaml --benchmark step.json
      """)

  @OptionGroup var options: ExperimentOptions

  @Option(help: "The number of nodes (default: cluster.nodes).")
  var nodes: Int?

  @Option(help: "The ranks of each node (default: cluster.ranksPerNode).")
  var ranksPerNode: Int?

  @Option(
    help: "The threads of each rank (default: training.threadsPerRank or cluster.coresPerRank).")
  var threads: Int?

  @Option(
    help: "The memory of a node [MiB] (default: cluster.memoryPerNode, or that of this machine).")
  var memory: Int?

  @Option(
    help: "What halompi benchmark step --json wrote.", completion: .file(extensions: ["json"]))
  var benchmark: String?

  @Option(help: "The time of the shortest message between nodes [microseconds].")
  var latency = 2.0

  @Option(help: "What a connection between nodes carries [GB/s].")
  var bandwidth = 10.0

  @Option(help: "What a node reads from files [GB/s].")
  var storage = 1.0

  func validate() throws {
    for (name, value) in [
      ("nodes", nodes), ("ranks-per-node", ranksPerNode), ("threads", threads), ("memory", memory),
    ] {
      if let value, !(1...1_000_000_000).contains(value) {
        throw ValidationError("--\(name) must be 1 or more, and is \(value)")
      }
    }
    for (name, value) in [("bandwidth", bandwidth), ("storage", storage)] where !(value > 0) {
      throw ValidationError("--\(name) must be above 0, and is \(value)")
    }
    if !(latency >= 0) { throw ValidationError("--latency must be 0 or more, and is \(latency)") }
  }

  func run() throws {
    try runJob { world in
      let experiment = try options.load(on: world)
      try world.agree {
        guard world.isRoot else { return }
        let plan = try plan(of: experiment)
        try Console.output.show(plan, terminator: "")
        try plan.checkMemory()
      }
    }
  }

  private func plan(of experiment: Experiment) throws -> ExperimentPlan {
    // Asked before anything is measured, so that it is the program alone.
    let program = NodeMemory.ofThisProcess()
    var layout = ExperimentPlan.Layout(of: experiment)
    layout.nodes = nodes ?? layout.nodes
    layout.ranksPerNode = ranksPerNode ?? layout.ranksPerNode
    layout.threads = threads ?? layout.threads
    let (architecture, kernels) = (experiment.architecture, experiment.training.kernels)
    let time =
      try benchmark.map {
        try SampleTime.recorded(in: $0, architecture, kernels: kernels)
      } ?? SampleTime.measured(architecture, kernels: kernels)
    var costs = ScalingModel.Costs()
    costs.latency = latency * 1e-6
    costs.bandwidth = bandwidth * 1e9
    costs.storage = storage * 1e9
    let asked =
      memory.map { ($0, "--memory") }
      ?? experiment.cluster.memoryPerNode.map { ($0, "cluster.memoryPerNode") }
    let nodeMemory = asked.map { NodeMemory(bytes: $0.0 << 20, source: $0.1) } ?? .ofThisNode()
    return try ExperimentPlan(
      of: experiment, in: RunDirectory(of: experiment, runs: options.runs), layout: layout,
      program: program, nodeMemory: nodeMemory, time: time, costs: costs)
  }
}
