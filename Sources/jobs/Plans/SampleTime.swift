internal import DurableFiles
package import Failures
internal import Foundation
package import Hardware
package import Networks
internal import Statistics
internal import Text
internal import Training

/// The time of a sample on one thread, and the source of the figures.
package struct SampleTime: Hashable, Sendable {
  /// Forward and backward [seconds].
  package let training: Double

  /// Forward alone [seconds].
  package let prediction: Double

  /// The update of the weights [seconds].
  package let update: Double

  /// The source of the times, in words.
  package let origin: String

  /// Measures a sample or a few, for less than some seconds: a rough figure of a machine that may be busy.
  ///
  /// - Throws: `SettingOutOfRange` if the kernels cannot compute the network.
  package static func measured(
    _ architecture: NetworkArchitecture, kernels: NetworkKernels
  ) throws(SettingOutOfRange) -> SampleTime {
    let layout = architecture.parameters
    let parameters = layout.initialized(seed: 1)
    let weights = try NetworkWeights(parameters, of: architecture, for: kernels)
    let evaluator = weights.makeEvaluator()
    // Values of no pattern that is easy for the maxima, and none that is slow to multiply.
    let box = (0..<architecture.boxCount).map {
      Float(($0 &* 2_654_435_761) & 0xffff) / 32768 - 1
    }
    var gradient = [Float](repeating: 0, count: layout.count)
    let training = fastest {
      let prediction = evaluator.forward(box)
      gradient.withUnsafeMutableBufferPointer { buffer in
        guard let start = buffer.baseAddress else { return }
        evaluator.backwardDense(outputGradient: prediction, into: start)
        evaluator.backwardConvolutions(into: start)
      }
    }
    let prediction = fastest { _ = evaluator.predict(box) }
    var optimizer = AMSGrad(layout: layout)
    let update = fastest { weights.update { optimizer.update($0, gradient: gradient) } }
    return SampleTime(
      training: training, prediction: prediction, update: update,
      origin: "a short measurement on this machine, which may have been busy: rough")
  }

  /// Refuses to measure a network that this machine cannot hold.
  ///
  /// - Parameters:
  ///   - architecture: The network.
  ///   - kernels: The kernels that compute it.
  ///   - evaluators: The samples that are computed at once.
  ///   - limit: The memory of this machine.
  /// - Throws: `Failure` with both sizes, `SettingOutOfRange` if the kernels cannot compute the network.
  package static func checkMemory(
    _ architecture: NetworkArchitecture, kernels: NetworkKernels, evaluators: Int = 1,
    limit: NodeMemory
  ) throws {
    let network = try NetworkMemory(of: architecture, for: kernels)
    // The initial values, the gradient and the three moments, beside the weights themselves.
    let others = 5 * architecture.parameters.count * MemoryLayout<Float>.stride
    let workspaces = network.workspace(threads: 1).saturatingTimes(evaluators)
    let needed = [network.weights, workspaces, others].saturatingSum
    guard needed > limit.bytes else { return }
    throw Failure(
      .usage, "measuring the time of a sample",
      because: "the network alone takes \(mebibytes(needed)) MiB, and \(limit.origin) is "
        + "\(mebibytes(limit.bytes)) MiB",
      remedy:
        "use a machine with more memory, fewer threads, or a smaller network (network.hiddenUnits)")
  }

  /// The best of up to three runs that together take some seconds at most.
  private static func fastest(_ body: () -> Void) -> Double {
    let start = ContinuousClock.now
    var best = Double.infinity
    for _ in 0..<3 where best == .infinity || start.duration(to: .now) < .seconds(3) {
      best = min(best, ContinuousClock().measure(body) / .seconds(1))
    }
    return best
  }

  /// The part that is read here of the record that `halompi benchmark step --json` writes.
  private struct Record: Decodable {
    struct Settings: Decodable {
      let architecture: NetworkArchitecture
      let kernels: NetworkKernels
    }
    struct Timing: Decodable { let seconds: [Double] }
    struct Machine: Decodable { let processor: String }
    let benchmark: Settings
    let machine: Machine
    let kernelsTraining: Timing
    let kernelsInference: Timing
  }

  /// Takes the times from the record of a benchmark.
  ///
  /// - Throws: `FileError` if it cannot be read, `Failure` if it is of another network.
  package static func recorded(
    in file: String, _ architecture: NetworkArchitecture, kernels: NetworkKernels
  ) throws -> SampleTime {
    func unusable(_ reason: String) -> Failure {
      Failure(
        .badData, "planning by the benchmark in \(file)", because: reason,
        remedy:
          "run halompi benchmark step --json with the experiment's box width and kernels, or leave "
          + "--benchmark out")
    }
    let data: Data = try DurableFile.read(file)
    let record: Record
    do {
      record = try JSONDecoder().decode(Record.self, from: data)
    } catch {
      throw unusable("it is no record of halompi benchmark step --json")
    }
    guard record.benchmark.architecture == architecture, record.benchmark.kernels == kernels else {
      throw unusable("it is of another network or other kernels")
    }
    func median(_ times: [Double]) throws(Failure) -> Double {
      guard let median = Quantiles(times, by: .hyndmanFan1FromAbove).median else {
        throw unusable("it has no times")
      }
      return median
    }
    let rough = try measured(architecture, kernels: kernels)
    return SampleTime(
      training: try median(record.kernelsTraining.seconds),
      prediction: try median(record.kernelsInference.seconds), update: rough.update,
      origin: "the benchmark in \(file), on \(record.machine.processor)")
  }
}
