import CReferenceNetwork
import Fields
import Foundation
import Testing

@testable import Networks

/// The fast kernels against the whole network in double precision: loss and every gradient tensor.
///
/// Two voxels of a pool's window often tie to the last digits, or a sum is 0 up to them, and then rounding decides where
/// the gradient goes, in any single-precision program. So the double-precision network decides as the kernels did, and it
/// is checked besides that every decision is right up to rounding.
@Suite struct AccuracyTests {
  /// The relative errors of one sample.
  struct Errors {
    /// The error of the loss, relative to it.
    var loss = 0.0
    /// For each tensor, the l2 norm of the error of its gradient, relative to that of the gradient.
    var tensors: [(name: String, error: Double)] = []
    /// The most that a chosen voxel is below the largest of its window, or a value beyond the zero that it was taken
    /// not to reach, in root mean squares of its layer.
    var misjudgement = 0.0
  }

  static func errors(_ architecture: NetworkArchitecture, box: [Float]) throws -> Errors {
    let layout = architecture.parameters
    let parameters = layout.initialized(seed: 11)
    let weights = try NetworkWeights(parameters, of: architecture, for: .fast)
    let evaluator = try #require(weights.makeEvaluator() as? FastEvaluator)
    let loss = TruncatedCauchyLoss(gamma: 0.2)
    let truth = 0.4
    var gradient = [Float](repeating: 0, count: layout.count)
    let prediction = Double(evaluator.forward(box))
    let value = loss.evaluate(prediction: prediction, truth: truth)
    evaluator.backwardDense(outputGradient: Float(value.predictionGradient), into: &gradient)
    let decisions = evaluator.poolDecisions().flatMap { $0 }
    evaluator.backwardConvolutions(into: &gradient)

    // The features first, for the dense layers; then the gradients of the convolutions.
    let reference = DoublePrecision(
      architecture, parameters: parameters, box: box, decisions: decisions)
    let (expectedPrediction, dense) = reference.forward()
    let expected = loss.evaluate(prediction: expectedPrediction, truth: truth)
    let expectedGradient = reference.backward(dense, expected.predictionGradient)
    var errors = Errors()
    errors.loss = abs(value.value - expected.value) / abs(expected.value)
    errors.misjudgement = reference.misjudgement
    for tensor in layout.tensors.dropLast() {
      let (mine, theirs) = (gradient[tensor.range], expectedGradient[tensor.range])
      let difference = zip(mine, theirs).reduce(0) {
        $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1)
      }
      let square = theirs.reduce(0) { $0 + $1 * $1 }
      errors.tensors.append((tensor.name, (difference / square).squareRoot()))
    }
    return errors
  }

  static func check(_ errors: Errors) {
    #expect(errors.loss < 1e-4)
    #expect(errors.misjudgement < 1e-5)
    for (name, error) in errors.tensors { #expect(error < 1e-4, "\(name)") }
  }

  @Test(arguments: [7, 12, 19])
  func lossAndGradientsAreThoseOfDoublePrecision(width: Int) throws {
    Self.check(
      try Self.errors(
        NetworkArchitecture(boxWidth: width), box: randomNumbers(width * width * width, index: 90)))
  }

  /// Gradients of the first convolution come after those of all others, whose roundings they have too.
  @Test(arguments: 1...8) func everyNumberOfChannelsOfTheBoxIsAsPrecise(inputChannels: Int) throws {
    let architecture = NetworkArchitecture(boxWidth: 12, inputChannels: inputChannels)
    let errors = try Self.errors(architecture, box: randomNumbers(architecture.boxCount, index: 92))
    Self.check(errors)
    #expect(errors.loss < 1e-6)
    for (name, error) in errors.tensors {
      #expect(error < (name.hasPrefix("conv1") ? 1e-6 : 2e-6), "\(name)")
    }
  }

  /// The width of the paper, on random numbers and on a real field: two minutes, for `scripts/checks/accuracy`.
  @Test(
    .enabled(
      if: ProcessInfo.processInfo.environment["HALOMPI_ACCURACY_FIELDS"] != nil,
      "needs HALOMPI_ACCURACY_FIELDS (scripts/checks/accuracy)"))
  func atFullWidthOnARandomAndOnARealBox() throws {
    let environment = ProcessInfo.processInfo.environment
    let width = 75
    let architecture = NetworkArchitecture(boxWidth: width)
    let path = try #require(environment["HALOMPI_ACCURACY_FIELDS"])
    var report = ""
    for (name, box) in [
      ("random", randomNumbers(width * width * width, index: 91)),
      (path, try Self.realBox(width, from: path)),
    ] {
      let errors = try Self.errors(architecture, box: box)
      Self.check(errors)
      report += "\(name): loss \(errors.loss), misjudgement \(errors.misjudgement)\n"
      for (tensor, error) in errors.tensors { report += "  \(tensor) \(error)\n" }
    }
    if let file = environment["HALOMPI_ACCURACY_REPORT"] {
      try report.write(toFile: file, atomically: true, encoding: .utf8)
    }
  }

  /// A box of the density around a site in a halo, standardized, periodic.
  static func realBox(_ width: Int, from path: String) throws -> [Float] {
    let file = try FieldFile.open(path)
    let n = file.metadata.gridSize
    let density = try file.read(.density)
    let masses = try file.read(.logMass)
    try file.close()
    let mean = density.reduce(0) { $0 + Double($1) } / Double(density.count)
    let variance = density.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
    let deviation = (variance / Double(density.count)).squareRoot()
    let site = try #require(masses.firstIndex { !$0.isNaN })
    let center = [site / n / n, site / n % n, site % n]
    func place(_ offset: Int, _ axis: Int) -> Int {
      ((center[axis] + offset - width / 2) % n + n) % n
    }
    var box: [Float] = []
    for z in 0..<width {
      for y in 0..<width {
        for x in 0..<width {
          let value = density[(place(z, 0) * n + place(y, 1)) * n + place(x, 2)]
          box.append(Float((Double(value) - mean) / deviation))
        }
      }
    }
    return box
  }
}

