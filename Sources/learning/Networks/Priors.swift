/// The priors on the weights: the penalty that is added once to the mean likelihood of a batch.
///
/// It is alpha times [the sum of w^2 over the convolutions + the sum over the dense layers but the
/// last of |w| and of sqrt(sum_j w_ij^2), where group i is the weights that leave input i]. Biases
/// and the last layer are free. The derivative is taken to be 0 where there is none, at w = 0.
///
/// Lucie-Smith et al. 2024, appendix C, doi:10.1103/PhysRevD.109.063524; group lasso: Scardapane et
/// al. 2017, doi:10.1016/j.neucom.2017.02.029. Sums are in double precision in the order of the
/// buffer, so their bits depend on the parameters alone.
package struct Priors: Hashable, Sendable {
  /// The strength of the priors.
  package let alpha: Double

  private let squared: [ParameterTensor]
  private let grouped: [ParameterTensor]

  /// Makes the priors of a strength for the parameters of a network.
  package init(alpha: Double, layout: ParameterLayout) {
    self.alpha = alpha
    squared = layout.tensors.filter { $0.role == .convolutionWeight }
    grouped = layout.tensors.filter { $0.role == .denseWeight }.dropLast()
  }

  /// Returns the penalty of parameters [count].
  package func penalty(_ parameters: UnsafePointer<Float>) -> Double {
    var sum = 0.0
    for tensor in squared {
      var squares = 0.0
      for place in tensor.range {
        let weight = Double(parameters[place])
        squares += weight * weight
      }
      sum += squares
    }
    for tensor in grouped {
      forEachGroup(of: tensor) { group in
        var absolutes = 0.0
        for place in group { absolutes += Double(abs(parameters[place])) }
        sum += absolutes + norm(of: group, in: parameters)
      }
    }
    return alpha * sum
  }

  /// Adds the derivative of the penalty to a gradient [count].
  package func addGradient(
    _ parameters: UnsafePointer<Float>, to gradient: UnsafeMutablePointer<Float>
  ) {
    let strength = Float(alpha)
    for tensor in squared {
      for place in tensor.range { gradient[place] += 2 * strength * parameters[place] }
    }
    for tensor in grouped {
      forEachGroup(of: tensor) { group in
        let norm = norm(of: group, in: parameters)
        let scale = norm == 0 ? 0 : Float(alpha / norm)
        for place in group {
          let weight = parameters[place]
          let sign: Float = weight > 0 ? 1 : weight < 0 ? -1 : 0
          gradient[place] += strength * sign + scale * weight
        }
      }
    }
  }

  private func norm(of group: Range<Int>, in parameters: UnsafePointer<Float>) -> Double {
    var squares = 0.0
    for place in group {
      let weight = Double(parameters[place])
      squares += weight * weight
    }
    return squares.squareRoot()
  }

  /// Calls `body` with the places of the weights that leave each input of a dense layer.
  private func forEachGroup(of tensor: ParameterTensor, _ body: (Range<Int>) -> Void) {
    let outputs = tensor.shape[1]
    for start in stride(from: tensor.range.lowerBound, to: tensor.range.upperBound, by: outputs) {
      body(start..<start + outputs)
    }
  }
}
