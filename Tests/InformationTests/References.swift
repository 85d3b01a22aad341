import Foundation
import Testing

@testable import Information

/// What gmm-mi, scikit-learn and quadrature gave for the same data, from `Fixtures`.
struct StageReference: Decodable {
  struct Fit: Decodable {
    let start: String
    let components: Int
    let fold: Int
    let `init`: [[Double]]
    let fitted: [[Double]]
    let iterations: Int
    let logLikelihood: Double
    let validation: Double
  }

  struct Bootstraps: Decodable {
    struct Fit: Decodable {
      let fitted: [[Double]]
      let iterations: Int
      let logLikelihood: Double
      let information: Double
    }

    let start: String
    let `init`: [[Double]]
    let fits: [Fit]
    let informations: [Double]
    let mean: Double
    let standardDeviation: Double
  }

  struct Trace: Decodable {
    let start: String
    let `init`: [[Double]]
    let iterations: Int
    let logLikelihoods: [Double]
    let snapshots: [String: [[Double]]]
  }

  let x: [Double]
  let y: [Double]
  let rawTruth: [Double]
  let validationFold: [Int]
  let bootstrapIndices: [[Int]]
  let fits: [Fit]
  let bootstraps: [Bootstraps]
  let traces: [Trace]
  let trueInformation: Double
  let nearestNeighbours: [String: Double]

  static func load() throws -> Self { try fixture("stages") }

  var points: WeightedPoints { WeightedPoints(x: x, y: y) }

  func training(without fold: Int) -> WeightedPoints {
    points.filtered { validationFold[$0] != fold }
  }

  func validation(_ fold: Int) -> WeightedPoints { points.filtered { validationFold[$0] == fold } }

  func drawn(_ number: Int) -> WeightedPoints {
    var multiplicities = [UInt32](repeating: 0, count: x.count)
    for row in bootstrapIndices[number] { multiplicities[row] += 1 }
    return points.resampled(multiplicities)
  }
}

/// Mixtures whose information is known by quadrature.
struct KnownMixture: Decodable, CustomTestStringConvertible {
  let name: String
  let components: [[Double]]
  let information: Double
  let points: [[Double]]
  let logRatios: [Double]

  var testDescription: String { name }

  static func load() throws -> [Self] { try fixture("known-mixtures") }
}

func fixture<Value: Decodable>(_ name: String) throws -> Value {
  let file = try #require(
    Bundle.module.url(forResource: name, withExtension: "json", subdirectory: "Fixtures"))
  return try JSONDecoder().decode(Value.self, from: Data(contentsOf: file))
}

extension GaussianMixture {
  /// Components as [weight, mean x, mean y, variance x, covariance, variance y].
  init(_ components: [[Double]]) {
    self.init(
      components: components.map {
        Component(
          weight: $0[0], meanX: $0[1], meanY: $0[2], varianceX: $0[3], covariance: $0[4],
          varianceY: $0[5])
      })
  }

  /// The largest difference from other components in units of their largest parameter.
  func difference(from components: [[Double]]) -> Double {
    zip(self.components, components).reduce(0) { largest, pair in
      let own = [
        pair.0.weight, pair.0.meanX, pair.0.meanY, pair.0.varianceX, pair.0.covariance,
        pair.0.varianceY,
      ]
      let scale = pair.1.map(abs).max() ?? 1
      return zip(own, pair.1).reduce(largest) { max($0, abs($1.0 - $1.1) / scale) }
    }
  }
}
