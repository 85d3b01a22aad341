import Dispatch
import Synchronization
import Testing

@testable import Networks

@Suite struct EvaluatorTests {
  /// The layout of the published layers at widths from 3 to 32, and initial weights.
  static let smallest = {
    let layout = NetworkArchitecture(boxWidth: 3).parameters
    return (layout: layout, parameters: layout.initialized(seed: 2))
  }()

  /// Prediction and gradient of one sample, computed into buffers of NaN.
  func sample(
    _ evaluator: any NetworkEvaluator, _ layout: ParameterLayout, box: [Float]
  ) -> (prediction: Float, gradient: [Float]) {
    var gradient = [Float](repeating: .nan, count: layout.count)
    let prediction = evaluator.forward(box)
    evaluator.backwardDense(outputGradient: 1, into: &gradient)
    evaluator.backwardConvolutions(into: &gradient)
    return (prediction, gradient)
  }

  func randomBox(_ width: Int, index: UInt64) -> [Float] {
    randomNumbers(width * width * width, index: index)
  }

  /// Initial weights with biases that are not zero.
  func randomParameters(_ architecture: NetworkArchitecture, seed: UInt64) -> [Float] {
    let layout = architecture.parameters
    var parameters = layout.initialized(seed: seed)
    for tensor in layout.tensors where tensor.name.hasSuffix("bias") {
      for (place, value) in zip(tensor.range, randomNumbers(tensor.count, index: seed)) {
        parameters[place] = 0.1 * value
      }
    }
    return parameters
  }

  /// A network of few channels that the kernels can compute.
  private func smallNetwork(
    _ shape: (width: Int, inputChannels: Int), for kernels: NetworkKernels
  ) -> NetworkArchitecture {
    NetworkArchitecture(
      boxWidth: shape.width, inputChannels: shape.inputChannels,
      convolutionChannels: kernels == .fast ? [16, 32, 16] : [3, 2, 3],
      hiddenUnits: [4, 3], leakySlope: 0.1)
  }

  /// Against ``BruteForce`` in double precision.
  ///
  /// Slopes are central differences over 2e-6; where the step crosses a kink of the network the
  /// two differ, which with these draws it does not.
  @Test(
    arguments: NetworkKernels.allCases, [(3, 1), (4, 1), (5, 1), (6, 1), (7, 1), (5, 3), (4, 8)])
  func predictionAndGradientAreThoseOfPlainLoops(
    kernels: NetworkKernels, shape: (width: Int, inputChannels: Int)
  ) throws {
    let architecture = smallNetwork(shape, for: kernels)
    let layout = architecture.parameters
    let parameters = randomParameters(architecture, seed: 5)
    let box = randomNumbers(architecture.boxCount, index: 50)
    let weights = try NetworkWeights(parameters, of: architecture, for: kernels)
    let evaluator = weights.makeEvaluator()
    let (prediction, gradient) = sample(evaluator, layout, box: box)

    func expected(_ place: Int, _ step: Double) -> Double {
      var stepped = doubles(parameters)
      stepped[place] += step
      return BruteForce.prediction(architecture, box: doubles(box), parameters: stepped)
    }
    #expect(abs(Double(prediction) - expected(0, 0)) < 1e-6)
    for tensor in layout.tensors.dropLast() {
      let stride = max(1, tensor.count / 5)
      let scale = (dot(Array(gradient[tensor.range]), Array(gradient[tensor.range])))
        .squareRoot()
      for place in Swift.stride(
        from: tensor.range.lowerBound, to: tensor.range.upperBound, by: stride)
      {
        let slope = (expected(place, 1e-6) - expected(place, -1e-6)) / 2e-6
        #expect(abs(Double(gradient[place]) - slope) < 1e-5 * max(scale, 1e-3), "\(tensor.name)")
      }
    }
  }

