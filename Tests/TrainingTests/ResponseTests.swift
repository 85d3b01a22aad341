import Failures
import Fields
import Foundation
import MPI
import Randomness
import TestSupport
import Testing

@testable import Networks
@testable import SubBoxes
@testable import Training

/// The answers of networks to perturbations of their boxes, and the gradients behind them.
@Suite(.serialized) struct ResponseTests {
  private func job(
    _ plan: TrainingPlan, _ training: SmallTraining, _ output: String, threads: Int = 1,
    mode: StreamSettings.Mode = .auto, symmetries: CubeSymmetries = .none
  ) -> PredictionJob {
    var sampling = plan.sampling
    sampling.testSamples = 31
    var streaming = StreamSettings()
    streaming.mode = mode
    return PredictionJob(
      modelPath: plan.modelPath, files: training.validationFiles, sampling: sampling,
      streaming: streaming, symmetries: symmetries, kernels: .fast, threadsPerRank: threads,
      output: output, mayPredictSeen: true)
  }

  /// Runs `body` on the first ranks, and returns the bytes of a file.
  private func bytes(
    of path: String, ranks: Int, on world: borrowing Communicator,
    _ body: (borrowing Communicator) throws -> Void
  ) throws -> Data? {
    let part = try world.split(color: world.rank < ranks ? 0 : 1, key: world.rank)
    if world.rank < ranks { try body(part) }
    try world.barrier()
    return FileManager.default.contents(atPath: path)
  }

  /// The bytes of responses, made on the first ranks.
  private func responses(
    _ plan: TrainingPlan, _ training: SmallTraining, _ ranks: Int, _ threads: Int,
    _ mode: StreamSettings.Mode, on world: borrowing Communicator
  ) throws -> Data? {
    let path = "\(training.folder)/\(ranks)-\(threads)-\(mode).h5"
    return try bytes(of: path, ranks: ranks, on: world) {
      _ = try job(plan, training, path, threads: threads, mode: mode)
        .respond(to: Self.perturbations, on: $0) { _, _ in }
    }
  }

  /// The bytes of mean gradients, made on the first ranks.
  private func maps(
    _ plan: TrainingPlan, _ training: SmallTraining, _ ranks: Int, _ threads: Int,
    atMost limit: Int = 10, on world: borrowing Communicator
  ) throws -> Data? {
    let path = "\(training.folder)/\(ranks)-\(threads)-\(limit).h5"
    return try bytes(of: path, ranks: ranks, on: world) {
      _ = try job(plan, training, path, threads: threads)
        .averageSensitivity(inBins: [11, 12, 13, 14], atMost: limit, on: $0) { _, _ in }
    }
  }

  /// Other phases are those of the field file with other phases, whose boxes are cut.
  @Test(.ranks(1...3)) func otherPhasesAreThoseOfTheWholeField() throws {
    try SmallTraining.with("responses-phases") { training, world in
      let plan = training.plan("model") { $0.epochs = 1 }
      try SmallTraining.run(plan, on: world)
      let path = "\(training.folder)/phases.h5"
      // Of a box of 10 Mpc/h with 8 sites the smallest wavenumber is 0.63 h/Mpc, and the largest 4.4 h/Mpc.
      let all = [0.7, 5].map { Perturbation(phasesAbove: $0, seed: 4) }
      let one = try bytes(of: path, ranks: 1, on: world) {
        _ = try job(plan, training, path).respond(to: all, on: $0) { _, _ in }
      }
      let several = try bytes(of: path, ranks: world.size, on: world) {
        _ = try job(plan, training, path, threads: 2).respond(to: all, on: $0) { _, _ in }
      }
      #expect(one != nil && several == one)
      let table = try ResponseTable(contentsOf: path)
      let store = try FieldStore(
        .density, of: training.validationFiles, settings: StreamSettings(), on: world)
      try store.change(PhaseChange(above: 0.7, seed: 4), of: 0, threads: 1, on: world)
      let model = try Model(contentsOf: plan.modelPath)
      let maker = BoxMaker(
        source: store, boxes: BoxDescription(.raw), boxWidth: 5,
        standardization: model.data.standardization)
      let gradient = BoxGradient(
        try NetworkWeights(model.parameters, of: model.architecture, for: .fast))
      var (largest, noise) = (0.0, 0.0)
      for (row, sample) in table.unperturbed.samples.enumerated() {
        let box = try box(sample, 0, maker)
        var slopes = box
        let logMass = model.data.labels.logMass(Double(gradient.write(of: box, to: &slopes)))
        noise = max(noise, abs(Double(table.perturbed[2 * row]) - logMass))
        largest = max(largest, abs(Double(table.changes[2 * row])))
        // No mode is above the other wavenumber: what is left is the rounding of the transforms.
        noise = max(noise, abs(Double(table.changes[2 * row + 1])))
      }
      try store.free()
      #expect(noise < 2e-5 && largest > 1e-3, "\(noise) \(largest)")
    }
  }

