internal import CAffinity
internal import Foundation

/// The processors of this machine that this process may use.
package enum AvailableProcessors {
  /// Returns how many threads of this process can run at the same time, one at least.
  ///
  /// These are the processors that it is bound to, by `taskset`, `mpirun`, `srun` or a cpuset, or fewer if a control
  /// group gives it less processor time; a fraction of a processor counts as one.
  package static func count() -> Int {
    let numbers = Self.numbers()
    let bound = numbers.isEmpty ? ProcessInfo.processInfo.activeProcessorCount : numbers.count
    return max(1, quota().map { min(bound, Int($0.rounded(.up))) } ?? bound)
  }

  /// Returns how many processors' time the control groups of this process give to it; `nil` without a limit.
  package static func quota() -> Double? {
    ProcessorQuota.processors { try? String(contentsOfFile: $0, encoding: .utf8) }
  }

  /// Returns the numbers of the processors that the calling thread is bound to, ascending; none if the system does
  /// not say.
  ///
  /// Threads begin with what the thread that makes them is bound to.
  package static func numbers() -> [Int] {
    // The kernel refuses a mask that is too short for the machine.
    for words in [16, 128, 1024] {
      var mask = [UInt](repeating: 0, count: words)
      guard caffinity_get(&mask, words) == 0 else { continue }
      return (0..<words * UInt.bitWidth).filter { number in
        mask[number / UInt.bitWidth] >> UInt(number % UInt.bitWidth) & 1 == 1
      }
    }
    return []
  }
}

/// The processor time that control groups give to this process.
enum ProcessorQuota {
  /// Reads the limits of this process's groups and of those above them.
  ///
  /// - Parameter text: Reads a file, `nil` if there is none: `/proc/self/cgroup`, and `cpu.max` (version 2) or
  ///   `cpu.cfs_quota_us` and `cpu.cfs_period_us` (version 1) below `/sys/fs/cgroup`.
  /// - Returns: The least of them in processors, `nil` if none is set.
  static func processors(reading text: (_ path: String) -> String?) -> Double? {
    var limits: [Double] = []
    for line in (text("/proc/self/cgroup") ?? "").split(separator: "\n") {
      let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard fields.count == 3 else { continue }
      let isVersion2 = fields[1].isEmpty
      guard isVersion2 || fields[1].split(separator: ",").contains("cpu") else { continue }
      let mounts = isVersion2 ? [""] : ["/\(fields[1])", "/cpu"]
      var group = fields[2].split(separator: "/")
      while true {
        for mount in mounts {
          let folder = (["/sys/fs/cgroup\(mount)"] + group).joined(separator: "/")
          if let limit = isVersion2 ? limit2(in: folder, text) : limit1(in: folder, text) {
            limits.append(limit)
          }
        }
        if group.popLast() == nil { break }
      }
    }
    return limits.min()
  }

  /// Returns the limit of a group of version 2, whose file says "quota period" or "max period" [microseconds].
  private static func limit2(in folder: String, _ text: (String) -> String?) -> Double? {
    ratio((text("\(folder)/cpu.max") ?? "").split { $0.isWhitespace })
  }

  /// Returns the limit of a group of version 1, whose quota is negative where there is none [microseconds].
  private static func limit1(in folder: String, _ text: (String) -> String?) -> Double? {
    ratio(
      ["quota", "period"].flatMap { name in
        (text("\(folder)/cpu.cfs_\(name)_us") ?? "").split { $0.isWhitespace }
      })
  }

  private static func ratio(_ words: [Substring]) -> Double? {
    guard words.count == 2, let quota = Double(words[0]), let period = Double(words[1]),
      quota > 0, period > 0
    else { return nil }
    return quota / period
  }
}
