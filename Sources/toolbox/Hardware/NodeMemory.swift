internal import Foundation
internal import Schedulers

/// The memory that a job may take on a node.
package struct NodeMemory: Hashable, Sendable {
  /// The size of the memory [bytes].
  package let bytes: Int

  /// The source of the limit, such as "this machine's memory".
  package let origin: String

  /// Names a limit.
  package init(bytes: Int, origin: String) {
    self.bytes = bytes
    self.origin = origin
  }

  /// The least of what this machine has, and what a batch system or a container allows.
  package static func ofThisNode() -> NodeMemory {
    var limits = [
      NodeMemory(
        bytes: Int(clamping: ProcessInfo.processInfo.physicalMemory),
        origin: "this machine's memory")
    ]
    let slurm = SlurmEnvironment()
    if let bytes = slurm.memoryPerNode {
      limits.append(NodeMemory(bytes: bytes, origin: "the Slurm job's \(slurm.memorySource)"))
    }
    limits += ControlGroup.memoryLimits { try? String(contentsOfFile: $0, encoding: .utf8) }
    return limits.min { $0.bytes < $1.bytes } ?? limits[0]
  }

  /// The memory of this process at present, shared pages included [bytes].
  package static func ofThisProcess() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    let kibibytes = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
    return kibibytes << 10
  }
}
