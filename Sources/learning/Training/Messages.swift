/// A command of rank 0, which tells all workers what to do next.
///
/// It is a message of integers.
enum Command: Hashable, Sendable {
  /// One step of training: `step` counts within the epoch, both count from zero.
  case train(epoch: Int, step: Int)

  /// A part of the validation samples, with the weights as they are after an epoch.
  case validate(epoch: Int, part: Int)

  /// The first worker hands over weights and moments; nobody else does anything.
  case save

  /// Nothing is left to do, or the job was asked to stop.
  case finish(isComplete: Bool)

  /// A rank cannot go on: all leave the training, with its error.
  case abandon

  var message: [Int64] {
    switch self {
    case .train(let epoch, let step): [0, Int64(epoch), Int64(step)]
    case .validate(let epoch, let part): [1, Int64(epoch), Int64(part)]
    case .save: [2, 0, 0]
    case .finish(let isComplete): [3, isComplete ? 1 : 0, 0]
    case .abandon: [4, 0, 0]
    }
  }

  init(message: [Int64]) {
    switch message[0] {
    case 0: self = .train(epoch: Int(message[1]), step: Int(message[2]))
    case 1: self = .validate(epoch: Int(message[1]), part: Int(message[2]))
    case 2: self = .save
    case 4: self = .abandon
    default: self = .finish(isComplete: message[1] == 1)
    }
  }
}

/// The words of rank 0 to the workers: a command, and the learning rate if it is a step.
struct Announcement: Hashable, Sendable {
  var command: Command

  /// The learning rate of the step, the same on all workers.
  var learningRate = 0.0

  var message: [Int64] { command.message + [Int64(bitPattern: learningRate.bitPattern)] }

  init(_ command: Command, learningRate: Double = 0) {
    self.command = command
    self.learningRate = learningRate
  }

  init(message: [Int64]) {
    command = Command(message: message)
    learningRate = Double(bitPattern: UInt64(bitPattern: message[3]))
  }
}

/// The network's result for one sample.
struct SampleOutcome: Hashable, Sendable {
  /// The place of the sample in its batch or draw.
  var position: Int

  /// The negative log-likelihood of the truth [nats].
  var likelihood: Double

  /// The prediction, on the network's scale.
  var prediction: Float

  /// The truth, on the network's scale.
  var truth: Float
}

/// The report of a worker to rank 0 after a command.
///
/// It is a message of numbers.
struct Report: Hashable, Sendable {
  /// The samples that this worker computed.
  var outcomes: [SampleOutcome] = []

  /// The penalty with which they were computed, the same on all workers.
  var penalty = 0.0

  /// The values of the likelihood's parameters with which they were computed, the same on all workers,
  /// [parameter].
  var likelihoodValues: [Double]

  /// The time that the threads of this worker waited for boxes, summed over them [seconds].
  var fetchWait = 0.0

  /// The time from the command to the last gradient [seconds].
  var computing = 0.0

  /// The time from the last gradient of this worker to the sum over all [seconds].
  var reducing = 0.0

  /// Whether this worker could not do its part, and has the error.
  var hasFailed = false

  /// The samples of all workers whose gradients were not finite: the step was not made.
  var lostSamples = 0

  /// Whether this process was asked to stop by a signal.
  var stopRequested = false

  /// The norm of the gradient of a step, the same on all workers, if it has a limit.
  var gradientNorm = 0.0

  /// The numbers before the outcomes, without the values of the likelihood's parameters.
  private static let headerCount = 8

  var message: [Double] {
    [
      penalty, fetchWait, computing, reducing, Double(lostSamples), stopRequested ? 1 : 0,
      hasFailed ? 1 : 0, gradientNorm,
    ] + likelihoodValues
      + outcomes.flatMap {
        [Double($0.position), $0.likelihood, Double($0.prediction), Double($0.truth)]
      }
  }

  /// Makes an empty report of a training with `parameterCount` parameters of the likelihood.
  init(parameterCount: Int) {
    likelihoodValues = [Double](repeating: 0, count: parameterCount)
  }

  init(message: [Double], parameterCount: Int) {
    penalty = message[0]
    fetchWait = message[1]
    computing = message[2]
    reducing = message[3]
    lostSamples = Int(message[4])
    stopRequested = message[5] != 0
    hasFailed = message[6] != 0
    gradientNorm = message[7]
    let outcomesStart = Self.headerCount + parameterCount
    likelihoodValues = Array(message[Self.headerCount..<outcomesStart])
    outcomes = stride(from: outcomesStart, to: message.count, by: 4).map {
      SampleOutcome(
        position: Int(message[$0]), likelihood: message[$0 + 1], prediction: Float(message[$0 + 2]),
        truth: Float(message[$0 + 3]))
    }
  }
}

/// The kinds of message that the ranks of a training exchange.
enum MessageTag {
  static let command = 1
  static let report = 2

  /// A worker has computed its share of a step and waits for the sums over all.
  static let computed = 3
  static let state = 4

  /// Rank 0 asks whether a worker is there, and the worker says that it is.
  static let question = 5
  static let answer = 6
}