  private static let perturbations = [
    Perturbation(density: 0), Perturbation(density: 0.1),
    Perturbation(tide: 0, along: .own(1)), Perturbation(tide: -0.05, along: .own(1)),
    Perturbation(tide: 0.05, along: .direction(SIMD3(1, 2, 2))),
  ]

  @Test(.ranks(1...3)) func theyAreTheSameForAnyRanksAndThreadsAndAStrengthOfZeroChangesNothing()
    throws
  {
    try SmallTraining.with("responses") { training, world in
      let plan = training.plan("model") { $0.epochs = 1 }
      try SmallTraining.run(plan, on: world)
      let plain = "\(training.folder)/plain.h5"
      _ = try job(plan, training, plain).run(on: world) { _, _ in }
      try world.barrier()
      let table = try PredictionTable(contentsOf: plain)
      let one = try responses(plan, training, 1, 1, .auto, on: world)
      var all: [Data?] = []
      for ranks in 1...world.size {
        all.append(try responses(plan, training, ranks, 2, .stream, on: world))
      }
      let read = try ResponseTable(contentsOf: "\(training.folder)/1-1-auto.h5")
      #expect(one != nil && all.allSatisfy { $0 == one })
      #expect(read.unperturbed == table && read.perturbations == Self.perturbations)
      let changes = (0..<5).map { column in (0..<31).map { read.changes[$0 * 5 + column] } }
      let same = (0..<31).allSatisfy { row in
        [0, 2].allSatisfy {
          read.perturbed[row * 5 + $0].bitPattern == table.predictions[row].bitPattern
        }
      }
      #expect(same)
      for column in [1, 3, 4] { #expect(changes[column].contains { abs($0) > 1e-4 }) }
    }
  }

  @Test func theyAreMeansOverOrientationsToo() throws {
    try SmallTraining.with("responses-oriented") { training, world in
      let plan = training.plan("model") { $0.epochs = 1 }
      try SmallTraining.run(plan, on: world)
      let plain = "\(training.folder)/plain.h5"
      let path = "\(training.folder)/responses.h5"
      _ = try job(plan, training, plain, symmetries: .rotations).run(on: world) { _, _ in }
      _ = try job(plan, training, path, symmetries: .rotations)
        .respond(to: [Perturbation(density: 0)], on: world) { _, _ in }
      try world.barrier()
      let table = try ResponseTable(contentsOf: path)
      #expect(table.unperturbed.predictions == (try PredictionTable(contentsOf: plain)).predictions)
      #expect(table.perturbed == table.unperturbed.predictions)
    }
  }

  private func strengthenModel(
    of plan: TrainingPlan, on world: borrowing Communicator
  ) throws {
    var model = try Model(contentsOf: plan.modelPath)
    let tensors = model.architecture.parameters.tensors
    model.parameters = model.architecture.parameters.initialized(seed: 3)
    var stream = RandomStream(seed: 40, for: .test)
    for tensor in tensors where tensor.name.hasSuffix("bias") {
      for place in tensor.range { model.parameters[place] = Float(stream.uniform() - 0.5) / 5 }
    }
    let last = tensors.last { $0.name.hasSuffix("weight") }
    for place in last?.range ?? 0..<0 { model.parameters[place] *= 50 }
    try world.barrier()
    if world.isRoot { try model.write(to: plan.modelPath) }
    try world.barrier()
  }

  private func box(_ sample: Sample, _ perturbation: Int, _ maker: BoxMaker) throws -> [Float] {
    var box = [Float](repeating: .nan, count: maker.voxelCount)
    try box.withUnsafeMutableBufferPointer {
      try maker.write(
        OrientedSample(sample, perturbation: perturbation),
        into: $0.baseAddress.unsafelyUnwrapped)
    }
    return box
  }

  /// The change of the prediction for a small strength is the gradient times the change of the box.
  ///
  /// Strengths are so small that few rectifiers and pools decide otherwise, each of which makes a particle's response
  /// another one; the slope of all responses against what the gradients tell is 1 to a per cent. Predictions are rounded
  /// to 1e-6 dex, beside which the answers of a network after a short training are small: it gets random biases, and a
  /// last layer that is fifty times as large.
  @Test(arguments: [BoxKind.raw, .averaged])
  func theResponseToSmallStrengthsIsTheGradientTimesThePattern(kind: BoxKind) throws {
    try SmallTraining.with("responses-gradient-\(kind)") { training, world in
      let plan = training.plan("model") { $0.variant = kind }
      try SmallTraining.run(plan, on: world)
      let path = "\(training.folder)/responses.h5"
      let perturbations = [
        Perturbation(density: 4e-5), Perturbation(tide: 4e-5, along: .own(1)),
      ]
      try strengthenModel(of: plan, on: world)
      _ = try job(plan, training, path).respond(to: perturbations, on: world) { _, _ in }
      try world.barrier()
      let table = try ResponseTable(contentsOf: path)
      let model = try Model(contentsOf: plan.modelPath)
      let store = try FieldStore(
        .density, of: training.validationFiles, settings: StreamSettings(), on: world)
      let maker = BoxMaker(
        source: store, boxes: BoxDescription(kind), boxWidth: 5,
        standardization: model.data.standardization,
        perturbations: perturbations)
      let gradient = BoxGradient(
        try NetworkWeights(model.parameters, of: model.architecture, for: .fast))
      let slope = (model.data.labels.maximum - model.data.labels.minimum) / 2
      var pairs: [[(change: Double, expected: Double)]] = [[], []]
      for (row, sample) in table.unperturbed.samples.enumerated() {
        let before = try box(sample, 0, maker)
        var slopes = [Float](repeating: .nan, count: before.count)
        gradient.write(of: before, to: &slopes)
        for column in 0..<2 {
          let after = try box(sample, column + 1, maker)
          let expected = before.indices.reduce(0.0) {
            $0 + Double(slopes[$1]) * (Double(after[$1]) - Double(before[$1]))
          }
          pairs[column].append((Double(table.changes[2 * row + column]), slope * expected))
        }
      }
      try store.free()
      for pairs in kind == .raw ? pairs : [pairs[0]] {
        let ratio =
          pairs.reduce(0) { $0 + $1.change * $1.expected }
          / pairs.reduce(0) { $0 + $1.expected * $1.expected }
        #expect(abs(ratio - 1) < 0.01, "\(ratio)")
        let (size, distance) = (
          pairs.reduce(0) { $0 + abs($1.change) },
          pairs.reduce(0) { $0 + abs($1.change - $1.expected) }
        )
        #expect(size > 1e-3 && distance < 0.03 * size, "\(distance) of \(size)")
      }
      if kind == .averaged {
        // The shells of an averaged box do not see a tide: what is left is rounding.
        let largest = pairs[1].map { abs($0.change) }.max() ?? 0
        #expect(largest < 1e-5, "\(largest)")
      }
    }
  }

  @Test(.ranks(1...3)) func sensitivitiesAreTheSameForAnyRanksAndThreads() throws {
    try SmallTraining.with("sensitivity") { training, world in
      let plan = training.plan("model") { $0.epochs = 1 }
      try SmallTraining.run(plan, on: world)
      let one = try maps(plan, training, 1, 1, on: world)
      var all: [Data?] = []
      for ranks in 1...world.size {
        all.append(try maps(plan, training, ranks, 3, on: world))
      }
      let other = try maps(plan, training, 1, 1, atMost: 4, on: world)
      #expect(one != nil && all.allSatisfy { $0 == one } && other != one)
      let table = try SensitivityTable(contentsOf: "\(training.folder)/1-1-10.h5")
      #expect(table.width == 5 && table.counts[2] == 0 && table.channels == ["density"])
      #expect(table.counts[0] > 1 && table.counts[0] <= 10)
      let isEmpty = table.maps[250...].allSatisfy { $0.isNaN }
      #expect(isEmpty, "no particle has this mass")
      // Mirror images are the same, and the voxels are not.
      let map = Array(table.maps[..<125])
      for voxel in 0..<125 {
        let (x, y, z) = (voxel / 25, voxel / 5 % 5, voxel % 5)
        for mirror in [(4 - x, y, z), (x, 4 - y, z), (x, y, 4 - z)] {
          let image = map[(mirror.0 * 5 + mirror.1) * 5 + mirror.2]
          #expect(abs(image - map[voxel]) <= 1e-6 * abs(map[voxel]))
        }
      }
      #expect(Set(map).count > 8)
      #expect(table.plane(ofBin: 0, channel: 0)[5 * 1 + 3] == Double(map[(1 * 5 + 2) * 5 + 3]))
    }
  }

  /// Of a network on averaged boxes the gradient is that of shells, which looks the same in every frame.
  @Test func theMeanGradientOfAnAveragedNetworkIsThatOfItsShells() throws {
    try SmallTraining.with("sensitivity-averaged") { training, world in
      let plan = training.plan("model") {
        $0.epochs = 1
        $0.variant = .averaged
      }
      try SmallTraining.run(plan, on: world)
      let path = "\(training.folder)/sensitivity.h5"
      let strength = 0.001
      _ = try job(plan, training, path).averageSensitivity(
        inBins: [11, 13], atMost: 100, on: world
      ) { _, _ in }
      let responses = "\(training.folder)/responses.h5"
      _ = try job(plan, training, responses)
        .respond(to: [Perturbation(density: strength)], on: world) { _, _ in }
      try world.barrier()
      let table = try SensitivityTable(contentsOf: path)
      let response = try ResponseTable(contentsOf: responses).responses(ofMasses: 11..<13)?[0]
      let found = try #require(response)
      #expect(table.counts == [found.count])
      // The box of 5 voxels has a ball of 33, whose turned map keeps its center, and a rest. Their center voxel is of the ball.
      let center = Double(table.maps[62])
      let labels = ShellAverage(width: 5).labels
      #expect(labels[62] == 0 && abs(center) > 0)
      // Neighbours of the center are within the ball in every frame.
      for offset in [-1, 1, -5, 5, -25, 25] {
        #expect(abs(Double(table.maps[62 + offset]) - center) < 1e-5 * abs(center))
      }
    }
  }

  /// The error of what is refused.
  private func refusal(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return "\(error)" }
  }

