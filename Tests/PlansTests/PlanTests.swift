import Foundation
import Schedulers
import SubBoxes
import Testing

@testable import Failures
@testable import Hardware
@testable import Networks
@testable import Plans
@testable import Training

/// What is predicted of a job, by hand.
struct PlanTests {
  private static let model = ScalingModel(
    batchSize: 64, threads: 2, workersPerNode: 1, sampleSeconds: 0.25, updateSeconds: 0.01,
    sums: [.init(parameters: 1_000_000), .init(parameters: 2_000_000)], bytesPerSample: 0,
    costs: ScalingModel.Costs())

  @Test func oneWorkerComputesAndUpdatesAndSendsNothing() {
    let step = Self.model.step(workers: 1)
    // 64 samples on 2 threads: 32 rounds of 0.25 s.
    #expect(step.computing == 8)
    #expect(step.reducing == 0.01)
    #expect(step.reading == 0)
    #expect(step.seconds == 8.01)
  }

  @Test func moreWorkersThanSamplesDoNotComputeFaster() {
    #expect(Self.model.usefulWorkers == 64)
    #expect(Self.model.step(workers: 32).computing == 0.25)
    // Two threads share a sample: between half of its time and all of it.
    #expect((0.125..<0.25).contains(Self.model.step(workers: 64).computing))
    #expect(Self.model.step(workers: 64).computing == Self.model.step(workers: 128).computing)
    #expect(Self.model.step(workers: 128).seconds > Self.model.step(workers: 64).seconds)
  }

  @Test func threadsWithoutASampleShareThoseOfOthers() {
    var model = Self.model
    model.batchSize = 6
    model.threads = 32
    // Six samples on 32 threads, five threads each; two on each of three workers, with 16 threads each.
    let shares = [1, 3].map { model.step(workers: $0).computing / 0.25 }
    #expect(abs(shares[0] - (0.1 + 0.9 / 5)) < 1e-12)
    #expect(abs(shares[1] - (0.1 + 0.9 / 16)) < 1e-12)
    // Seven samples on six threads: two rounds, and none is shared.
    model.batchSize = 7
    model.threads = 6
    #expect(model.step(workers: 1).computing == 0.5)
  }

  @Test func aWorkerSendsItsSumsToTheirOwnersAndTheirMeansToAll() {
    // Five workers: three messages to each of four others, 2 us each, and four fifths of 2 million parameters of
    // 6 + 4 bytes at 10 GB/s; those of the dense layers take less than half a sample.
    let seconds: Double = 0.01 + 12 * 2e-6 + 0.8 * 2e6 * 10 / 10e9
    #expect(abs(Self.model.step(workers: 5).reducing - seconds) < 1e-12)
  }

  @Test func workersOfANodeShareItsConnection() {
    var model = Self.model
    model.workersPerNode = 4
    // Eight workers on two nodes: four of the seven others are on the other node.
    let shared: Double = 0.01 + 21 * 2e-6 + 4 * (4.0 / 8) * 2e6 * 10 / 10e9
    #expect(abs(model.step(workers: 8).reducing - shared) < 1e-12)
    // On one node nothing leaves it, and a worker's own messages take their time.
    let alone: Double = 0.01 + 9 * 2e-6 + 0.75 * 2e6 * 10 / 10e9
    #expect(abs(model.step(workers: 4).reducing - alone) < 1e-12)
  }

  @Test func readingCountsAsFarAsItIsLongerThanComputing() {
    var model = Self.model
    model.bytesPerSample = 1_000_000_000
    // 32 samples on each of two nodes: 32 GB at 1 GB/s, while 4 s are computed.
    #expect(model.step(workers: 2).computing == 4)
    #expect(model.step(workers: 2).reading == 28)
  }

  private static var demand: MemoryDemand {
    var sampling = SamplingSettings()
    sampling.boxWidth = 9
    return MemoryDemand(
      settings: TrainingSettings(), sampling: sampling, streaming: StreamSettings(),
      architecture: NetworkArchitecture(
        boxWidth: 9, convolutionChannels: [16, 16], hiddenUnits: [8, 4]),
      gridSizes: [256, 256, 256], ranks: 8, ranksPerNode: 4, threadsPerRank: 1)
  }

