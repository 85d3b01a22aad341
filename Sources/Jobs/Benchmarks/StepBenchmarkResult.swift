internal import Networks

/// The results of a ``StepBenchmark``.
public struct StepBenchmarkResult: Codable, Hashable, Sendable, CustomStringConvertible {
  /// What was measured.
  public let benchmark: StepBenchmark

  /// The library or instruction set of the kernels.
  public let implementation: String

  /// The machine of rank 0; its peak is the mean of those before and after the training.
  public let machine: Machine

  /// The ranks that computed.
  public let workers: Int

  /// The time of a step of training, divided by its samples: everything that `halompi train` does.
  public let training: Measurement

  /// Forward and backward of one sample by the bare kernels, on each core at the same time.
  public let kernelsTraining: Measurement

  /// A prediction by the bare kernels, on each core at the same time.
  public let kernelsInference: Measurement

  /// The cores' time per sample in training over that of the bare kernels, less 1.
  public let overhead: Double

  /// The share of the threads' time in which they waited for sub-boxes.
  public let boxWait: Double

  /// The share of the ranks' time in which they waited for sums over the ranks.
  public let reductionWait: Double

  /// The largest memory of a rank, the fields and MPI included [bytes].
  public let peakMemory: Int

  /// The samples per second of the whole job in training.
  public var samplesPerSecond: Double { 1 / training.median }

  /// A table of milliseconds, and what else was measured.
  public var description: String {
    var table = TextTable("ms per sample", "median", "min", "max")
    for (name, time) in [
      ("training, \(workers) x \(benchmark.threadsPerRank) cores", training),
      ("kernels alone, training, each core", kernelsTraining),
      ("kernels alone, inference, each core", kernelsInference),
    ] {
      table.add(
        name, decimals(1e3 * time.median, 1), decimals(1e3 * time.minimum, 1),
        decimals(1e3 * time.maximum, 1))
    }
    return """
      \(benchmark.architecture.boxWidth)^3, batch of \(benchmark.batchSize), \
      \(benchmark.kernels.rawValue) kernels (\(implementation)), \(workers) ranks compute with \
      \(benchmark.threadsPerRank) threads each
      \(machine.summary)
      medians of \(benchmark.runs) runs
      \(table)training: \(decimals(samplesPerSecond, 2)) samples/s, \(decimals(100 * overhead, 1)) % \
      beyond the kernels
      waiting: \(decimals(100 * boxWait, 2)) % for sub-boxes, \(decimals(100 * reductionWait, 2)) % for \
      sums over ranks
      peak memory of a rank: \(decimals(1e-6 * Double(peakMemory), 0)) MB

      """
  }
}
