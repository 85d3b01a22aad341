internal import Foundation

/// The facts about its job that Slurm tells a process in environment variables.
///
/// A variable that is empty, negative, or not a number tells nothing: the job goes on as if it were not there.
package struct SlurmEnvironment: Hashable, Sendable {
  /// The memory of the job on each node [bytes]; `nil` if it is all of the node, or not told.
  ///
  /// `SLURM_MEM_PER_NODE`, or `SLURM_MEM_PER_CPU` for each of `SLURM_CPUS_ON_NODE` [MiB]. 0 is what `--mem=0` and
  /// `--mem-per-cpu=0` set: all memory of the node.
  package let memoryPerNode: Int?

  /// The variables that tell ``memoryPerNode``; empty if none does.
  package let memorySource: String

  /// The end of the job (`SLURM_JOB_END_TIME`) [seconds since 1970]; `nil` if not told, or without a limit.
  package let endTime: Double?

  /// The number of the process in its step (`SLURM_PROCID`).
  package let rank: Int?

  /// The processes of the step (`SLURM_STEP_NUM_TASKS`).
  package let ranks: Int?

  /// Reads variables, those of this process unless told otherwise.
  package init(_ variables: [String: String] = ProcessInfo.processInfo.environment) {
    func number(_ name: String) -> Int? {
      variables[name].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil }
    }
    func mebibytes(_ name: String, times count: Int = 1) -> Int? {
      guard let size = number(name), size > 0 else { return nil }
      let (bytes, overflows) = size.multipliedReportingOverflow(by: count << 20)
      return overflows ? .max : bytes
    }
    let processors = number("SLURM_CPUS_ON_NODE").flatMap {
      (1...1_000_000).contains($0) ? $0 : nil
    }
    if let bytes = mebibytes("SLURM_MEM_PER_NODE") {
      memoryPerNode = bytes
      memorySource = "SLURM_MEM_PER_NODE"
    } else if let processors, let bytes = mebibytes("SLURM_MEM_PER_CPU", times: processors) {
      memoryPerNode = bytes
      memorySource = "SLURM_MEM_PER_CPU and SLURM_CPUS_ON_NODE"
    } else {
      memoryPerNode = nil
      memorySource = ""
    }
    let end = variables["SLURM_JOB_END_TIME"].flatMap { Double($0) }
    // 2^32 - 1 and - 2 are Slurm's "infinite" and "no value".
    endTime = end.flatMap { $0.isFinite && $0 > 0 && $0 < 4_294_967_294 ? $0 : nil }
    rank = number("SLURM_PROCID")
    ranks = number("SLURM_STEP_NUM_TASKS").flatMap { $0 > 0 ? $0 : nil }
  }
}
