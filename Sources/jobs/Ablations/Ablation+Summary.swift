internal import Experiments
internal import Training

extension Ablation {
  /// Reads the numbers of the finished runs, and compares them.
  ///
  /// - Throws: `FileError` or `HDF5Error` if a result of a finished run cannot be read.
  package func summary() throws -> AblationSummary {
    var measurements: [AblationSummary.Measurement] = []
    var missing: [AblationSummary.MissingRun] = []
    for (run, status) in zip(manifest.runs, try statuses()) {
      if status.isTrained {
        measurements.append(try measurement(of: run, hasPredicted: status.hasPredicted))
      } else {
        let failure = status.failure.map { ", because \($0.reason)" } ?? ""
        missing.append(.init(name: run.name, reason: "\(status.state.rawValue)\(failure)"))
      }
    }
    return AblationSummary(
      measurements, missing: missing,
      variants: experiment.ablation.effectiveVariants.elements.map(\.name))
  }

  private func measurement(
    of run: AblationRun, hasPredicted: Bool
  ) throws -> AblationSummary.Measurement {
    var values: [AblationSummary.Quantity: Double] = [:]
    let validations = try ValidationRecord.all(in: directory.training(run.training).path)
    values[.validationLikelihood] = validations.last(where: \.isBest)?.likelihood
    if hasPredicted {
      let table = try PredictionTable(contentsOf: directory.prediction(of: run.training))
      values[.correlation] = table.correlation
      values[.scatter] = table.scatter
    }
    return .init(variant: run.variant, seed: run.seed, values: values)
  }
}
