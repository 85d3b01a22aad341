// What stands in `metrics.jsonl`, which is the same for any number of ranks, threads, stops and
// resumes, and in `timings.jsonl`, which is not.

internal import Networks

extension StepSummary {
  var metricsLine: String {
    var line = JSONLine()
    line.add("kind", "step")
    line.add("epoch", epoch)
    line.add("step", step)
    line.add("likelihood", likelihood)
    line.add("penalty", penalty)
    line.add("loss", likelihood + penalty)
    line.add(likelihoodValues)
    if let learningRate { line.add("learningRate", learningRate) }
    if let gradientNorm { line.add("gradientNorm", gradientNorm) }
    return line.text
  }

  /// The numbers of the line.
  var record: TrainingMetrics.Step {
    TrainingMetrics.Step(
      epoch: epoch, step: step, likelihood: likelihood, penalty: penalty,
      likelihoodValues: likelihoodValues, learningRate: learningRate, gradientNorm: gradientNorm)
  }

  /// The times of a step, and which of the workers on the given hosts the others waited for.
  func timingsLine(
    _ reports: [Report], hosts: [String], _ stragglers: inout Stragglers
  ) -> String {
    let ranks = Double(reports.count)
    let computing = reports.map(\.computing)
    var line = JSONLine()
    line.add("step", step)
    line.add("seconds", seconds)
    line.add("samplesPerSecond", Double(samples) / seconds)
    line.add("ranks", reports.count)
    line.add("fetchWaitMean", reports.reduce(0) { $0 + $1.fetchWait } / ranks)
    line.add("fetchWaitMax", reports.map(\.fetchWait).max() ?? 0)
    line.add("computingMin", computing.min() ?? 0)
    line.add("computingMean", computing.reduce(0, +) / ranks)
    line.add("computingMax", computing.max() ?? 0)
    let slowest = stragglers.add(computing, epoch: epoch)
    line.add("slowestWorker", slowest)
    line.add("slowestHost", text: hosts[slowest])
    line.add("reductionWaitMean", reports.reduce(0) { $0 + $1.reducing } / ranks)
    line.add("reductionWaitMax", reports.map(\.reducing).max() ?? 0)
    if let worst = stragglers.worst {
      var straggler = JSONLine()
      straggler.add("worker", worst.number)
      straggler.add("host", text: hosts[worst.number])
      straggler.add("steps", worst.steps)
      straggler.add("excess", worst.excess)
      line.add("stragglerOfEpoch", straggler)
    }
    return line.text
  }
}

extension EpochSummary {
  var metricsLine: String {
    var validation = JSONLine()
    validation.add("likelihood", likelihood)
    validation.add("penalty", penalty)
    validation.add("loss", likelihood + penalty)
    validation.add("correlation", correlation)
    var line = JSONLine()
    line.add("kind", "epoch")
    line.add("epoch", epoch)
    line.add("step", step)
    line.add("trainingLikelihood", trainingLikelihood)
    line.add("validation", validation)
    line.add(likelihoodValues)
    line.add("isBest", isBest)
    return line.text
  }

  /// The numbers of the line.
  var record: TrainingMetrics.Epoch {
    TrainingMetrics.Epoch(
      epoch: epoch, step: step, trainingLikelihood: trainingLikelihood, likelihood: likelihood,
      penalty: penalty, correlation: correlation, likelihoodValues: likelihoodValues,
      isBest: isBest)
  }
}

extension JSONLine {
  /// Adds the values of a likelihood's parameters under their names.
  fileprivate mutating func add(_ likelihood: LikelihoodValues) {
    for (parameter, value) in likelihood.named { add(parameter.name, value) }
  }
}
