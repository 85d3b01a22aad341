internal import CKernels
internal import Foundation
internal import Text
internal import Threads

/// The machine of a benchmark as it was during it: without this no time means anything.
package struct Machine: Codable, Hashable, Sendable {
  /// The processor, as the system calls it.
  package let processor: String

  /// The processors that the system offers to programs.
  package let processorCount: Int

  /// The second-level cache of a core [bytes].
  package let secondLevelCache: Int

  /// The mean number of running programs in the minute before, as the system counts them.
  package let load: Double

  /// The peak of one core, measured in the same run [10^9 single-precision operations per second].
  package let peakGigaflops: Double

  /// Looks at this machine; a benchmark that measures its peak beside each run hands that over.
  package init(peakGigaflops: Double = Machine.measurePeak()) {
    processor = Self.processorName
    processorCount = AvailableProcessors.count()
    secondLevelCache = halompi_second_level_cache()
    var loads = [0.0]
    load = getloadavg(&loads, 1) == 1 ? loads[0] : .nan
    self.peakGigaflops = peakGigaflops
  }

  /// One line: processor, cache, load, peak.
  package var summary: String {
    "\(processor), \(processorCount) processors, \(secondLevelCache >> 10) KiB of second-level cache, load \(decimals(load, 2)), "
      + "peak of a core \(decimals(peakGigaflops, 1)) GFLOP/s"
  }

  /// The largest memory that this process has had so far, shared pages included [bytes].
  package static var peakMemory: Int {
    usage.ru_maxrss * 1024
  }

  /// The processor time that all threads of this process have taken so far [s].
  package static var processorTime: Double {
    func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + 1e-6 * Double(time.tv_usec) }
    let taken = usage
    return seconds(taken.ru_utime) + seconds(taken.ru_stime)
  }

  /// The resources that this process has taken so far.
  private static var usage: rusage {
    var usage = rusage()
    let status = getrusage(RUSAGE_SELF.rawValue, &usage)
    precondition(status == 0, "the system does not know this process")
    return usage
  }

  /// The processor, as the system calls it.
  package static var processorName: String {
    let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":", maxSplits: 1).last
    return name?.trimmingCharacters(in: .whitespaces) ?? "unknown"
  }

  /// Measures the peak of the calling thread's core at this moment [10^9 operations per second].
  ///
  /// Fused multiply-adds in registers, with the fastest vector instructions of the processor; the best
  /// of three runs of a few milliseconds.
  package static func measurePeak() -> Double {
    let count = 192 << 14
    var result: Float = 0
    let times = Timing(runs: 3) {
      result += halompi_multiply_in_registers(count, HALOMPI_FASTEST)
    }
    precondition(result.isFinite, "multiply-adds of small numbers overflowed")
    return 2e-9 * Double(count) / times.minimum
  }
}
