import CKernels
import CReferenceNetwork
import Foundation
import Testing

/// A network's shape for a test.
struct NetworkShape: CustomTestStringConvertible {
  var width: Int
  var channels: [Int]
  var slope: Float = 0.03
  /// The channels of the box.
  var inputs = 1

  var testDescription: String {
    "\(width)^3, \(inputs) inputs, channels \(channels), slope \(slope)"
  }

  /// Box widths odd and even, whose pooled widths are odd and even too, and every kind of channel count:
  /// a single chunk of 16, a last panel of 16, several panels, several groups.
  static let all = [
    NetworkShape(width: 3, channels: [16, 16]),
    NetworkShape(width: 4, channels: [32, 16, 48]),
    NetworkShape(width: 5, channels: [16, 32, 64, 32]),
    NetworkShape(width: 7, channels: [48, 80, 16], slope: 0),
    NetworkShape(width: 8, channels: [32, 64, 16], slope: 0.25),
    NetworkShape(width: 9, channels: [16, 64, 128, 32]),
    NetworkShape(width: 13, channels: [64, 32], slope: 1),
    NetworkShape(width: 17, channels: [32, 16, 64, 16]),
    NetworkShape(width: 20, channels: [32, 32, 64]),
    NetworkShape(width: 25, channels: [16, 16, 16, 32]),
  ]

  /// Boxes of every number of channels that the kernels take.
  static let severalInputs = (1...8).map {
    NetworkShape(width: 5 + $0, channels: [$0 % 2 == 0 ? 32 : 48, 16, 32], inputs: $0)
  }

  /// Every odd width from 3 to 39, and every number of channels to 128 on both sides of a convolution.
  ///
  /// Wide boxes have few channels before their pools, so that plain loops stay quick.
  static let sweep = (0..<19).map { number in
    let width = 3 + 2 * number
    let any = (16 * (1 + number % 8), 16 * (1 + (5 * number + 3) % 8))
    return NetworkShape(
      width: width,
      channels: width < 12
        ? [any.0, any.1, 16] : [16, 16] + (width < 26 ? [] : [16]) + [any.0, any.1]
    )
  }
}

/// A network with random parameters, box and gradient of the features.
struct NetworkSample {
  var parameters: [Float] = []
  var box: [Float]
  var featureGradient: [Float]
  /// The range of each tensor in the parameters.
  var tensors: [Range<Int>] = []

  init(_ shape: NetworkShape, seed: UInt64) {
    var generator = TestGenerator(seed: seed)
    for (inputs, outputs) in zip([shape.inputs] + shape.channels, shape.channels) {
      let limit = (6 / Float(27 * (inputs + outputs))).squareRoot()
      for (count, scale) in [(27 * inputs * outputs, limit), (outputs, 0.1)] {
        tensors.append(parameters.count..<parameters.count + count)
        parameters += generator.values(count, scale: scale)
      }
    }
    box = generator.values(shape.inputs * shape.width * shape.width * shape.width, scale: 2)
    let pooled = shape.channels.dropFirst().reduce(shape.width) { width, _ in (width + 1) / 2 }
    featureGradient = generator.values(
      pooled * pooled * pooled * shape.channels[shape.channels.count - 1], scale: 1)
  }
}

/// What the passes give.
struct NetworkResult {
  var features: [Float]
  var gradient: [Float]
  /// What was decided at all pools.
  var decisions: [UInt8] = []