/// The network in double precision with given decisions: plain loops that share nothing with the library.
final class DoublePrecision {
  let architecture: NetworkArchitecture
  let layout: ParameterLayout
  let parameters: [Float]
  let box: [Float]
  let decisions: [UInt8]
  private(set) var misjudgement = 0.0

  init(
    _ architecture: NetworkArchitecture, parameters: [Float], box: [Float], decisions: [UInt8]
  ) {
    self.architecture = architecture
    layout = architecture.parameters
    self.parameters = parameters
    self.box = box
    self.decisions = decisions
  }

  private var slope: Double { Double(architecture.leakySlope) }

  /// The features and the gradient of the convolutions for a gradient of the features.
  private func convolutions(_ featureGradient: [Double]) -> (features: [Double], gradient: [Double])
  {
    var features = [Double](repeating: 0, count: architecture.featureCount)
    var gradient = [Double](repeating: 0, count: layout.convolutionRange.count)
    reference_network(
      Int32(architecture.boxWidth), Int32(architecture.inputChannels),
      architecture.convolutionChannels.map(Int32.init),
      Int32(architecture.convolutionChannels.count), slope, parameters, box, featureGradient,
      decisions, &features, &gradient, &misjudgement)
    return (features, gradient)
  }

  /// The prediction, and the values of all dense layers, the features first.
  func forward() -> (prediction: Double, units: [[Double]]) {
    var units = [convolutions([Double](repeating: 0, count: architecture.featureCount)).features]
    let layers = architecture.hiddenUnits.count + 1
    for layer in 0..<layers {
      let (weight, bias) = tensors(layer)
      var sums = bias.map { Double(parameters[$0]) }
      for (i, input) in units[layer].enumerated() {
        for o in sums.indices {
          sums[o] += input * Double(parameters[weight.lowerBound + i * sums.count + o])
        }
      }
      units.append(layer == layers - 1 ? sums : sums.map { $0 > 0 ? $0 : slope * $0 })
    }
    return (units[layers][0], units)
  }

  /// The gradient of all parameters but gamma.
  func backward(_ units: [[Double]], _ outputGradient: Double) -> [Double] {
    var gradient = [Double](repeating: 0, count: layout.count)
    let layers = architecture.hiddenUnits.count + 1
    var incoming = [outputGradient]
    for layer in (0..<layers).reversed() {
      if layer < layers - 1 {
        incoming = zip(incoming, units[layer + 1]).map { $1 > 0 ? $0 : slope * $0 }
      }
      let (weight, bias) = tensors(layer)
      for (o, value) in incoming.enumerated() { gradient[bias.lowerBound + o] = value }
      var outgoing: [Double] = []
      for (i, input) in units[layer].enumerated() {
        let row = weight.lowerBound + i * incoming.count
        var sum = 0.0
        for (o, value) in incoming.enumerated() {
          gradient[row + o] = input * value
          sum += Double(parameters[row + o]) * value
        }
        outgoing.append(sum)
      }
      incoming = outgoing
    }
    let convolutions = convolutions(incoming).gradient
    for (place, value) in convolutions.enumerated() { gradient[place] = value }
    return gradient
  }

  private func tensors(_ layer: Int) -> (weight: Range<Int>, bias: Range<Int>) {
    let first = 2 * (architecture.convolutionChannels.count + layer)
    return (layout.tensors[first].range, layout.tensors[first + 1].range)
  }
}