  /// Against ``BruteForce`` in double precision, as above.
  @Test(
    arguments: NetworkKernels.allCases, [(3, 1), (4, 1), (5, 1), (7, 1), (5, 3)])
  func theGradientOfTheBoxIsThatOfPlainLoops(
    kernels: NetworkKernels, shape: (width: Int, inputChannels: Int)
  ) throws {
    let architecture = smallNetwork(shape, for: kernels)
    let parameters = randomParameters(architecture, seed: 5)
    let box = randomNumbers(architecture.boxCount, index: 51)
    let gradient = BoxGradient(try NetworkWeights(parameters, of: architecture, for: kernels))
    var found = [Float](repeating: .nan, count: box.count)
    // Twice, as what is left of the sample before must not matter.
    gradient.write(of: box.reversed(), to: &found)
    let prediction = gradient.write(of: box, to: &found)

    func expected(_ place: Int, _ step: Double) -> Double {
      var stepped = doubles(box)
      stepped[place] += step
      return BruteForce.prediction(architecture, box: stepped, parameters: doubles(parameters))
    }
    #expect(abs(Double(prediction) - expected(0, 0)) < 1e-6)
    let scale = dot(found, found).squareRoot() / Double(box.count).squareRoot()
    #expect(scale > 1e-4)
    for place in Swift.stride(from: 0, to: box.count, by: max(1, box.count / 12)) {
      let slope = (expected(place, 1e-6) - expected(place, -1e-6)) / 2e-6
      #expect(abs(Double(found[place]) - slope) < 1e-4 * scale, "voxel \(place)")
    }
  }

  @Test(arguments: NetworkKernels.allCases, [3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 39])
  func thePublishedLayersTakeAnyWidth(kernels: NetworkKernels, width: Int) throws {
    let architecture = NetworkArchitecture(boxWidth: width)
    let layout = architecture.parameters
    let parameters =
      layout == Self.smallest.layout
      ? Self.smallest.parameters : layout.initialized(seed: 2)
    let weights = try NetworkWeights(parameters, of: architecture, for: kernels)
    let evaluator = weights.makeEvaluator()
    let (prediction, gradient) = sample(evaluator, layout, box: randomBox(width, index: 60))
    #expect(prediction.isFinite && prediction != 0)
    #expect(gradient.dropLast().allSatisfy { $0.isFinite })
    #expect(gradient[layout.likelihoodRange.lowerBound].isNaN, "gamma is the caller's")
    for tensor in layout.tensors.dropLast() {
      #expect(gradient[tensor.range].contains { $0 != 0 }, "\(tensor.name)")
    }
  }

  @Test(arguments: NetworkKernels.allCases)
  func eachWayBackwardWritesItsOwnRange(kernels: NetworkKernels) throws {
    let architecture = NetworkArchitecture(boxWidth: 9)
    let layout = architecture.parameters
    let parameters = Self.smallest.parameters
    let weights = try NetworkWeights(parameters, of: architecture, for: kernels)
    let evaluator = weights.makeEvaluator()
    _ = evaluator.forward(randomBox(9, index: 61))
    var gradient = [Float](repeating: .nan, count: layout.count)
    evaluator.backwardDense(outputGradient: 1, into: &gradient)
    #expect(gradient[layout.convolutionRange].allSatisfy { $0.isNaN })
    #expect(gradient[layout.denseRange].dropLast().allSatisfy { $0.isFinite })
    for place in layout.denseRange { gradient[place] = .nan }
    evaluator.backwardConvolutions(into: &gradient)
    #expect(gradient[layout.convolutionRange].allSatisfy { $0.isFinite })
    #expect(gradient[layout.denseRange].allSatisfy { $0.isNaN })
  }