  @Test func whatHasNoGradientOfItsOwnIsRefused() throws {
    try SmallTraining.with("responses-refused") { training, world in
      var plan = training.plan("shuffled") {
        $0.epochs = 1
        $0.variant = .shuffled
      }
      try SmallTraining.run(plan, on: world)
      let path = "\(training.folder)/none.h5"
      let shuffled = refusal {
        _ = try job(plan, training, path).averageSensitivity(
          inBins: [11, 13], atMost: 2, on: world
        ) { _, _ in }
      }
      plan = training.plan("shear") { $0.epochs = 1 }
      plan.input = NetworkInput(.shear, finalVoxelSize: .nan)
      plan.architecture.inputChannels = 3
      try SmallTraining.run(plan, on: world)
      let direction = refusal {
        _ = try job(plan, training, path).respond(
          to: [Perturbation(tide: 0.1, along: .direction(SIMD3(0, 0, 1)))], on: world
        ) { _, _ in }
      }
      let frames = refusal {
        _ = try job(plan, training, path).averageSensitivity(
          inBins: [11, 13], atMost: 2, on: world
        ) { _, _ in }
      }
      // The other ranks are told that the first has failed.
      let isRoot = world.isRoot
      for (refusal, words) in [
        (shuffled, "raw or averaged boxes"), (direction, "axis of the particle's own"),
        (frames, "density or potential"),
      ] {
        #expect(refusal != nil)
        #expect(!isRoot || refusal?.contains(words) == true, "\(refusal ?? "")")
      }
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  /// By hand: means and standard errors of (0.1, 0.3) and (0.2, 0.6).
  @Test func theMeanResponseIsThatOfTheParticlesOfAMass() throws {
    let samples = [12, 12.5, 13.5].map {
      Sample(simulation: 0, site: 1, logMass: $0, radius: 0, halo: 0)
    }
    let table = ResponseTable(
      perturbations: [Perturbation(density: 1), Perturbation(density: 2)], modelChecksum: "a",
      unperturbed: PredictionTable(
        simulations: ["a"], fingerprints: nil, samples: samples, predictions: [0, 0, 0]),
      perturbed: [0.1, 0.2, 0.3, 0.6, 7, 7])
    let responses = try #require(table.responses(ofMasses: 12..<13.5))
    #expect(responses.map(\.count) == [2, 2])
    for (response, (mean, error)) in zip(responses, [(0.2, 0.1), (0.4, 0.2)]) {
      #expect(abs(response.mean - mean) < 1e-7 && abs(response.error - error) < 1e-7)
    }
    #expect(table.responses(ofMasses: 13..<14) == nil)
  }
}
