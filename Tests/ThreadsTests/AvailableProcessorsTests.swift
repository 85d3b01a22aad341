import Foundation
import Testing

@testable import Threads

/// Binds the calling thread, and what it starts, to some processors; returns whether it could.
@discardableResult
private func bind(to processors: [Int]) -> Bool {
  // Swift does not see this call of GNU's.
  typealias Call = @convention(c) (pid_t, Int, UnsafeRawPointer?) -> CInt
  guard let symbol = dlsym(nil, "sched_setaffinity") else { return false }
  var mask = [UInt](repeating: 0, count: 1024)
  for number in processors { mask[number / UInt.bitWidth] |= 1 << UInt(number % UInt.bitWidth) }
  return mask.withUnsafeBytes {
    unsafeBitCast(symbol, to: Call.self)(0, $0.count, $0.baseAddress) == 0
  }
}

/// Runs `body` on a thread that is bound to some processors, and returns what it returns.
private func bound<Result: Sendable>(
  to processors: [Int], _ body: @escaping @Sendable () -> Result
) async -> Result? {
  await withCheckedContinuation { continuation in
    Thread { continuation.resume(returning: bind(to: processors) ? body() : nil) }.start()
  }
}

@Suite struct AvailableProcessorsTests {
  @Test func areThoseThatAThreadIsBoundTo() async throws {
    let all = AvailableProcessors.numbers()
    try #require(!all.isEmpty)
    for processors in [[all[0]], [all[all.count - 1]], all] {
      #expect(await bound(to: processors) { AvailableProcessors.numbers() } == processors)
    }
    #expect(await bound(to: [all[0]]) { AvailableProcessors.count() } == 1)
  }

  /// Files of a machine, and the processors' time that they allow.
  struct Machine: CustomTestStringConvertible, Sendable {
    let name: String
    let files: [String: String]
    let quota: Double?
    var testDescription: String { name }
  }

  static let version2 = "/sys/fs/cgroup"
  static let machines: [Machine] = [
    Machine(name: "nothing", files: [:], quota: nil),
    Machine(
      name: "version 2 without a limit",
      files: ["/proc/self/cgroup": "0::/\n", "\(version2)/cpu.max": "max 100000\n"], quota: nil),
    Machine(
      name: "version 2 of a container",
      files: ["/proc/self/cgroup": "0::/\n", "\(version2)/cpu.max": "150000 100000\n"], quota: 1.5),
    Machine(
      name: "version 2, the group above allows less",
      files: [
        "/proc/self/cgroup": "0::/a.slice/b.scope\n",
        "\(version2)/a.slice/cpu.max": "50000 100000\n",
        "\(version2)/a.slice/b.scope/cpu.max": "300000 100000\n",
      ], quota: 0.5),
    Machine(
      name: "version 1 beside version 2",
      files: [
        "/proc/self/cgroup": "4:memory:/x\n3:cpu,cpuacct:/jobs/1\n0::/\n",
        "\(version2)/cpu,cpuacct/jobs/1/cpu.cfs_quota_us": "200000\n",
        "\(version2)/cpu,cpuacct/jobs/1/cpu.cfs_period_us": "100000\n",
        "\(version2)/cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
        "\(version2)/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "\(version2)/memory/x/cpu.cfs_quota_us": "1\n",
        "\(version2)/memory/x/cpu.cfs_period_us": "100000\n",
      ], quota: 2),
    Machine(
      name: "a damaged limit",
      files: ["/proc/self/cgroup": "0::/\n", "\(version2)/cpu.max": "150000 0\n"], quota: nil),
  ]

  @Test(arguments: machines) func quotaIsTheLeastOfTheGroupsAndThoseAbove(machine: Machine) {
    #expect(ProcessorQuota.processors { machine.files[$0] } == machine.quota)
  }
}
