import SubBoxes
import Testing

@testable import Jobs
@testable import Training

private func narrate(_ events: [TrainingEvent]) -> [String] {
  var text = ""
  let progress = ProgressReporter(style: .lines(every: 0), clock: { 1 }, write: { text += $0 })
  let narrator = TrainingNarrator(progress)
  for event in events { narrator.tell(event) }
  narrator.end()
  return text.split(separator: "\n").map(String.init)
}

@Test func anEpochIsToldWithItsLossesAndWhetherItIsBest() {
  let summary = EpochSummary(
    epoch: 0, step: 128, trainingLikelihood: 0.5, likelihood: -0.25, penalty: 68.80004,
    gamma: 0.19996, correlation: 0.5, isBest: true)
  #expect(
    narrate([.epoch(summary)]) == [
      "epoch 1: training likelihood 0.5000, validation likelihood -0.2500, penalty 68.8000, "
        + "gamma 0.2000, r 0.5000 (best so far)"
    ])
}

@Test func aStepIsToldWithEpochAndLosses() {
  let start = TrainingStart(
    parameterCount: 2_108_258, stepsPerEpoch: 100, epochs: 2, stepsDone: 50, workers: 1,
    threadsPerWorker: 2, isDedicated: true, streaming: "resident",
    data: DataDescription(
      training: [], validation: [], trainingSamples: 6400, validationSamples: 10,
      standardization: Standardization(mean: 1, standardDeviation: 0.05),
      labels: LabelRange(minimum: 11, maximum: 13)))
  let step = StepSummary(
    epoch: 0, stepInEpoch: 51, step: 52, likelihood: 0.5, penalty: 68.8, gamma: 0.2, samples: 64,
    seconds: 1)
  let lines = narrate([.started(start), .step(step)])
  #expect(
    lines.first
      == "resuming after step 50: 2108258 parameters, 1 rank computes with 2 threads each, "
      + "rank 0 coordinates; fields: resident")
  // 52 of 200 steps are 26 %.
  #expect(
    lines.last?.hasPrefix("train 26% 52 of 200 steps,") == true
      && lines.last?.hasSuffix(
        "(epoch 1, likelihood 0.5000, penalty 68.8000, gamma 0.2000)") == true
  )
}

@Test func aWarningIsToldAndACheckpointIsNot() {
  #expect(
    narrate([.warning("checkpoint 3 is damaged"), .checkpoint(path: "a")]) == [
      "warning: checkpoint 3 is damaged"
    ])
}

@Test func aLossThatIsNoNumberIsToldAsItIs() {
  let summary = EpochSummary(
    epoch: 1, step: 1, trainingLikelihood: .nan, likelihood: .infinity, penalty: 1e30, gamma: 0,
    correlation: -0.00001, isBest: false)
  #expect(
    narrate([.epoch(summary)]) == [
      "epoch 2: training likelihood nan, validation likelihood inf, penalty 1e+30, gamma 0.0000, "
        + "r 0.0000"
    ])
}
