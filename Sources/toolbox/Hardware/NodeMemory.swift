internal import Foundation

/// The memory that a job may take on a node.
package struct NodeMemory: Hashable, Sendable {
  /// How much it is [bytes].
  package let bytes: Int

  /// Who says so.
  package let source: String

  /// Names a limit.
  package init(bytes: Int, source: String) {
    self.bytes = bytes
    self.source = source
  }

  /// The least of what this machine has, and what a batch system or a container allows.
  package static func ofThisNode() -> NodeMemory {
    var limits = [
      NodeMemory(
        bytes: Int(clamping: ProcessInfo.processInfo.physicalMemory),
        source: "this machine's memory")
    ]
    if let mebibytes = ProcessInfo.processInfo.environment["SLURM_MEM_PER_NODE"].flatMap({ Int($0) }
    ) {
      limits.append(
        NodeMemory(bytes: mebibytes << 20, source: "the Slurm job's SLURM_MEM_PER_NODE"))
    }
    for file in ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"] {
      let text = try? String(contentsOfFile: file, encoding: .utf8)
      if let bytes = text.flatMap({ Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }) {
        limits.append(NodeMemory(bytes: bytes, source: "the limit in \(file)"))
      }
    }
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
