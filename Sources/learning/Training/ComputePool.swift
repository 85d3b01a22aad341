internal import Failures
internal import Foundation
internal import Heartbeat
internal import Networks
internal import SubBoxes

/// The threads of a rank that compute: each takes one box at a time and goes through the network with it.
///
/// With more threads than boxes several of them share a box. The memory does not grow with the batch: a thread keeps the activations and the gradient of one
/// sample. All state is guarded by `condition`, which makes the class safe to share.
final class ComputePool: @unchecked Sendable {
  /// The samples of one command.
  struct Work: Sendable {
    /// The positions in the stream.
    let positions: Range<Int>

    /// The place of the first of them in its batch or draw.
    let firstPlace: Int

    /// Whether gradients are wanted.
    let trains: Bool
  }

  private let condition = NSCondition()
  private let stream: SubBoxStream
  private let weights: NetworkWeights
  private let layout: ParameterLayout
  private let labels: LabelRange
  private let timeline: Timeline?

  /// The sums of the gradients of the convolutions, and of the dense layers with the parameters of the
  /// likelihood.
  let convolutionSums: ExactAccumulator
  let denseSums: ExactAccumulator

  private var work: Work?
  private var round = 0
  private var busyThreads = 0
  private var denseRemaining = 0
  private var isCancelled = false
  private var firstFailure: Failure?
  private var outcomes: [SampleOutcome] = []
  private var livingThreads = 0

  /// Starts `threads` threads that compute a network on the boxes of a stream, `boxes` of which are in
  /// work at the same time at most.
  ///
  /// The weights are changed only while no work is under way.
  init(
    threads: Int, boxes: Int, weights: NetworkWeights, labels: LabelRange, stream: SubBoxStream,
    timeline: Timeline? = nil
  ) {
    self.stream = stream
    self.timeline = timeline
    self.labels = labels
    self.weights = weights
    layout = weights.layout
    convolutionSums = ExactAccumulator(count: layout.convolutionRange.count)
    denseSums = ExactAccumulator(count: layout.denseRange.count)
    let evaluations = Self.helpers(threads: threads, boxes: boxes)
    livingThreads = evaluations.count
    for (number, helpers) in evaluations.enumerated() {
      let thread = Thread { [self] in
        let worker = Evaluation(
          number: number, evaluator: weights.makeEvaluator(threads: helpers), layout: layout)
        var round = 0
        while let (next, work) = awaitWork(after: round) {
          round = next
          compute(work, with: worker)
        }
        condition.withLock {
          livingThreads -= 1
          condition.broadcast()
        }
      }
      thread.name = "compute \(number)"
      thread.start()
    }
  }

  /// Returns the threads of each evaluation: one, unless there are fewer boxes than threads.
  static func helpers(threads: Int, boxes: Int) -> [Int] {
    let evaluations = min(threads, max(1, boxes))
    return (0..<evaluations).map {
      threads * ($0 + 1) / evaluations - threads * $0 / evaluations
    }
  }

  /// Ends the threads, and waits until they have ended.
  func cancel() {
    condition.withLock {
      isCancelled = true
      condition.broadcast()
      while livingThreads > 0 { condition.wait() }
    }
  }

  /// Hands work to the threads.
  ///
  /// The work before must be done.
  func start(_ newWork: Work) {
    condition.withLock {
      precondition(busyThreads == 0, "work was started before the work before was done")
      work = newWork
      round += 1
      busyThreads = livingThreads
      denseRemaining = newWork.positions.count
      outcomes = []
      condition.broadcast()
    }
  }

  /// A point in a piece of work that the threads of a rank reach.
  enum Milestone {
    /// All gradients of the dense layers are in the sums, or no more will come.
    case dense

    /// All samples are done, or none will be any more, and the threads wait for more.
    case all
  }

  /// Whether the threads have reached a milestone.
  func hasReached(_ milestone: Milestone) -> Bool { condition.withLock { isPast(milestone) } }

