import Foundation
import Networks
import Schedulers
import Simulations
import SubBoxes
import Testing
import Training

@testable import Experiments
@testable import Failures
@testable import Hardware
@testable import Plans
@testable import Settings

/// Every number of an experiment has a range, and no value of it traps, or is more than a plan can count.
@Suite struct SettingRangeTests {
  private static let example = """
    name: example
    simulations:
      - {name: one, role: training, seed: 1}
      - {name: two, role: validation, seed: 2}
      - {name: three, role: test, initial: a, final: b, catalogue: c, units: {length: 1, mass: 1, velocity: 1}, cosmology: {omegaMatter: 0.3, omegaLambda: 0.7, hubble: 0.7}}
    """

  private static func load(_ override: String) throws(SettingsError) -> Experiment {
    try Experiment(yaml: example, file: "e.yaml", folder: "/home/jobs", overrides: [override])
  }

  /// The entries of the reference that are numbers.
  private static func numbers() throws -> [SettingsReference.Entry] {
    try SettingsReference().entries.filter { $0.type.contains("number") }
  }

  @Test func everyNumberHasARangeAndEveryRangeANumber() throws {
    #expect(Set(try Self.numbers().map(\.key)) == Experiment.ranges.keys)
  }

  @Test func everyDefaultAndEveryShippedExperimentIsInItsRanges() throws {
    #expect(Experiment().rangeProblems.isEmpty)
    let jobs = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "jobs")
    let files = try FileManager.default.contentsOfDirectory(atPath: jobs.path)
      .filter { $0.hasSuffix(".yaml") }
    #expect(!files.isEmpty)
    for file in files {
      #expect(try Experiment(contentsOf: jobs.appending(path: file).path).problems.isEmpty)
    }
  }

  /// What is tried for a number: ends of ranges, and what the types of settings can hold at all.
  private static func values(_ range: SettingRange) -> [String] {
    let whole = range.ends.flatMap { end in
      abs(end) < 1e15 ? ["\(Int(end))", "\(Int(end) - 1)", "\(Int(end) + 1)"] : []
    }
    return whole + range.ends.map { "\($0)" } + [
      "0", "-1", "1", "nan", "inf", "-inf", "9223372036854775807", "-9223372036854775808",
      "18446744073709551615", "1.0e+300", "1.0e-300", "-1.0e+300", "5.0e-324",
    ]
  }

  /// The overrides that are tried for a setting.
  private static func overrides(_ entry: SettingsReference.Entry) -> [String] {
    guard let range = Experiment.ranges[entry.key] else { return [] }
    let key = entry.key.replacing("simulations[].units", with: "simulations[2].units")
      .replacing("simulations[].cosmology", with: "simulations[2].cosmology")
      .replacing("simulations[].ignoreTypes", with: "simulations[2].ignoreTypes")
      .replacing("[]", with: "[0]")
    guard let lengths = range.listLengths else {
      return values(range).map { "\(key)=\($0)" }
    }
    let one = values(range)
    let counts = [lengths.lowerBound, lengths.upperBound].filter { $0 > 0 && $0 <= 100 }
    let lists = one.flatMap { value in
      counts.map { Array(repeating: value, count: $0).joined(separator: ", ") }
    }
    let long = Array(repeating: "1", count: lengths.upperBound + 1).joined(separator: ", ")
    return (lists + ["", long]).map { "\(key)=[\($0)]" }
  }

  /// A plan of an experiment without files: nothing of it is allocated.
  private static func plan(_ experiment: Experiment) throws -> ExperimentPlan {
    try ExperimentPlan(
      of: experiment, in: RunDirectory(of: experiment, runs: "/nowhere"),
      layout: .init(of: experiment), program: 1 << 26,
      nodeMemory: NodeMemory(bytes: 1 << 34, origin: "a node"),
      time: SampleTime(training: 1, prediction: 0.3, update: 0.01, origin: "a guess"),
      costs: ScalingModel.Costs())
  }

  /// Each value is refused with a sentence that names the setting, or gives an experiment that reads back equal and can
  /// be planned.
  @Test func noValueOfANumberTrapsAndRefusalsNameIt() throws {
    var tried = 0
    var refused = 0
    for entry in try Self.numbers() {
      for override in Self.overrides(entry) {
        tried += 1
        let experiment: Experiment
        do {
          experiment = try Self.load(override)
        } catch {
          refused += 1
          #expect(error.exitCode == .usage || error.exitCode == .badData, "\(override)")
          let section = entry.key.prefix { $0 != "." && $0 != "[" }
          let text = error.description
          #expect(
            text.contains("`\(section)") || text.contains(entry.key), "\(override): \(text)")
          continue
        }
        for leaf in try experiment.settings() {
          #expect(!["nan", "inf", "-inf"].contains(leaf.value), "\(override): \(leaf)")
        }
        do {
          let plan = try Self.plan(experiment)
          #expect(plan.memory.peakOfNode > 0 && !plan.description.isEmpty, "\(override)")
          #expect(plan.messages.validation.bytes >= 0 && plan.ablationNodeHours >= 0)
          try plan.checkMemory()
        } catch let error as any JobFailure {
          #expect(error.exitCode == .usage || error.exitCode == .badData, "\(override): \(error)")
        }
      }
    }
    // Ends, their neighbors and 13 others of some ninety numbers.
    #expect(tried > 1200 && refused > tried / 4, "\(tried) tried, \(refused) refused")
  }

  @Test func allNumbersAtTheirUpperEndsCanBePlanned() throws {
    var experiment = try Self.load("cluster.nodes=1000000")
    experiment.cluster.ranksPerNode = 1_000_000
    experiment.cluster.coresPerRank = 1024
    experiment.universe.ranksPerSimulation = 1
    experiment.sampling.boxWidth = 512
    experiment.sampling.trainingSamples = 1_000_000_000_000
    experiment.sampling.validationSamples = 1_000_000_000_000
    experiment.sampling.testSamples = 1_000_000_000_000
    experiment.stream.lookAhead = 10_000
    experiment.network.convolutionChannels = [4096]
    experiment.network.hiddenUnits = Array(repeating: 65_536, count: 16)
    experiment.training.kernels = .reference
    experiment.training.batchSize = 4096
    experiment.training.epochs = 100_000
    #expect(experiment.problems.isEmpty, "\(experiment.problems)")
    let demand = try MemoryPlan(
      of: MemoryDemand(
        of: experiment, in: RunDirectory(of: experiment, runs: "/nowhere"),
        ranks: 1_000_000_000_000, ranksPerNode: 1_000_000, threads: 1024), program: 1 << 26)
    // More than an integer counts: the largest one stands for it.
    #expect(demand.peakOfNode == .max)
    let error = #expect(throws: Failure.self) {
      try demand.check(against: NodeMemory(bytes: 1 << 50, origin: "a node"))
    }
    #expect(error?.description.contains("predicted to take 8796093022208 MiB") == true)
    #expect(!(try Self.plan(experiment)).description.isEmpty)
  }

  @Test(arguments: [
    ("network.hiddenUnits=[]", "an empty list is out of range; it must be 1 to 16 numbers"),
    ("training.optimizer.learningRate=0", "from 1e-30 to 1e+30"),
    ("training.watchdogSeconds=1.0e-9", "from 0.001 to 10000000"),
    ("cluster.memoryPerNode=9223372036854775807", "from 1 to 1000000000"),
    ("network.convolutionChannels=[4, 4]", "multiples of 16"),
    ("training.batchSize=128", "more than sampling.trainingSamples"),
    ("universe.gridSize=5", "an even number from 4 to 4096"),
    ("universe.mesh.steps.end=0.01", "lead forward"),
    ("analysis.information.maximumParticles=3", "10 or more"),
    ("analysis.collapse.massCount=1", "from 2 to 1000"),
  ])
  func whatWasTakenInSilenceIsRefused(override: String, words: String) throws {
    let extra = override.hasPrefix("training.batchSize") ? "\nsampling: {trainingSamples: 100}" : ""
    let error = #expect(throws: SettingsError.self) {
      try Experiment(
        yaml: Self.example + extra, file: "e.yaml", folder: "/home", overrides: [override])
    }
    #expect(error?.description.contains(words) == true, "\(error.map { "\($0)" } ?? "taken")")
  }

  @Test func aNameIsShortEnoughForFiles() {
    #expect(isName(String(repeating: "a", count: 100)))
    #expect(!isName(String(repeating: "a", count: 101)))
  }
}

/// The memory of a network, told without allocating it.
@Suite struct NetworkMemoryTests {
  @Test(arguments: [
    (NetworkKernels.fast, 9, [1, 16, 16], [8, 4], 1), (.fast, 15, [1, 16, 32, 16], [64], 3),
    (.fast, 9, [8, 16, 16], [8], 2), (.reference, 9, [1, 3, 5], [8, 4], 1),
    (.reference, 14, [1, 4], [], 1), (.reference, 9, [5, 3], [], 1),
  ])
  func itIsThatOfTheNetworkOnceItIsThere(
    kernels: NetworkKernels, width: Int, channels: [Int], units: [Int], threads: Int
  ) throws {
    let architecture = NetworkArchitecture(
      boxWidth: width, inputChannels: channels[0], convolutionChannels: Array(channels.dropFirst()),
      hiddenUnits: units)
    let memory = try NetworkMemory(of: architecture, for: kernels)
    let weights = try NetworkWeights(
      architecture.parameters.initialized(seed: 1), of: architecture, for: kernels)
    #expect(memory.weights == weights.byteCount)
    let evaluator = weights.makeEvaluator(threads: threads)
    #expect(memory.workspace(threads: threads) == evaluator.workspaceBytes)
  }
}