  @Test func aNodeHasOneCopyOfTheFields() throws {
    let plan = try MemoryPlan(of: Self.demand, program: 1000)
    // Three fields of 256^3 numbers in single precision.
    let fields = try #require(plan.training.first { $0.name == "fields" })
    #expect(fields.bytes == 3 * 256 * 256 * 256 * 4 && fields.isSharedByNode)
    let own = plan.training.filter { !$0.isSharedByNode }.reduce(0) { $0 + $1.bytes }
    #expect(plan.peakOfNode >= fields.bytes + 4 * own)
    // Eight ranks: rank 0 only coordinates, and has no fields.
    #expect(!plan.coordination.isEmpty && !plan.coordination.contains { $0.name == "fields" })
  }

  /// Two strengths of other phases: three copies of every field, and a field under way on 8 ranks.
  @Test func otherPhasesTakeCopiesOfTheFieldsAndGradientsTheReferenceKernels() throws {
    let perturbations = [
      Perturbation(density: 0.1), Perturbation(phasesAbove: 1, seed: 1),
      Perturbation(phasesAbove: 2, seed: 1),
    ]
    let field = 256 * 256 * 256 * 4
    let parts = try Self.demand.responses(to: perturbations)
    #expect(parts.map(\.name) == ["changing phases, before", "predicting, perturbed"])
    for part in parts {
      let fields = try #require(part.terms.first { $0.name == "fields" })
      #expect(fields.bytes == 3 * 3 * field && fields.isSharedByNode)
    }
    #expect(parts[0].terms.dropFirst().map(\.bytes) == [4 * field / 8, field / 16])
    #expect(try Self.demand.responses(to: []).isEmpty)
    let density = try Self.demand.responses(to: [perturbations[0]])
    let plain = try Self.demand.prediction()
    #expect(density.count == 1 && density[0].terms.map(\.name) == plain.map(\.name))
    #expect(density[0].terms[0] == plain[0])

    let gradients = try Self.demand.sensitivity(bins: 4)
    let sums = try #require(gradients.terms.first { $0.name == "sums of gradients" })
    #expect(sums.bytes == 4 * (9 * 9 * 9 + 2) * 8)
    // They count where they are asked for, each beside the program.
    let plan = try MemoryPlan(of: Self.demand, program: 1000, parts: parts + [gradients])
    let without = try MemoryPlan(of: Self.demand, program: 1000)
    #expect(plan.peakOfNode >= 9 * field + 4 * 1000 && without.peakOfNode < 9 * field)
    #expect(plan.parts.allSatisfy { $0.terms[0].bytes == 1000 })
  }

  @Test func whatDoesNotFitIsRefusedWithItsLargestTerm() throws {
    let plan = try MemoryPlan(of: Self.demand, program: 1000)
    try plan.check(against: NodeMemory(bytes: plan.peakOfNode, origin: "a node"))
    do {
      try plan.check(against: NodeMemory(bytes: plan.peakOfNode - 1, origin: "a node"))
      Issue.record("one byte too much was taken")
    } catch {
      #expect(error.exitCode == .usage)
      #expect("\(error)".contains("a node"))
      let largest = /the largest term is (.+) with ([1-9][0-9.]*) MiB/
      #expect(error.reason.firstMatch(of: largest) != nil, "\(error)")
    }
  }
}

/// Times from a record of `halompi benchmark step --json`.
struct SampleTimeTests {
  private static let record = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/step-benchmark.json").path

  /// The network of the record: boxes of 25 voxels, and the layers of the default for that width.
  private static let architecture = NetworkArchitecture(
    boxWidth: 25, convolutionChannels: [32, 32, 64, 128, 128, 128], hiddenUnits: [256, 128])

  @Test func aRecordedBenchmarkGivesTheTimesOfASample() throws {
    let time = try SampleTime.recorded(in: Self.record, Self.architecture, kernels: .fast)
    // The third of four sorted times, as they stand in the record [s].
    #expect(time.training == 0.104751182)
    #expect(time.prediction == 0.04540238)
    #expect(time.update > 0)
    #expect(time.origin.contains("step-benchmark.json, on Intel(R) Xeon(R) Processor"))
  }

  @Test func aRecordOfAnotherNetworkIsRefused() {
    var other = Self.architecture
    other.hiddenUnits = [8]
    #expect(throws: Failure.self) {
      try SampleTime.recorded(in: Self.record, other, kernels: .fast)
    }
  }
}