  /// Sleeps until the threads reach a milestone, for `seconds` at most; returns whether they have.
  func wait(for milestone: Milestone, upTo seconds: Double) -> Bool {
    condition.withLock {
      if !isPast(milestone) { _ = condition.wait(until: Date(timeIntervalSinceNow: seconds)) }
      return isPast(milestone)
    }
  }

  private func isPast(_ milestone: Milestone) -> Bool {
    switch milestone {
    case .dense: denseRemaining == 0 || firstFailure != nil && busyThreads == 0
    case .all: busyThreads == 0
    }
  }

  /// The error that kept the threads from doing all samples: a box could not be made.
  var failure: Failure? { condition.withLock { firstFailure } }

  /// Returns the network's results for the samples, in the order of their places.
  func takeOutcomes() -> [SampleOutcome] {
    condition.withLock { outcomes.sorted { $0.position < $1.position } }
  }

  private func awaitWork(after round: Int) -> (Int, Work)? {
    condition.withLock {
      while !isCancelled && (work == nil || self.round == round) { condition.wait() }
      guard !isCancelled, let work else { return nil }
      return (self.round, work)
    }
  }

  private func compute(_ work: Work, with worker: Evaluation) {
    let likelihood = weights.likelihood
    let parameterGradient = work.trains ? worker.gradient + layout.likelihoodRange.lowerBound : nil
    do throws(Failure) {
      let thread = worker.number + 1
      while let box = try timeline.measure(
        .fetch, thread: thread,
        { () throws(Failure) in try stream.next(before: work.positions.upperBound) })
      {
        let truth = Float(labels.scaled(box.sample))
        let prediction = timeline.measure(.forward, thread: thread) {
          work.trains
            ? worker.evaluator.forward(box.voxels) : worker.evaluator.predict(box.voxels)
        }
        let loss = likelihood.evaluate(
          prediction: Double(prediction), truth: Double(truth),
          parameterGradient: parameterGradient)
        if work.trains {
          timeline.measure(.backward, thread: thread) {
            addGradient(Float(loss.predictionGradient), worker)
          }
        }
        let outcome = SampleOutcome(
          position: work.firstPlace + box.position - work.positions.lowerBound,
          likelihood: loss.value, prediction: prediction, truth: truth)
        Heartbeat.beat()
        condition.withLock { outcomes.append(outcome) }
      }
      finish(error: nil)
    } catch {
      finish(error: error)
    }
  }

  /// Goes backward and adds the gradient to the sums; that of the likelihood's parameters is in it already.
  private func addGradient(_ outputGradient: Float, _ worker: Evaluation) {
    let gradient = worker.gradient
    worker.evaluator.backwardDense(outputGradient: outputGradient, into: gradient)
    denseSums.add(gradient + layout.denseRange.lowerBound, worker: worker.number)
    condition.withLock {
      denseRemaining -= 1
      if denseRemaining == 0 { condition.broadcast() }
    }
    worker.evaluator.backwardConvolutions(into: gradient)
    convolutionSums.add(gradient + layout.convolutionRange.lowerBound, worker: worker.number)
  }

  private func finish(error: Failure?) {
    condition.withLock {
      if firstFailure == nil, let error { firstFailure = error }
      busyThreads -= 1
      condition.broadcast()
    }
  }

  /// The evaluator and the gradient that one thread has to itself.
  private final class Evaluation {
    let number: Int
    let evaluator: any NetworkEvaluator
    let gradient: UnsafeMutablePointer<Float>

    init(number: Int, evaluator: any NetworkEvaluator, layout: ParameterLayout) {
      self.number = number
      self.evaluator = evaluator
      gradient = .allocate(capacity: layout.count)
      gradient.initialize(repeating: 0, count: layout.count)
    }

    deinit { gradient.deallocate() }
  }
}
