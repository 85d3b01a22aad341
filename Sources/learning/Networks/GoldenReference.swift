internal import DurableFiles
internal import Failures
package import Foundation

/// Values of the network, loss, priors and optimizer that another program computed.
///
/// The file is made by PyTorch's automatic differentiation in double precision for the default
/// architecture at one box width and number of channels. It holds no weights: weights, boxes and truths are functions of
/// integers, regenerated here, with u(stream, i) = (splitmix64(stream 2^32 + i) >> 40) / 2^24:
///
/// | what | value | stream |
/// | --- | --- | --- |
/// | weights of layer l = 0, ... | limit (2u - 1), limit = sqrt(6 / (fanIn + fanOut)) | 100 + l |
/// | biases of layer l | 0.02 (2u - 1) | 200 + l |
/// | box n | 2 (2u - 1) | 300 + n |
/// | truth n | 1.8 u(400, n) - 0.9 | 400 |
package struct GoldenReference: Codable, Sendable {
  /// The width of the boxes [voxels].
  package let size: Int

  /// The number of channels of the boxes; `nil` for one.
  let channels: Int?

  /// The number of boxes, one batch.
  package let batch: Int

  /// The strength of the priors.
  package let alpha: Double

  /// The number of features that the dense layers get.
  package let features: Int

  /// The number of parameters.
  package let parameters: Int

  /// The slope of the rectifier below zero.
  let activationSlope: Double

  /// The optimizer's learning rate.
  package let learningRate: Double

  /// The optimizer's memory of the first moment.
  package let beta1: Double

  /// The optimizer's memory of the second moment.
  package let beta2: Double

  /// The number that the optimizer adds to the root of the second moment.
  package let epsilon: Double

  /// The steps on the same batch, each before its update.
  package let steps: [Step]

  /// For each tensor, the places within it whose gradient is recorded.
  let probeIndices: [String: [Int]]

  /// Values of the loss alone.
  let lossVectors: [LossVector]

  /// The values computed at one step, before the update.
  package struct Step: Codable, Sendable {
    /// The prediction for each box.
    package let prediction: [Double]

    /// The mean of the loss over the batch.
    package let likelihood: Double

    /// The penalty of the priors.
    package let penalty: Double

    /// The sum of both.
    package let loss: Double

    /// Gamma.
    package let gamma: Double

    /// For each tensor, its gradient; empty at the steps that record none.
    package let gradients: [String: Gradient]
  }

  /// A summary of the gradient of one tensor, priors included.
  package struct Gradient: Codable, Sendable {
    /// The root of the sum of squares.
    let l2: Double

    /// The sum.
    package let sum: Double

    /// The elements at the tensor's probe indices.
    package let probe: [Double]
  }

  /// One value of the loss.
  struct LossVector: Codable, Sendable {
    /// The prediction.
    package let y: Double

    /// The truth.
    package let d: Double

    /// The width of the distribution.
    package let gamma: Double

    /// The loss.
    package let value: Double
  }

  private enum CodingKeys: String, CodingKey {
    case size, channels, batch, alpha, features, parameters
    case activationSlope = "activation_slope"
    case learningRate = "learning_rate"
    case beta1, beta2, epsilon, steps
    case probeIndices = "probe_indices"
    case lossVectors = "loss_vectors"
  }

  /// Reads a file of golden values.
  ///
  /// - Throws: `FileError` if it cannot be read, `Failure` that names the file if it cannot be understood.
  package init(contentsOf file: URL) throws {
    func unusable(_ reason: String) -> Failure {
      Failure(
        .badData, "cannot use the golden values in \(file.path)", because: reason,
        remedy: "give a file that the generator of golden values wrote to its end")
    }
    let data = try DurableFile.read(file.path)
    do {
      self = try JSONDecoder().decode(GoldenReference.self, from: data)
    } catch DecodingError.keyNotFound(let key, _) {
      throw unusable("it has no `\(key.stringValue)`")
    } catch DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context)
    {
      let keys = context.codingPath.map(\.stringValue).joined(separator: ".")
      throw unusable("`\(keys)` is not of its type")
    } catch {
      throw unusable("it is not valid JSON")
    }
    do { try architecture.validate() } catch {
      throw unusable(error.description)
    }
    let layout = architecture.parameters
    guard layout.count == parameters, architecture.featureCount == features else {
      throw unusable(
        "it has \(parameters) parameters and \(features) features where a network of width "
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
      throw unusable("its steps do not fit its batch, tensors or probe indices")
    }
  }
}

// MARK: - What is regenerated from integers

extension GoldenReference {
  /// The network that the values are of: the default one at the file's width.
  package var architecture: NetworkArchitecture {
    NetworkArchitecture(
      boxWidth: size, inputChannels: channels ?? 1, leakySlope: Float(activationSlope))
  }

  /// The parameters before the first step, [count].
  func initialParameters() -> [Float] {
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
      case .likelihood: values[tensor.range.lowerBound] = Float(steps[0].gamma)
      }
    }
    return values
  }

  /// Box `n` of the batch, [channel, size, size, size].
  package func box(_ n: Int) -> [Float] {
    (0..<architecture.boxCount).map { 2 * (2 * Self.uniform(stream: 300 + UInt64(n), $0) - 1) }
  }

  /// The truth of box `n`.
  package func truth(_ n: Int) -> Float { 1.8 * Self.uniform(stream: 400, n) - 0.9 }

  /// A multiple of 2^-24 in [0, 1): the high bits of splitmix64 (Steele, Lea, Flood 2014,
  /// doi:10.1145/2660193.2660195).
  private static func uniform(stream: UInt64, _ index: Int) -> Float {
    var z = (stream << 32) &+ UInt64(index) &+ 0x9E37_79B9_7F4A_7C15
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return Float((z ^ (z >> 31)) >> 40) * 0x1p-24
  }
}