  /// Runs the kernels in memory that holds no useful value before.
  init(
    _ shape: NetworkShape, _ sample: NetworkSample, _ instructions: InstructionSet, parts: Int,
    cache: Int = 0
  ) {
    guard
      let network = halompi_network_create(
        shape.width, shape.inputs, shape.channels, shape.channels.count, shape.slope,
        instructions.value, cache)
    else { fatalError("a supported shape was refused: \(shape)") }
    defer { halompi_network_destroy(network) }
    func allocate(_ bytes: Int) -> UnsafeMutableRawPointer {
      let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      memory.initializeMemory(as: UInt8.self, repeating: 0xff, count: bytes)
      return memory
    }
    let workspace = allocate(halompi_workspace_bytes(network, parts))
    let prepared = allocate(halompi_prepared_bytes(network))
    defer {
      workspace.deallocate()
      prepared.deallocate()
    }
    features = [Float](repeating: .nan, count: halompi_feature_count(network))
    gradient = [Float](repeating: .nan, count: halompi_convolution_parameter_count(network))
    for part in 0..<parts {
      halompi_prepare_weights(network, sample.parameters, prepared, part, parts)
    }
    for stage in 0..<halompi_stage_count(network) {
      for part in (0..<parts).reversed() {
        halompi_forward_stage(
          network, sample.parameters, prepared, sample.box, workspace, &features, stage, part, parts
        )
      }
    }
    var width = shape.width
    for (block, channels) in shape.channels.dropFirst().enumerated() {
      width = (width + 1) / 2
      var pool = [UInt8](repeating: 255, count: width * width * width * channels)
      halompi_pool_decisions(network, workspace, block, &pool)
      decisions += pool
    }
    for stage in 0..<halompi_stage_count(network) {
      for part in (0..<parts).reversed() {
        halompi_backward_stage(
          network, sample.parameters, prepared, workspace, sample.featureGradient, &gradient,
          stage, part, parts)
      }
    }
  }
}

/// The l2 norm of the difference, relative to that of the expected values.
func relativeError(_ values: [Float], _ expected: [Double], _ range: Range<Int>? = nil) -> Double {
  let range = range ?? values.indices
  return values.withUnsafeBufferPointer { values in
    expected.withUnsafeBufferPointer { expected in
      reference_relative_error(
        values.extracting(range).baseAddress, expected.extracting(range).baseAddress, range.count)
    }
  }
}

/// Whether two arrays have the same bits; unlike `==` this tells -0 from 0 and takes a NaN for itself.
func haveSameBits(_ a: [Float], _ b: [Float]) -> Bool {
  a.count == b.count && memcmp(a, b, a.count * MemoryLayout<Float>.stride) == 0
}

/// The convolutions forward and backward against plain loops in double precision (CReferenceNetwork).
@Suite struct NetworkTests {
  @Test(arguments: NetworkShape.all + NetworkShape.severalInputs)
  func featuresAndGradientsAreThoseOfPlainLoops(_ shape: NetworkShape) {
    let sample = NetworkSample(shape, seed: UInt64(shape.width))
    let result = NetworkResult(
      shape, sample, .supported[InstructionSet.supported.count - 1], parts: 1)
    Self.compareWithPlainLoops(result, shape, sample)
  }

  /// Where some of many voxels nearly tie, rounding decides which is the maximum; `takesItsDecisions` lets the plain
  /// loops decide as the kernels did.
  static func compareWithPlainLoops(
    _ result: NetworkResult, _ shape: NetworkShape, _ sample: NetworkSample,
    takesItsDecisions: Bool = false
  ) {
    var features = [Double](repeating: 0, count: result.features.count)
    var gradient = [Double](repeating: 0, count: result.gradient.count)
    var misjudgement = 0.0
    let outputGradient = sample.featureGradient.map(Double.init)
    result.decisions.withUnsafeBufferPointer { decisions in
      reference_network(
        Int32(shape.width), Int32(shape.inputs), shape.channels.map(Int32.init),
        Int32(shape.channels.count),
        Double(shape.slope), sample.parameters, sample.box, outputGradient,
        takesItsDecisions ? decisions.baseAddress : nil, &features, &gradient, &misjudgement)
    }
    #expect(misjudgement < 1e-5)
    // Rounding alone gives some 1e-7 to 1e-6; the goal for the network is 1e-4.
    #expect(relativeError(result.features, features) < 1e-5)
    for tensor in sample.tensors {
      #expect(relativeError(result.gradient, gradient, tensor) < 1e-5, "\(tensor)")
    }
  }

  @Test(arguments: NetworkShape.all + NetworkShape.severalInputs)
  func everyInstructionSetGivesTheSameBits(_ shape: NetworkShape) {
    let sample = NetworkSample(shape, seed: 100 + UInt64(shape.width))
    let expected = NetworkResult(shape, sample, .portable, parts: 1)
    // Nor does the number of parts matter that preparation and passes are divided into.
    for instructions in InstructionSet.supported {
      for parts in instructions == .portable ? [3] : [1, 2, 7] {
        let result = NetworkResult(shape, sample, instructions, parts: parts)
        #expect(haveSameBits(result.features, expected.features), "\(instructions), \(parts) parts")
        #expect(haveSameBits(result.gradient, expected.gradient), "\(instructions), \(parts) parts")
      }
    }
  }