  @Test(arguments: NetworkKernels.allCases)
  func theBitsOfASampleDoNotDependOnThreadsOrHistory(kernels: NetworkKernels) throws {
    let architecture = NetworkArchitecture(boxWidth: 17)
    let parameters = randomParameters(architecture, seed: 8)
    let boxes = (0..<3).map { randomBox(17, index: 70 + UInt64($0)) }
    let weights = try NetworkWeights(parameters, of: architecture, for: kernels)
    let layout = weights.layout
    let alone = boxes.map { sample(weights.makeEvaluator(), layout, box: $0) }
    let threads = 4
    let differing = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: threads) { thread in
      let evaluator = weights.makeEvaluator()
      for turn in boxes.indices {
        let n = (thread + turn) % boxes.count
        let result = sample(evaluator, layout, box: boxes[n])
        let isSame =
          result.prediction.bitPattern == alone[n].prediction.bitPattern
          && haveSameBits(result.gradient, alone[n].gradient)
        if !isSame { differing.withLock { $0.append("thread \(thread), box \(n)") } }
      }
    }
    #expect(differing.withLock { $0 } == [])
    #expect(Set(alone.map(\.prediction)).count == boxes.count)
  }

  /// The published layers have two chunks of input channels in the first block, eight in the last ones.
  @Test(arguments: NetworkKernels.allCases, [2, 3, 9])
  func threadsThatShareASampleChangeNoBit(kernels: NetworkKernels, threads: Int) throws {
    let architecture = NetworkArchitecture(boxWidth: 13)
    let parameters = randomParameters(architecture, seed: 10)
    let box = randomBox(13, index: 82)
    let weights = try NetworkWeights(parameters, of: architecture, for: kernels)
    let together = try NetworkWeights(parameters, of: architecture, for: kernels, threads: threads)
    let alone = sample(weights.makeEvaluator(), weights.layout, box: box)
    let evaluator = together.makeEvaluator(threads: threads)
    for _ in 0..<3 {
      let shared = sample(evaluator, weights.layout, box: box)
      #expect(shared.prediction.bitPattern == alone.prediction.bitPattern)
      #expect(haveSameBits(shared.gradient, alone.gradient))
    }
  }

  @Test(arguments: NetworkKernels.allCases)
  func predictGivesTheBitsOfForward(kernels: NetworkKernels) throws {
    let architecture = NetworkArchitecture(boxWidth: 13)
    let parameters = randomParameters(architecture, seed: 9)
    let box = randomBox(13, index: 80)
    let weights = try NetworkWeights(parameters, of: architecture, for: kernels)
    let evaluator = weights.makeEvaluator()
    let forward = evaluator.forward(box)
    #expect(evaluator.predict(box).bitPattern == forward.bitPattern)
  }

  /// A voxel in the middle, at a face and at the last corner of a box whose pools have odd axes.
  @Test(arguments: NetworkKernels.allCases, [0, 11 * 11 * 5 + 11 * 5 + 5, 11 * 11 * 11 - 1])
  func aVoxelThatIsNotANumberIsNotHidden(kernels: NetworkKernels, voxel: Int) throws {
    let architecture = NetworkArchitecture(boxWidth: 11)
    let parameters = Self.smallest.parameters
    let weights = try NetworkWeights(parameters, of: architecture, for: kernels)
    let evaluator = weights.makeEvaluator()
    var box = randomBox(11, index: 81)
    box[voxel] = .nan
    #expect(evaluator.predict(box).isNaN)
    box[voxel] = 0
    #expect(evaluator.predict(box).isFinite)
  }

  @Test func theReferenceNamesItsLibraryAndProcessor() {
    let words = NetworkKernels.reference.implementation.split(separator: " ")
    #expect(words.count == 3)
    #expect(words.first == "OpenBLAS")
    #expect(words.last?.hasPrefix("(") == true && words.last?.hasSuffix(")") == true)
  }

  /// Three buffers of 75^3 x 32 numbers (54 MB each), a slab of 1 MB, and the small ones.
  @Test func theReferenceNeedsBoundedMemory() throws {
    let architecture = NetworkArchitecture()
    let evaluator = try NetworkWeights(
      architecture.parameters.initialized(seed: 1), of: architecture, for: .reference
    ).makeEvaluator()
    let largest = 75 * 75 * 75 * 32 * MemoryLayout<Float>.size
    #expect(evaluator.workspaceBytes > 3 * largest)
    #expect(evaluator.workspaceBytes < 3 * largest + 24 << 20)
  }
}
