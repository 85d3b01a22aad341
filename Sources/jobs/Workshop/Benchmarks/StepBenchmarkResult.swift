package import Hardware
internal import Networks
internal import Text

/// The results of a ``StepBenchmark``.
package struct StepBenchmarkResult: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The settings of the benchmark.
  package let benchmark: StepBenchmark

  /// The library or instruction set of the kernels.
  package let implementation: String

  /// The machine of rank 0; its peak is the mean of those before and after the training.
  package let machine: Machine

  /// The ranks that computed.
  package let workers: Int

  /// The time of a step of training, divided by its samples: everything that `halompi train` does.
  package let training: Timing

  /// Forward and backward of one sample by the bare kernels, on each core at the same time.
  package let kernelsTraining: Timing

  /// A prediction by the bare kernels, on each core at the same time.
  package let kernelsInference: Timing

  /// The cores' time per sample in training over that of the bare kernels, less 1.
  let overhead: Double

  /// The share of the threads' time in which they waited for sub-boxes.
  let boxWait: Double

  /// The share of the ranks' time in which they waited for sums over the ranks.
  let reductionWait: Double

  /// The largest memory of a rank, the fields and MPI included [bytes].
  package let peakMemory: Int

  /// The samples per second of the whole job in training.
  package var samplesPerSecond: Double { 1 / training.median }

  /// A table of milliseconds, and what else was measured.
  package var description: String {
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