  @Test func blocksForAnyCacheGiveTheSameBits() {
    let shape = NetworkShape(width: 39, channels: [32, 32, 64, 16])
    let sample = NetworkSample(shape, seed: 300)
    let caches = [64, 512, 1024, 1280, 2048, 65536].map { $0 << 10 }
    let fastest = InstructionSet.supported[InstructionSet.supported.count - 1]
    let results = caches.map { NetworkResult(shape, sample, fastest, parts: 2, cache: $0) }
    for result in results.dropFirst() {
      #expect(haveSameBits(result.features, results[0].features))
      #expect(haveSameBits(result.gradient, results[0].gradient))
    }
    // They are other blocks: their memory differs.
    let blocks = caches.map { cache in
      let network = halompi_network_create(
        shape.width, 1, shape.channels, shape.channels.count, shape.slope, HALOMPI_FASTEST, cache)
      defer { halompi_network_destroy(network) }
      return halompi_workspace_bytes(network, 1)
    }
    #expect(Set(blocks).count >= 2, "\(blocks)")
    #expect((128 << 10...64 << 20).contains(halompi_second_level_cache()))
  }

  @Test(arguments: NetworkShape.sweep)
  func everyWidthAndNumberOfChannelsIsComputed(_ shape: NetworkShape) {
    let sample = NetworkSample(shape, seed: 200 + UInt64(shape.width))
    // The portable form, which is slow, has the shapes above.
    let fast = InstructionSet.supported.filter {
      $0 != .portable || InstructionSet.supported.count == 1
    }
    let results = fast.map { NetworkResult(shape, sample, $0, parts: 2) }
    for result in results {
      #expect(haveSameBits(result.features, results[0].features))
      #expect(haveSameBits(result.gradient, results[0].gradient))
    }
    Self.compareWithPlainLoops(results[0], shape, sample, takesItsDecisions: true)
  }

  @Test(arguments: InstructionSet.supported)
  func tiesGoToTheFirstPlaceInMemoryOrder(_ instructions: InstructionSet) {
    // With one tap in the middle and a constant box every voxel of a window is a maximum. The gradient of
    // conv2's first tap (-1, -1, -1) sees the voxel before the first place, so it is 0 for the windows at the
    // lower faces: of 2^3 windows exactly one has its first place's neighbour inside.
    let shape = NetworkShape(width: 4, channels: [16, 16])
    var sample = NetworkSample(shape, seed: 1)
    for i in sample.parameters.indices { sample.parameters[i] = 0 }
    for o in 0..<16 { sample.parameters[13 * 16 + o] = 1 }
    let second = sample.tensors[2].lowerBound
    for o in 0..<16 { sample.parameters[second + (13 * 16 + o) * 16 + o] = 1 }
    sample.box = [Float](repeating: 3, count: 64)
    sample.featureGradient = [Float](repeating: 1, count: 8 * 16)
    let result = NetworkResult(shape, sample, instructions, parts: 1)
    #expect(result.features == [Float](repeating: 3, count: 8 * 16))
    #expect(result.gradient[second] == 3)
    #expect(result.gradient[second + 13 * 256] == 24)
    #expect(result.gradient[second + 26 * 256] == 24)
  }

  @Test func unsupportedShapesAreRefused() {
    let cases: [(Int, [Int], Float)] = [
      (2, [16, 16], 0.03), (1025, [16, 16], 0.03), (8, [16], 0.03), (8, [16, 24], 0.03),
      (8, [0, 16], 0.03), (8, [16, 16], -0.1), (8, [16, 16], 1.5), (8, [16, 16], .nan),
      (8, [Int](repeating: 16, count: 17), 0.03),
    ]
    for (width, channels, slope) in cases {
      #expect(
        halompi_network_create(width, 1, channels, channels.count, slope, HALOMPI_FASTEST, 0)
          == nil,
        "\(width) \(channels) \(slope)")
    }
    for inputs in [0, 9] {
      #expect(halompi_network_create(8, inputs, [16, 16], 2, 0.03, HALOMPI_FASTEST, 0) == nil)
    }
  }
}
