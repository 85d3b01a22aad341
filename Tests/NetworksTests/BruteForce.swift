import Foundation
import Networks
import Randomness

/// Layers and network as plain loops in double precision, that share nothing with the library.
enum BruteForce {
  /// The definition of a convolution of 3^3 with zero padding.
  static func convolution(
    _ input: [Double], width: Int, inputs: Int, outputs: Int, weight: [Double], bias: [Double]
  ) -> [Double] {
    var output: [Double] = []
    for z in 0..<width {
      for y in 0..<width {
        for x in 0..<width {
          var sums = bias
          for kz in 0..<3 where (0..<width).contains(z + kz - 1) {
            for ky in 0..<3 where (0..<width).contains(y + ky - 1) {
              for kx in 0..<3 where (0..<width).contains(x + kx - 1) {
                let voxel = ((z + kz - 1) * width + y + ky - 1) * width + x + kx - 1
                for i in 0..<inputs {
                  let kernel = (((kz * 3 + ky) * 3 + kx) * inputs + i) * outputs
                  for o in 0..<outputs {
                    sums[o] += input[voxel * inputs + i] * weight[kernel + o]
                  }
                }
              }
            }
          }
          output += sums
        }
      }
    }
    return output
  }

  /// The definition of a max pool of 2^3 whose output width is rounded up.
  static func maxPool(_ input: [Double], width: Int, channels: Int) -> [Double] {
    let outputWidth = (width + 1) / 2
    var output = [Double](
      repeating: -.infinity, count: outputWidth * outputWidth * outputWidth * channels)
    for z in 0..<width {
      for y in 0..<width {
        for x in 0..<width {
          let window = ((z / 2) * outputWidth + y / 2) * outputWidth + x / 2
          for channel in 0..<channels {
            let value = input[((z * width + y) * width + x) * channels + channel]
            output[window * channels + channel] = max(output[window * channels + channel], value)
          }
        }
      }
    }
    return output
  }

  /// The definition of a dense layer.
  static func dense(_ input: [Double], weight: [Double], bias: [Double]) -> [Double] {
    bias.indices.map { o in
      bias[o] + input.indices.reduce(0) { $0 + input[$1] * weight[$1 * bias.count + o] }
    }
  }

  /// The prediction of a network.
  static func prediction(
    _ architecture: NetworkArchitecture, box: [Double], parameters: [Double]
  ) -> Double {
    let slope = Double(architecture.leakySlope)
    func rectified(_ values: [Double]) -> [Double] { values.map { $0 > 0 ? $0 : slope * $0 } }
    let tensors = architecture.parameters.tensors.map { Array(parameters[$0.range]) }
    var (width, inputs) = (architecture.boxWidth, architecture.inputChannels)
    let voxels = box.count / inputs
    // Boxes have the channel first, activations last.
    var values = (0..<box.count).map { box[$0 % inputs * voxels + $0 / inputs] }
    let channels = architecture.convolutionChannels
    for layer in channels.indices {
      values = convolution(
        values, width: width, inputs: inputs, outputs: channels[layer],
        weight: tensors[2 * layer], bias: tensors[2 * layer + 1])
      values = rectified(values)
      inputs = channels[layer]
      if layer > 0 {
        values = maxPool(values, width: width, channels: inputs)
        width = (width + 1) / 2
      }
    }
    let denseCount = architecture.hiddenUnits.count + 1
    for layer in 0..<denseCount {
      let number = 2 * (channels.count + layer)
      values = dense(values, weight: tensors[number], bias: tensors[number + 1])
      if layer < denseCount - 1 { values = rectified(values) }
    }
    return values[0]
  }
}

/// Numbers on [-1, 1) for a test, exact in single precision.
func randomNumbers(_ count: Int, index: UInt64) -> [Float] {
  var stream = RandomStream(seed: 1, for: .test, index: index)
  return (0..<count).map { _ in Float(stream.next() >> 40) * 0x1p-23 - 1 }
}

/// The sum of the products of two vectors.
func dot(_ a: [Float], _ b: [Float]) -> Double {
  zip(a, b).reduce(0) { $0 + Double($1.0) * Double($1.1) }
}

/// The numbers in double precision.
func doubles(_ values: [Float]) -> [Double] { values.map { Double($0) } }

/// Whether two vectors are the same bit by bit, NaN included.
func haveSameBits(_ a: [Float], _ b: [Float]) -> Bool {
  a.withUnsafeBytes { a in
    b.withUnsafeBytes { b in Data(a) == Data(b) }
  }
}

/// The largest difference, relative to the largest expected number.
func worstError(_ values: [Float], _ expected: [Double]) -> Double {
  precondition(values.count == expected.count)
  let scale = expected.reduce(1e-30) { max($0, abs($1)) }
  return zip(values, expected).reduce(0) {
    let error = abs(Double($1.0) - $1.1) / scale
    return error <= $0 ? $0 : error
  }
}
