internal import ArgumentParser
internal import Experiments
internal import Foundation
internal import Hardware
internal import MPI
internal import Plans
internal import Schedulers
internal import Training

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

      Options of halompi predict that change boxes or average gradients add the memory that they take there: \
      other phases are those of copies of the fields, and gradients take the reference kernels' activations.

        halompi plan jobs/paper.yaml --perturb phases=0.5,1,2 --sensitivity 200
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

  @OptionGroup var perturbing: PerturbationOptions

  func validate() throws {
    func check(_ name: String, _ value: Int?, upTo limit: Int) throws {
      guard let value, !(1...limit).contains(value) else { return }
      throw ValidationError("--\(name) must be 1 or more, \(limit) at most, and is \(value)")
    }
    func check(_ name: String, _ value: Double, in range: ClosedRange<Double>) throws {
      guard !range.contains(value) else { return }
      throw ValidationError(
        "--\(name) must be from \(range.lowerBound) to \(range.upperBound), and is \(value)")
    }
    try check("nodes", nodes, upTo: 1_000_000)
    try check("ranks-per-node", ranksPerNode, upTo: 1_000_000)
    try check("threads", threads, upTo: 1_000_000)
    try check("memory", memory, upTo: 1_000_000_000)
    try check("bandwidth", bandwidth, in: 1e-9...1e9)
    try check("storage", storage, in: 1e-9...1e9)
    try check("latency", latency, in: 0...1e9)
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
    let asked =
      memory.map { ($0, "--memory") }
      ?? experiment.cluster.memoryPerNode.map { ($0, "cluster.memoryPerNode") }
    let nodeMemory = asked.map { NodeMemory(bytes: $0.0 << 20, origin: $0.1) } ?? .ofThisNode()
    let directory = RunDirectory(of: experiment, runs: options.runs)
    try ExperimentPlan.checkMeasurement(
      of: experiment, in: directory, layout: layout, program: program, nodeMemory: nodeMemory)
    let time =
      try benchmark.map {
        try SampleTime.recorded(in: $0, architecture, kernels: kernels)
      } ?? SampleTime.measured(architecture, kernels: kernels)
    var costs = ScalingModel.Costs()
    costs.latency = latency * 1e-6
    costs.bandwidth = bandwidth * 1e9
    costs.storage = storage * 1e9
    return try ExperimentPlan(
      of: experiment, in: directory, layout: layout,
      program: program, nodeMemory: nodeMemory, time: time, costs: costs,
      perturbations: perturbing.perturbations,
      averagesSensitivity: perturbing.sensitivity != nil)
  }
}
