internal import Analysis
internal import DurableFiles
internal import Experiments
internal import Failures
internal import Foundation
internal import Networks
internal import SubBoxes
internal import Training

extension RunDirectory {
  /// The models whose predictions are in the directory, in the order of variant and seed.
  func predictedTrainings() throws(Failure) -> [TrainingName] {
    let folders = (try? FileManager.default.contentsOfDirectory(atPath: predictions)) ?? []
    let names = folders.compactMap(TrainingName.init(folder:)).filter {
      FileManager.default.fileExists(atPath: prediction(of: $0))
    }
    guard !names.isEmpty else {
      throw Failure(
        .missingInput, "looking for predictions in \(predictions)",
        because: "there is no <variant>-seed<k>/predictions.h5",
        remedy:
          "make one with halompi train and halompi predict, given the same experiment file, --set "
          + "and --runs")
    }
    return names.sorted { ($0.variant, $0.seed) < ($1.variant, $1.seed) }
  }

  /// Reads the predictions of a model, its likelihood and its history.
  func modelPredictions(of name: TrainingName) throws -> ModelPredictions {
    let path = prediction(of: name)
    let table = try PredictionTable(contentsOf: path)
    try requireFields(predictedFrom: table, at: path)
    return ModelPredictions(
      variant: name.variant, seed: name.seed, file: "predictions/\(name)/predictions.h5",
      checksum: try Checksum.ofFile(path).description, simulations: table.simulations,
      simulation: table.samples.map(\.simulation), site: table.samples.map(\.site),
      truth: table.samples.map(\.logMass), prediction: table.predictions,
      radius: table.samples.map(\.radius), halo: table.samples.map(\.halo),
      network: try network(of: name), history: try history(of: name))
  }

  private func network(of name: TrainingName) throws -> Outcome<NetworkDescription> {
    let path = training(name).model
    guard FileManager.default.fileExists(atPath: path) else {
      return .unknown("training/\(name)/model.h5 is not there")
    }
    let model = try Model(contentsOf: path)
    let data = model.data
    return .known(
      NetworkDescription(
        input: model.inputName, boxes: "\(model.boxes)",
        boxWidth: model.architecture.boxWidth,
        voxelSize: data.finalVoxelSize ?? data.voxelSize, parameters: model.parameters.count,
        trainingSimulations: data.training.map(\.name),
        validationSimulations: data.validation.map(\.name),
        trainingSamples: data.trainingSamples, validationSamples: data.validationSamples,
        epoch: model.epoch, step: model.step, validationLoss: finite(model.validationLoss),
        likelihoodValues: model.likelihood,
        labelRange: data.labels.minimum...data.labels.maximum))
  }

  private func history(of name: TrainingName) throws -> Outcome<TrainingHistory> {
    let path = training(name).metrics
    guard FileManager.default.fileExists(atPath: path) else {
      return .unknown("training/\(name)/metrics.jsonl is not there")
    }
    let metrics: TrainingMetrics
    do {
      metrics = try TrainingMetrics(contentsOf: path)
    } catch let error as TrainingError {
      return .unknown("\(error)")
    }
    let epochs = metrics.epochs.map { epoch in
      TrainingHistory.Epoch(
        epoch: epoch.epoch, step: epoch.step, training: finite(epoch.trainingLikelihood),
        validation: finite(epoch.likelihood), validationLoss: finite(epoch.loss),
        likelihoodValues: epoch.likelihoodValues, isBest: epoch.isBest)
    }
    return epochs.isEmpty
      ? .unknown("no epoch of it is complete") : .known(TrainingHistory(epochs: epochs))
  }
}

/// A number of a file, which may be none.
private func finite(_ value: Double) -> Outcome<Double> {
  value.isFinite ? .known(value) : .unknown("it was not a finite number")
}
