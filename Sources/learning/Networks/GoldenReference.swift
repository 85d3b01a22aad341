public import Foundation

/// Values of the network, loss, priors and optimiser that another program computed.
///
/// The file is made by PyTorch's automatic differentiation in double precision for the default
/// architecture at one box width. It holds no weights: weights, boxes and truths are functions of
/// integers, regenerated here, with u(stream, i) = (splitmix64(stream 2^32 + i) >> 40) / 2^24:
///
/// | what | value | stream |
/// | --- | --- | --- |
/// | weights of layer l = 0, ... | limit (2u - 1), limit = sqrt(6 / (fanIn + fanOut)) | 100 + l |
/// | biases of layer l | 0.02 (2u - 1) | 200 + l |
/// | box n | 2 (2u - 1) | 300 + n |
/// | truth n | 1.8 u(400, n) - 0.9 | 400 |
public struct GoldenReference: Codable, Sendable {
  /// The width of the boxes [voxels].
  public let size: Int

  /// The number of boxes, one batch.
  public let batch: Int

  /// The strength of the priors.
  public let alpha: Double

  /// The number of features that the dense layers get.
  public let features: Int

  /// The number of parameters.
  public let parameters: Int

  /// The slope of the rectifier below zero.
  public let activationSlope: Double

  /// The optimiser's learning rate.
  public let learningRate: Double

  /// The optimiser's memory of the first moment.
  public let beta1: Double

  /// The optimiser's memory of the second moment.
  public let beta2: Double

  /// What the optimiser adds to the root of the second moment.
  public let epsilon: Double

  /// The steps on the same batch, each before its update.
  public let steps: [Step]

  /// For each tensor, the places within it whose gradient is recorded.
  public let probeIndices: [String: [Int]]

  /// Values of the loss alone.
  public let lossVectors: [LossVector]

  /// What was computed at one step, before the update.
  public struct Step: Codable, Sendable {
    /// The prediction for each box.
    public let prediction: [Double]

    /// The mean of the loss over the batch.
    public let likelihood: Double

    /// The penalty of the priors.
    public let penalty: Double

    /// The sum of both.
    public let loss: Double

    /// Gamma.
    public let gamma: Double

    /// For each tensor, its gradient; empty at the steps that record none.
    public let gradients: [String: Gradient]
  }

  /// A summary of the gradient of one tensor, priors included.
  public struct Gradient: Codable, Sendable {
    /// The root of the sum of squares.
    public let l2: Double

    /// The sum.
    public let sum: Double

    /// The elements at the tensor's probe indices.
    public let probe: [Double]
  }

  /// One value of the loss.
  public struct LossVector: Codable, Sendable {
    /// The prediction.
    public let y: Double

    /// The truth.
    public let d: Double

    /// The width of the distribution.
    public let gamma: Double

    /// The loss.
    public let value: Double
  }

  private enum CodingKeys: String, CodingKey {
    case size, batch, alpha, features, parameters
    case activationSlope = "activation_slope"
    case learningRate = "learning_rate"
    case beta1, beta2, epsilon, steps
    case probeIndices = "probe_indices"
    case lossVectors = "loss_vectors"
  }

  /// Reads a file of golden values.
  ///
  /// - Throws: ``GoldenReferenceError`` that names the file, if it cannot be read or understood.
  public init(contentsOf file: URL) throws(GoldenReferenceError) {
    do {
      self = try JSONDecoder().decode(GoldenReference.self, from: Data(contentsOf: file))
    } catch {
      throw GoldenReferenceError(file: file.path, reason: "\(error)")
    }
    do { try architecture.validate() } catch {
      throw GoldenReferenceError(file: file.path, reason: error.description)
    }
    let layout = architecture.parameters
    guard layout.count == parameters, architecture.featureCount == features else {
      throw GoldenReferenceError(
        file: file.path,
        reason: "it has \(parameters) parameters and \(features) features where a network of width "
          + "\(size) has \(layout.count) and \(architecture.featureCount)")
    }
    let isComplete = steps.allSatisfy { step in
      step.prediction.count == batch
        && step.gradients.allSatisfy { name, gradient in
          guard let tensor = layout[name], let probes = probeIndices[name] else { return false }
          return probes.count == gradient.probe.count
            && probes.allSatisfy((0..<tensor.count).contains)
        }
    }
    guard isComplete, !steps.isEmpty else {
      throw GoldenReferenceError(
        file: file.path, reason: "its steps do not fit its batch, tensors or probe indices")
    }
  }
}

/// A file of golden values that cannot be used.
public struct GoldenReferenceError: Error, Hashable, CustomStringConvertible {
  /// The file.
  public let file: String

  /// Why it cannot be used.
  public let reason: String

  /// What was being done, to which file, why it failed and what to try.
  public var description: String {
    "cannot use the golden values in \(file): \(reason); "
      + "give a file that the generator of golden values wrote to its end"
  }
}

// MARK: - What is regenerated from integers

extension GoldenReference {
  /// The network that the values are of: the default one at the file's width.
  public var architecture: NetworkArchitecture {
    NetworkArchitecture(boxWidth: size, leakySlope: Float(activationSlope))
  }

  /// The parameters before the first step, [count].
  public func initialParameters() -> [Float] {
    let layout = architecture.parameters
    var values = [Float](repeating: 0, count: layout.count)
    for (number, tensor) in layout.tensors.enumerated() {
      let layer = UInt64(number / 2)
      switch tensor.role {
      case .convolutionWeight, .denseWeight:
        let limit = Float((6 / Double(tensor.fanIn + tensor.fanOut)).squareRoot())
        for (i, place) in tensor.range.enumerated() {
          values[place] = limit * (2 * Self.uniform(stream: 100 + layer, i) - 1)
        }
      case .convolutionBias, .denseBias:
        for (i, place) in tensor.range.enumerated() {
          values[place] = 0.02 * (2 * Self.uniform(stream: 200 + layer, i) - 1)
        }
      case .gamma: values[tensor.range.lowerBound] = Float(steps[0].gamma)
      }
    }
    return values
  }

  /// Box `n` of the batch, [size, size, size].
  public func box(_ n: Int) -> [Float] {
    (0..<size * size * size).map { 2 * (2 * Self.uniform(stream: 300 + UInt64(n), $0) - 1) }
  }

  /// The truth of box `n`.
  public func truth(_ n: Int) -> Float { 1.8 * Self.uniform(stream: 400, n) - 0.9 }

  /// A multiple of 2^-24 in [0, 1): the high bits of splitmix64 (Steele, Lea, Flood 2014,
  /// doi:10.1145/2660193.2660195).
  private static func uniform(stream: UInt64, _ index: Int) -> Float {
    var z = (stream << 32) &+ UInt64(index) &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((z ^ (z >> 31)) >> 40) * 0x1p-24
  }
}
