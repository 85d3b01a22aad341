internal import Foundation
internal import Randomness

/// The predictions whose information is estimated.
enum InformationColumn: Hashable, Codable, Sendable {
  /// Those of a model, by its number.
  case model(Int)

  /// Those of a collapse model, by its number.
  case collapse(Int)

  /// Those of twins, by their number.
  case twin(Int)

  /// The true masses with noise, by the number of its level.
  case noise(Int)
}

/// The particles for which information is estimated.
enum InformationSubset: Hashable, Codable, Sendable {
  /// All that are compared.
  case all

  /// Those of a shell of radii.
  case shell(Int)

  /// Those that a collapse model predicts a mass for.
  case collapse(Int)

  /// Those that are in halos of twins.
  case twin(Int)
}

/// One estimate of information that a report needs.
struct InformationRequest: Hashable, Codable, Sendable {
  var column: InformationColumn
  var subset: InformationSubset
}

/// Two models, by their numbers, whose joint information a report needs.
struct JointRequest: Hashable, Codable, Sendable {
  var first: Int
  var second: Int
}

extension AnalysisInput {
  /// The estimates that the report needs, those of most particles first.
  var requests: [InformationRequest] {
    var requests = models.indices.map {
      InformationRequest(column: .model($0), subset: .all)
    }
    let references = variants.map { InformationColumn.model($0.reference) }
    for shell in shells.indices {
      requests += references.map { InformationRequest(column: $0, subset: .shell(shell)) }
    }
    for model in collapse.value?.models.indices ?? 0..<0 {
      requests += (references + [.collapse(model)]).map {
        InformationRequest(column: $0, subset: .collapse(model))
      }
    }
    for twin in twins.indices {
      requests += (references + [.twin(twin)]).map {
        InformationRequest(column: $0, subset: .twin(twin))
      }
    }
    requests += settings.noiseLevels.indices.map {
      InformationRequest(column: .noise($0), subset: .all)
    }
    return requests.enumerated().sorted {
      (members($1.element.subset).count, $0.offset) < (members($0.element.subset).count, $1.offset)
    }.map(\.element)
  }

  /// The numbers of the particles of a subset.
  func members(_ subset: InformationSubset) -> [Int] {
    switch subset {
    case .all: Array(0..<particles.count)
    case .shell(let shell): shells[shell]
    case .collapse(let model):
      collapse.value.map { collapse in
        collapse.models[model].logMasses.indices.filter {
          collapse.models[model].logMasses[$0] != nil
        }
      } ?? []
    case .twin(let twin): twins[twin].members
    }
  }

  /// The predictions of a column for some particles.
  func comparison(_ column: InformationColumn, _ members: [Int]) -> MassComparison {
    let prediction: [Double] =
      switch column {
      case .model(let model): members.map { particles.predictions[model][$0] }
      case .collapse(let model):
        members.compactMap { collapse.value?.models[model].logMasses[$0] }
      case .twin(let twin): members.compactMap { twins[twin].logMasses[$0] }
      case .noise(let level):
        members.map { particles.truth[$0] + settings.noiseLevels[level] * noise(of: $0, level) }
      }
    return MassComparison(truth: members.map { particles.truth[$0] }, prediction: prediction)
  }

  /// Answers a request; a pure function of it and of the input.
  func estimate(_ request: InformationRequest, threads: Int) -> Outcome<InformationSummary> {
    let members = members(request.subset)
    let comparison = comparison(request.column, members)
    let sample = InformationSample(
      truth: comparison.truth, prediction: comparison.prediction,
      isDiscrete: request.column.isDiscrete, kind: request.kind,
      halos: halos.map { halos in members.map { halos[$0] } })
    return InformationSummary.estimate(
      sample.thinned(to: settings.information.maximumParticles), window: settings.window,
      settings: settings.information, threads: threads)
  }

  /// The pairs of models whose joint information the report needs: the first variant with each other one.
  var jointRequests: [JointRequest] {
    guard let first = variants.first else { return [] }
    return variants.dropFirst().map {
      JointRequest(first: first.reference, second: $0.reference)
    }
  }

  /// Estimates the information of two models together; a pure function of the request and of the input.
  func estimate(_ request: JointRequest, threads: Int) -> Outcome<JointSummary> {
    let members = members(.all)
    func sample(_ model: Int) -> InformationSample {
      let comparison = comparison(.model(model), members)
      return InformationSample(
        truth: comparison.truth, prediction: comparison.prediction, isDiscrete: false, halos: halos
      ).thinned(to: settings.information.maximumParticles)
    }
    return JointSummary.estimate(
      JointSample(first: sample(request.first), second: sample(request.second)),
      window: settings.window, settings: settings.information, threads: threads)
  }

  /// A number of the unit Gaussian for a particle: Box and Muller 1958, doi:10.1214/aoms/1177706645.
  private func noise(of particle: Int, _ level: Int) -> Double {
    var stream = RandomStream(
      seed: settings.information.seed, for: .referenceNoise,
      index: UInt64(level) << 40 | UInt64(particle))
    let (u, v) = (stream.uniform(), stream.uniform())
    return (-2 * log(1 - u)).squareRoot() * cos(2 * Double.pi * v)
  }
}

extension InformationColumn {
  /// Whether the predictions take few values.
  fileprivate var isDiscrete: Bool {
    switch self {
    case .collapse, .twin: true
    case .model, .noise: false
    }
  }
}

extension InformationRequest {
  /// The kind of the predictions.
  fileprivate var kind: InformationSample.Kind {
    switch (column, subset) {
    case (.twin, _): .twin
    case (_, .twin): .besideTwin
    default: .networkAlone
    }
  }
}
